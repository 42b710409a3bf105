import { RegistryEventFilter, toEventFilter } from "../events/event-filter.js";
import { RegistryEvent } from "../events/registry-event.js";
import { builder } from "../kit/builder.js";
import { openStream, STREAM_ARGS, STREAM_PROMISE, streamMessage } from "./stream.js";

const RegistryEventMessage = streamMessage("RegistryEventMessage", "registryEvents", RegistryEvent);

builder.subscriptionField("registryEvents", (t) =>
  t.field({
    type: RegistryEventMessage,
    description: `Streams all events that the viewer may see. ${STREAM_PROMISE}`,
    args: {
      where: t.arg({ type: RegistryEventFilter, description: "Which events. Default: all that the viewer may see." }),
      ...STREAM_ARGS,
    },
    subscribe: (_root, { where, after, since }, context) => openStream(context, toEventFilter(where), { after, since }),
    resolve: (message) => message,
  }),
);
