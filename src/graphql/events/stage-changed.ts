import { builder } from "../kit/builder.js";
import { boundedList } from "../kit/conditions.js";
import { Stage } from "../kit/stage.js";
import { EVENT_OBJECTS } from "./event-types.js";
import { openStream, STREAM_ARGS, STREAM_PROMISE, streamMessage } from "./stream.js";

const StageChangedFilter = builder.inputType("StageChangedFilter", {
  description: "Which stage changes: the conditions that are given all hold.",
  fields: (t) => ({
    models: t.stringList({
      description:
        "Of models whose name, as it was, matches one of these: names or globs in which `*` stands for anything.",
    }),
    from: t.field({ type: [Stage], description: "From one of these stages." }),
    to: t.field({ type: [Stage], description: "To one of these stages." }),
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
    description: `Stage changes. ${STREAM_PROMISE}`,
    args: {
      where: t.arg({ type: StageChangedFilter, description: "Which changes. Absent: all that the viewer may see." }),
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
