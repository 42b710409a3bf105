import { builder } from "../kit/builder.js";
import { pageTypes } from "../kit/page-types.js";
import { Model } from "../models/model.js";
import { ModelVersion } from "../versions/model-version.js";
import { loadActivity } from "./activity-loader.js";
import { RegistryEventFilter, toEventFilter } from "./event-filter.js";
import { listEvents } from "./event-page.js";
import { RegistryEvent } from "./registry-event.js";
import "./event-types.js";

const pages = pageTypes(RegistryEvent, { one: "an event", many: "events" });

builder.queryField("events", (t) =>
  t.connection(
    {
      type: RegistryEvent,
      description:
        "The events that the viewer may see, the oldest first. `last: 20` returns the newest. The cursors are stream cursors, so `registryEvents(after: endCursor)` continues from a page. Filters use the names at the time of the event, and for a rename both names. Compacted events are not included.",
      args: {
        where: t.arg({ type: RegistryEventFilter, description: "Which events. Default: all that the viewer may see." }),
      },
      resolve: (_root, args, { db, viewer }) =>
        listEvents(db, viewer, { args, filter: toEventFilter(args.where), columns: "STREAM" }),
    },
    ...pages,
  ),
);

builder.prismaObjectField(Model, "activity", (t) =>
  t.connection(
    {
      type: RegistryEvent,
      description:
        "The events of the model, its versions, aliases and deployments that the log still holds, the newest first. The cursors are stream cursors.",
      resolve: ({ id }, args, context) => loadActivity(context, { parent: "modelId", id }, args),
    },
    ...pages,
  ),
);

builder.prismaObjectField(ModelVersion, "activity", (t) =>
  t.connection(
    {
      type: RegistryEvent,
      description:
        "The events of the version and of the aliases that pointed to it, as far as the log still holds them, the newest first. The cursors are stream cursors.",
      resolve: ({ id }, args, context) => loadActivity(context, { parent: "versionId", id }, args),
    },
    ...pages,
  ),
);
