import type { StreamMessage } from "../store/event-stream.js";
import { builder } from "./builder.js";
import { AliasChangedEvent } from "./event-types.js";
import { boundedList } from "./filters.js";
import { openStream, STREAM_ARGS, STREAM_PROMISE } from "./stream.js";

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

const AliasChangedMessage = builder.objectRef<StreamMessage>("AliasChangedMessage").implement({
  description: "One message of the stream `aliasChanged`. The first one is a bookmark.",
  fields: (t) => ({
    cursor: t.exposeString("cursor", {
      description: "Everything up to here has been told: `after: cursor` goes on from here.",
    }),
    event: t.field({
      type: AliasChangedEvent,
      nullable: true,
      description: "What happened; null for a bookmark, which only moves the cursor on.",
      resolve: ({ event }) => event,
    }),
  }),
});

builder.subscriptionField("aliasChanged", (t) =>
  t.field({
    type: AliasChangedMessage,
    description: `Aliases that were set, moved or deleted. ${STREAM_PROMISE}`,
    args: {
      where: t.arg({ type: AliasChangedFilter, description: "Which changes. Absent: all that the viewer may see." }),
      after: t.arg.string({ description: STREAM_ARGS.after }),
      since: t.arg({ type: "DateTime", description: STREAM_ARGS.since }),
    },
    subscribe: (_root, { where, after, since }, context) => {
      const { models, aliases } = where ?? {};
      const filter = {
        types: ["alias.set", "alias.deleted"] as const,
        ...(models ? { models: boundedList("where.models", models) } : {}),
        ...(aliases ? { aliases: boundedList("where.aliases", aliases) } : {}),
      };
      return openStream(context, filter, { after, since }) as never;
    },
    resolve: (message) => message as never,
  }),
);
