import type { Author } from "../access/author.js";
import { guardsTarget, type Policy } from "./policy.js";
import { accepts, describePrincipals, type Principals } from "./principals.js";
import { describeTarget, type PromotionTarget } from "./target.js";

export interface MoverRefusal {
  /** Names the policy and who may. */
  readonly message: string;
  readonly movers: Principals;
}

/** The enforced policies that do not let the author move versions onto the target or off it. */
export function refusalsToMove(policies: readonly Policy[], target: PromotionTarget, author: Author): MoverRefusal[] {
  return policies.flatMap((policy) => {
    const { name, revision, mode, definition } = policy;
    const { movers } = definition.protection;
    if (mode !== "ENFORCE" || !movers || !guardsTarget(policy, target) || accepts(movers, author)) return [];
    const message = `The policy "${name}" (revision ${revision}) lets only ${describePrincipals(movers)} move versions onto ${describeTarget(target)} or off it.`;
    return [{ message, movers }];
  });
}
