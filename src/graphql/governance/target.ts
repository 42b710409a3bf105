import type { PromotionTarget as Target } from "../../domain/governance/target.js";
import { parseAlias } from "../../domain/versions/alias.js";
import { builder } from "../kit/builder.js";
import { Stage } from "../kit/stage.js";

export const PromotionTarget = builder.inputType("PromotionTarget", {
  isOneOf: true,
  description: "What a version is promoted to: a stage or an alias. Set exactly one field.",
  fields: (t) => ({
    stage: t.field({ type: Stage, description: "A stage." }),
    alias: t.string({ description: "An alias." }),
  }),
});

export function toTarget(field: string, target: (typeof PromotionTarget)["$inferInput"]): Target {
  return target.stage === undefined ? { alias: parseAlias(`${field}.alias`, target.alias) } : { stage: target.stage };
}
