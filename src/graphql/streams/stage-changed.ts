import { EVENT_OBJECTS } from "../events/event-types.js";
import { builder } from "../kit/builder.js";
import { boundedList } from "../kit/conditions.js";
import { MODEL_AT_THE_TIME } from "../kit/filter-inputs.js";
import { Stage } from "../kit/stage.js";
import { openStream, STREAM_ARGS, STREAM_PROMISE, streamMessage } from "./stream.js";

const StageChangedFilter = builder.inputType("StageChangedFilter", {
  description: "A filter on stage changes. All conditions that are set must match.",
  fields: (t) => ({
    models: t.stringList({
      description: `${MODEL_AT_THE_TIME} At most 200.`,
    }),
    from: t.field({ type: [Stage], description: "The version left one of these stages." }),
    to: t.field({ type: [Stage], description: "The version entered one of these stages." }),
  }),
});

const StageChangedMessage = streamMessage(
  "StageChangedMessage",
  "stageChanged",
  EVENT_OBJECTS["model_version.stage_changed"],
);

builder.subscriptionField("stageChanged", (t) =>
  t.field({
    type: StageChangedMessage,
    description: `Streams stage changes. ${STREAM_PROMISE}`,
    args: {
      where: t.arg({ type: StageChangedFilter, description: "Which changes. Default: all that the viewer may see." }),
      ...STREAM_ARGS,
    },
    subscribe: (_root, { where, after, since }, context) => {
      const { models, from, to } = where ?? {};
      const filter = {
        types: ["model_version.stage_changed"] as const,
        ...(models ? { models: boundedList("where.models", models) } : {}),
        ...(from ? { from } : {}),
        ...(to ? { to } : {}),
      };
      return openStream(context, filter, { after, since });
    },
    resolve: (message) => message,
  }),
);
