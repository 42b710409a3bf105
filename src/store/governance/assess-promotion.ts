import type { Identity, People } from "../../domain/access/people.js";
import { decide, needsOf } from "../../domain/governance/decide.js";
import type { RuleResult } from "../../domain/governance/decision.js";
import type { Facts, PromotionMove } from "../../domain/governance/facts.js";
import { guardsTarget, type Policy } from "../../domain/governance/policy.js";
import { seenOf, staleReasons } from "../../domain/governance/request.js";
import type { PrismaClient } from "../generated/client.js";
import { readFacts } from "./facts.js";
import { readPoliciesOf } from "./policies.js";

interface Promotion {
  readonly modelId: string;
  readonly versionId: string;
  readonly move: PromotionMove;
  readonly at: Date;
  /** Whose request counts, where a rule asks for approvals. */
  readonly requester: Identity;
  readonly people: People;
}

export interface Assessment {
  /** The policies in force that select the model, by name. */
  readonly selecting: readonly Policy[];
  /** Those of them that guard the target. */
  readonly policies: readonly Policy[];
  readonly results: readonly RuleResult[];
  /** What was looked at; null if no policy guards the target. */
  readonly facts: Facts | null;
}

/**
 * What the policies say about a promotion. A preview and the promotion itself both ask this function. Two statements,
 * whatever the number of policies; one if none guards the target.
 */
export async function assessPromotion(
  db: Pick<PrismaClient, "$queryRaw">,
  { modelId, versionId, move, at, requester, people }: Promotion,
): Promise<Assessment> {
  const selecting = await readPoliciesOf(db, modelId);
  const policies = selecting.filter((policy) => guardsTarget(policy, move.target));
  if (policies.length === 0) return { selecting, policies, results: [], facts: null };
  const read = await readFacts(db, { versionId, target: move.target, needs: needsOf(policies), at, requester });
  const facts = withStaleness(policies, { ...read, people }, move);
  return { selecting, policies, results: decide(policies, facts, move), facts };
}

/** Approvals count for what was seen, so the other rules are asked first what is to be seen now. */
function withStaleness(policies: readonly Policy[], facts: Facts, move: PromotionMove): Facts {
  const { request } = facts;
  if (request === null) return facts;
  const results = decide(policies, facts, move);
  const held = facts.version.holdsTarget ? ["The version holds the target already."] : [];
  const revoked = request.isRevoked ? ["The token of the requester was revoked."] : [];
  const reasons = [...held, ...revoked, ...staleReasons(request.seen, seenOf(policies, facts, results), results)];
  return { ...facts, request: { ...request, staleReasons: reasons } };
}
