import type { StreamMessage } from "../store/event-stream.js";
import { builder } from "./builder.js";
import { RegistryEventFilter, toEventFilter } from "./event-filter.js";
import { RegistryEvent } from "./registry-event.js";
import { openStream, STREAM_ARGS, STREAM_PROMISE } from "./stream.js";

const RegistryEventMessage = builder.objectRef<StreamMessage>("RegistryEventMessage").implement({
  description: "One message of the stream `registryEvents`. The first one is a bookmark.",
  fields: (t) => ({
    cursor: t.exposeString("cursor", {
      description: "Everything up to here has been told: `after: cursor` goes on from here.",
    }),
    event: t.field({
      type: RegistryEvent,
      nullable: true,
      description: "What happened; null for a bookmark, which only moves the cursor on.",
      resolve: ({ event }) => event,
    }),
  }),
});

builder.subscriptionField("registryEvents", (t) =>
  t.field({
    type: RegistryEventMessage,
    description: `All that happens in the registry, as far as the viewer may see it. ${STREAM_PROMISE}`,
    args: {
      where: t.arg({ type: RegistryEventFilter, description: "Which events. Absent: all that the viewer may see." }),
      after: t.arg.string({ description: STREAM_ARGS.after }),
      since: t.arg({ type: "DateTime", description: STREAM_ARGS.since }),
    },
    subscribe: (_root, { where, after, since }, context) =>
      openStream(context, toEventFilter(where), { after, since }) as never,
    resolve: (message) => message as never,
  }),
);
