import { builder } from "../kit/builder.js";
import { boundedList } from "../kit/conditions.js";
import { AliasChangedEvent } from "./event-types.js";
import { openStream, STREAM_ARGS, STREAM_PROMISE, streamMessage } from "./stream.js";

const AliasChangedFilter = builder.inputType("AliasChangedFilter", {
  description: "Which changes of aliases: the conditions that are given all hold.",
  fields: (t) => ({
    models: t.stringList({
      description:
        "Of models whose name, as it was, matches one of these: names or globs in which `*` stands for anything.",
    }),
    aliases: t.stringList({ description: "Of one of these aliases." }),
  }),
});

const AliasChangedMessage = streamMessage("AliasChangedMessage", "aliasChanged", AliasChangedEvent);

builder.subscriptionField("aliasChanged", (t) =>
  t.field({
    type: AliasChangedMessage,
    description: `Aliases that were set, moved or deleted. ${STREAM_PROMISE}`,
    args: {
      where: t.arg({ type: AliasChangedFilter, description: "Which changes. Absent: all that the viewer may see." }),
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
