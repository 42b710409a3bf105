import { builder } from "../kit/builder.js";
import { RegistryEventFilter, toEventFilter } from "./event-filter.js";
import { RegistryEvent } from "./registry-event.js";
import { openStream, STREAM_ARGS, STREAM_PROMISE, streamMessage } from "./stream.js";

const RegistryEventMessage = streamMessage("RegistryEventMessage", "registryEvents", RegistryEvent);

builder.subscriptionField("registryEvents", (t) =>
  t.field({
    type: RegistryEventMessage,
    description: `All that happens in the registry, as far as the viewer may see it. ${STREAM_PROMISE}`,
    args: {
      where: t.arg({ type: RegistryEventFilter, description: "Which events. Absent: all that the viewer may see." }),
      ...STREAM_ARGS,
    },
    subscribe: (_root, { where, after, since }, context) => openStream(context, toEventFilter(where), { after, since }),
    resolve: (message) => message,
  }),
);
