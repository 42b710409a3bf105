import { ACTED_BY, Actor, actedBy } from "../kit/actor.js";
import { builder } from "../kit/builder.js";
import { encodeId, Node } from "../kit/ids.js";
import { Stage } from "../kit/stage.js";
import { living } from "../kit/visible-rows.js";
import { ModelVersion } from "./model-version.js";

export const StageTransition = builder.prismaObject("StageTransition", {
  description: "One move of one version from one stage to another. Never updated and never deleted.",
  select: { id: true },
  interfaces: [Node],
  fields: (t) => ({
    id: t.id({ description: "The transition's global id.", resolve: ({ id }) => encodeId("StageTransition", id) }),
    modelVersion: t.field({
      type: ModelVersion,
      nullable: true,
      description: "The version that moved; null if it is deleted.",
      select: (_args, _context, nested) => ({ modelVersion: nested({ select: { id: true, deletedAt: true } }) }),
      resolve: ({ modelVersion }) => living(modelVersion),
    }),
    versionNumber: t.int({
      description: "The number of the version that moved, also if it is deleted.",
      select: { modelVersion: { select: { number: true } } },
      resolve: ({ modelVersion }) => modelVersion.number,
    }),
    from: t.expose("from", { type: Stage }),
    to: t.expose("to", { type: Stage }),
    actor: t.field({ type: Actor, description: "Who moved it.", select: ACTED_BY, resolve: actedBy }),
    reason: t.exposeString("reason", { nullable: true }),
    at: t.expose("at", { type: "DateTime" }),
    revision: t.expose("revision", { type: "Long" }),
  }),
});
