import { decide, needsOf } from "../../domain/governance/decide.js";
import type { RuleResult } from "../../domain/governance/decision.js";
import type { PromotionMove } from "../../domain/governance/facts.js";
import { guardsTarget, type Policy } from "../../domain/governance/policy.js";
import type { PrismaClient } from "../generated/client.js";
import { readFacts } from "./facts.js";
import { readPoliciesOf } from "./policies.js";

interface Promotion {
  readonly modelId: string;
  readonly versionId: string;
  readonly move: PromotionMove;
  readonly at: Date;
}

export interface Assessment {
  /** The policies in force that select the model, by name. */
  readonly selecting: readonly Policy[];
  /** Those of them that guard the target. */
  readonly policies: readonly Policy[];
  readonly results: readonly RuleResult[];
}

/**
 * What the policies say about a promotion. A preview and the promotion itself both ask this function. Two statements,
 * whatever the number of policies; one if none guards the target.
 */
export async function assessPromotion(
  db: Pick<PrismaClient, "$queryRaw">,
  { modelId, versionId, move, at }: Promotion,
): Promise<Assessment> {
  const selecting = await readPoliciesOf(db, modelId);
  const policies = selecting.filter((policy) => guardsTarget(policy, move.target));
  if (policies.length === 0) return { selecting, policies, results: [] };
  const facts = await readFacts(db, { versionId, target: move.target, needs: needsOf(policies), at });
  return { selecting, policies, results: decide(policies, facts, move) };
}
