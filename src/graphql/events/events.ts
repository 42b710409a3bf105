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
        "The registry's log as far as the viewer may see it, in order: `last: 20` are the newest. The cursors are those of streams, so `registryEvents(after: endCursor)` watches on from a page. Names count as they were. What was compacted is not in it any more.",
      args: {
        where: t.arg({ type: RegistryEventFilter, description: "Which events. Absent: all that the viewer may see." }),
      },
      resolve: (_root, args, { db, viewer }) => listEvents(db, viewer, toEventFilter(args.where), args),
    },
    ...pages,
  ),
);

builder.prismaObjectField(Model, "activity", (t) =>
  t.connection(
    {
      type: RegistryEvent,
      description:
        "What happened to the model, its versions, aliases and deployments, the newest first, as far as the log still holds it. The cursors are those of streams.",
      resolve: ({ id }, args, context) => loadActivity(context, "modelId", args, id),
    },
    ...pages,
  ),
);

builder.prismaObjectField(ModelVersion, "activity", (t) =>
  t.connection(
    {
      type: RegistryEvent,
      description:
        "What happened to the version and to the aliases on it, the newest first, as far as the log still holds it. The cursors are those of streams.",
      resolve: ({ id }, args, context) => loadActivity(context, "versionId", args, id),
    },
    ...pages,
  ),
);
