import { ACTED_BY, Actor, actedBy } from "../kit/actor.js";
import { builder } from "../kit/builder.js";
import { encodeId, Node } from "../kit/ids.js";
import { living } from "../kit/visible-rows.js";
import { ModelVersion } from "./model-version.js";

export const AliasTransition = builder.prismaObject("AliasTransition", {
  description:
    "One move of an alias: it was set, moved to another version, or deleted. Never updated and never deleted. Moves from before this history was kept are there as far as the log still held them.",
  select: { id: true },
  interfaces: [Node],
  fields: (t) => ({
    id: t.id({ description: "The transition's global id.", resolve: ({ id }) => encodeId("AliasTransition", id) }),
    alias: t.exposeString("alias"),
    modelVersion: t.field({
      type: ModelVersion,
      nullable: true,
      description:
        "The version that the alias pointed to after the move; null if the alias was deleted or the version is.",
      select: (_args, _context, nested) => ({ toVersion: nested({ select: { id: true, deletedAt: true } }) }),
      resolve: ({ toVersion }) => living(toVersion),
    }),
    versionNumber: t.int({
      nullable: true,
      description:
        "The number of the version that the alias pointed to after the move, also if that version is deleted; null if the alias was deleted.",
      select: { toVersion: { select: { number: true } } },
      resolve: ({ toVersion }) => toVersion?.number,
    }),
    previous: t.field({
      type: ModelVersion,
      nullable: true,
      description: "The version that the alias pointed to before; null if the alias was new or the version is deleted.",
      select: (_args, _context, nested) => ({ fromVersion: nested({ select: { id: true, deletedAt: true } }) }),
      resolve: ({ fromVersion }) => living(fromVersion),
    }),
    previousNumber: t.int({
      nullable: true,
      description:
        "The number of the version that the alias pointed to before, also if that version is deleted; null if the alias was new.",
      select: { fromVersion: { select: { number: true } } },
      resolve: ({ fromVersion }) => fromVersion?.number,
    }),
    actor: t.field({ type: Actor, description: "Who moved it.", select: ACTED_BY, resolve: actedBy }),
    reason: t.exposeString("reason", { nullable: true }),
    at: t.expose("at", { type: "DateTime" }),
    revision: t.expose("revision", { type: "Long" }),
  }),
});
