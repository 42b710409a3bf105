import type { Viewer } from "../../domain/access/actor.js";
import { SCOPES } from "../../domain/access/scopes.js";
import { visibleSnapshot } from "../../domain/events/event-snapshot.js";
import { hexOf } from "../../domain/events/stream-cursor.js";
import type { Event } from "../../store/generated/client.js";
import { Actor, actedBy } from "../kit/actor.js";
import { builder } from "../kit/builder.js";
import { pageTypes } from "../kit/page-types.js";
import { RegistryEventFilter, toEventFilter } from "./event-filter.js";
import { listEvents } from "./event-page.js";
import { eventTypeOf, RegistryEventType, snapshotsOf } from "./registry-event.js";

const AuditEntry = builder.objectRef<Event>("AuditEntry").implement({
  description:
    "An event with all that the log holds of it: by whom, with which token, in which request, before and after.",
  fields: (t) => ({
    revision: t.expose("revision", { type: "Long", description: "The event's number in the log." }),
    id: t.exposeID("id", { description: "The event's own id." }),
    type: t.field({ type: RegistryEventType, description: "What happened.", resolve: eventTypeOf }),
    at: t.expose("at", { type: "DateTime", description: "When it happened." }),
    actor: t.field({ type: Actor, description: "Who did it.", resolve: actedBy }),
    tokenId: t.exposeString("tokenId", { nullable: true, description: "The `jti` of the token; null if it had none." }),
    requestId: t.exposeString("requestId", {
      description: "The request that it was a part of, as the server's log names it.",
    }),
    commitId: t.string({ description: "The transaction that it was a part of.", resolve: ({ commitId }) => commitId }),
    subjectType: t.exposeString("subjectType", { description: "The kind of thing that it is about." }),
    subjectId: t.exposeString("subjectId", { description: "That thing's own id." }),
    modelName: t.exposeString("modelName", { nullable: true, description: "The model's name then." }),
    versionNumber: t.exposeInt("versionNumber", { nullable: true, description: "The version's number." }),
    experimentName: t.exposeString("experimentName", { nullable: true, description: "The experiment's name then." }),
    environment: t.exposeString("environment", { nullable: true, description: "The environment of a deployment." }),
    before: t.field({
      type: "JSON",
      nullable: true,
      description: "What changed, as it was before, as far as the token's claims cover it; null if nothing was there.",
      resolve: (event, _args, { viewer }) => visibleSnapshot(asAuditor(viewer), event.type, snapshotsOf(event).before),
    }),
    after: t.field({
      type: "JSON",
      nullable: true,
      description:
        "What changed, as it was from then on, as far as the token's claims cover it; null if nothing is there any more.",
      resolve: (event, _args, { viewer }) => visibleSnapshot(asAuditor(viewer), event.type, snapshotsOf(event).after),
    }),
    hash: t.string({
      description:
        "SHA-256 of the hash of the entry before and this entry's body, in hexadecimal digits: `shelfmark audit verify` walks them.",
      resolve: ({ hash }) => hexOf(hash),
    }),
  }),
});

const pages = pageTypes(AuditEntry, { one: "an entry of the audit trail", many: "entries of the audit trail" });

/** `audit:read` stands for every reading scope in the trail; the token's claims narrow it all the same. */
function asAuditor(viewer: Viewer): Viewer {
  return { ...viewer, scopes: new Set(SCOPES) };
}

builder.queryField("audit", (t) =>
  t.connection(
    {
      type: AuditEntry,
      description:
        "Who did what: the whole log with what was there before and after, in order; `last: 20` are the newest. Asks for `audit:read`, and for no other scope; the token's claims narrow it. Where entries are very large, a page has fewer of them than were asked for. The cursors are those of streams.",
      args: { where: t.arg({ type: RegistryEventFilter, description: "Which entries. Absent: all." }) },
      resolve: (_root, args, { db, viewer }) =>
        listEvents(db, asAuditor(viewer), toEventFilter(args.where), args, "WHOLE"),
    },
    ...pages,
  ),
);
