import { AliasChangedEvent } from "../events/model-event-fields.js";
import { builder } from "../kit/builder.js";
import { boundedList } from "../kit/conditions.js";
import { MODEL_AT_THE_TIME } from "../kit/filter-inputs.js";
import { openStream, STREAM_ARGS, STREAM_PROMISE, streamMessage } from "./stream.js";

const AliasChangedFilter = builder.inputType("AliasChangedFilter", {
  description: "A filter on alias changes. All conditions that are set must match.",
  fields: (t) => ({
    models: t.stringList({
      description: `${MODEL_AT_THE_TIME} At most 200.`,
    }),
    aliases: t.stringList({ description: "The event is about one of these aliases. At most 200." }),
  }),
});

const AliasChangedMessage = streamMessage("AliasChangedMessage", "aliasChanged", AliasChangedEvent);

builder.subscriptionField("aliasChanged", (t) =>
  t.field({
    type: AliasChangedMessage,
    description: `Streams changes of aliases: set, moved or deleted. ${STREAM_PROMISE}`,
    args: {
      where: t.arg({ type: AliasChangedFilter, description: "Which changes. Default: all that the viewer may see." }),
      ...STREAM_ARGS,
    },
    subscribe: (_root, { where, after, since }, context) => {
      const { models, aliases } = where ?? {};
      const filter = {
        types: ["alias.set", "alias.deleted"] as const,
        ...(models ? { models: boundedList("where.models", models) } : {}),
        ...(aliases ? { aliases: boundedList("where.aliases", aliases) } : {}),
      };
      return openStream(context, filter, { after, since });
    },
    resolve: (message) => message,
  }),
);
