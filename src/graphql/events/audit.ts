import type { Viewer } from "../../domain/access/actor.js";
import { ADMIN_SCOPES } from "../../domain/access/scopes.js";
import { hexOf } from "../../domain/events/stream-cursor.js";
import type { Event } from "../../store/generated/client.js";
import { Actor, actedBy } from "../kit/actor.js";
import { builder } from "../kit/builder.js";
import { pageTypes } from "../kit/page-types.js";
import { actorClaimsField } from "./actor-claims.js";
import { RegistryEventFilter, toEventFilter } from "./event-filter.js";
import { listEvents } from "./event-page.js";
import { eventTypeOf, RegistryEventType, snapshotsOf } from "./registry-event.js";

const AuditEntry = builder.objectRef<Event>("AuditEntry").implement({
  description:
    "An event with everything that the log holds about it: the actor, the token, the request, and the values before and after.",
  fields: (t) => ({
    revision: t.expose("revision", { type: "Long", description: "The event's position in the log." }),
    eventId: t.exposeID("id", { description: "The event's own id." }),
    type: t.field({ type: RegistryEventType, description: "What happened.", resolve: eventTypeOf }),
    at: t.expose("at", { type: "DateTime", description: "When it happened." }),
    actor: t.field({ type: Actor, description: "Who did it.", resolve: actedBy }),
    actorClaims: actorClaimsField(t),
    tokenId: t.exposeString("tokenId", { nullable: true, description: "The `jti` of the token; null if it had none." }),
    requestId: t.exposeString("requestId", {
      description: "The id of the request, as in the server's log.",
    }),
    commitId: t.string({
      description: "The id of the transaction that wrote the event.",
      resolve: ({ commitId }) => commitId,
    }),
    subjectType: t.exposeString("subjectType", { description: "The type of the object that the event is about." }),
    subjectId: t.exposeString("subjectId", { description: "The object's own id." }),
    modelName: t.exposeString("modelName", { nullable: true, description: "The model's name at the time." }),
    versionNumber: t.exposeInt("versionNumber", { nullable: true, description: "The version's number." }),
    experimentName: t.exposeString("experimentName", {
      nullable: true,
      description: "The experiment's name at the time.",
    }),
    environment: t.exposeString("environment", { nullable: true, description: "The environment of the deployment." }),
    before: t.field({
      type: "JSON",
      nullable: true,
      description:
        "The values before the change, as far as the token's claims cover them; null if the object did not exist.",
      resolve: (event, _args, { viewer }) => snapshotsOf(event, withAllScopes(viewer)).before,
    }),
    after: t.field({
      type: "JSON",
      nullable: true,
      description:
        "The values after the change, as far as the token's claims cover them; null if the object no longer exists.",
      resolve: (event, _args, { viewer }) => snapshotsOf(event, withAllScopes(viewer)).after,
    }),
    hash: t.string({
      description:
        "The SHA-256 of the previous entry's hash and this entry's body, in hexadecimal digits. `shelfmark audit verify` checks the chain.",
      resolve: ({ hash }) => hexOf(hash),
    }),
  }),
});

const pages = pageTypes(AuditEntry, { one: "an audit entry", many: "audit entries" });

/** In the audit trail `audit:read` includes every reading scope. The token's claims still narrow it. */
function withAllScopes(viewer: Viewer): Viewer {
  return { ...viewer, scopes: new Set(ADMIN_SCOPES) };
}

builder.queryField("audit", (t) =>
  t.connection(
    {
      type: AuditEntry,
      description:
        "The audit trail: the whole log, with the values before and after each change, the oldest first. `last: 20` returns the newest. Requires `audit:read` and no other scope. The token's claims narrow it. A page has fewer entries than requested if they are very large. The cursors are stream cursors.",
      args: { where: t.arg({ type: RegistryEventFilter, description: "Which entries. Default: all." }) },
      resolve: (_root, args, { db, viewer }) =>
        listEvents(db, withAllScopes(viewer), { args, filter: toEventFilter(args.where), columns: "WHOLE" }),
    },
    ...pages,
  ),
);
