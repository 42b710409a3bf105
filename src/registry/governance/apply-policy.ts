import type { Viewer } from "../../domain/access/actor.js";
import { COMMAND_SCOPE, type Scope } from "../../domain/access/scopes.js";
import { ForbiddenError } from "../../domain/errors.js";
import { type ParsedPolicy, type PolicyInput, parsePolicy } from "../../domain/governance/parse-policy.js";
import { canonicalJson } from "../../domain/values/json.js";
import type { Policy as PolicyRow } from "../../store/generated/client.js";
import { lockPolicies } from "../../store/governance/policies.js";
import { type AppliedPolicy, writePolicy } from "../../store/governance/write-policy.js";
import { type CommandContext, requireScopes, type Work } from "../command.js";
import { conflictWith } from "../current-state.js";
import { settleAllSelections } from "./selection.js";

export interface ApplyPolicyInput extends PolicyInput {
  /** The revision that the policy must have now; null = there must be none; absent = no check. */
  readonly expectedRevision?: number | null | undefined;
  /** Whether to check and compare only, and write nothing. */
  readonly dryRun?: boolean | null | undefined;
}

export interface PolicyApplied {
  readonly policy: AppliedPolicy;
  /** What was applied before; null if the policy is new. */
  readonly previous: AppliedPolicy | null;
  readonly changed: boolean;
}

/**
 * Creates a policy or replaces it whole. Promotions that are under way end first; those that commit later obey it. Emits no
 * event if nothing changes. A dry run goes the same way and ends without a trace.
 *
 * Errors: FORBIDDEN, also for a token with a models claim; INVALID_INPUT, also for a policy that can never be met; CONFLICT if
 * the expected revision does not hold, or if a stage that may have one holder has several.
 */
export async function applyPolicy(context: CommandContext, input: ApplyPolicyInput): Promise<PolicyApplied> {
  requirePolicyRights(context.viewer, COMMAND_SCOPE.applyPolicy, "applyPolicy");
  const parsed = parsePolicy("input", input);
  try {
    return await context.transact(async (work) => {
      const applied = await apply(work, parsed, input.expectedRevision);
      if (input.dryRun) throw new EndOfDryRun(applied);
      return applied;
    });
  } catch (error) {
    if (error instanceof EndOfDryRun) return error.applied;
    throw error;
  }
}

/** Rolls the transaction back. */
class EndOfDryRun extends Error {
  readonly applied: PolicyApplied;

  constructor(applied: PolicyApplied) {
    super("This was a dry run.");
    this.applied = applied;
  }
}

/** A policy names models, and holds for models that have no name yet, so a token with a models claim cannot write it. */
export function requirePolicyRights(viewer: Viewer, scope: Scope, action: string): void {
  requireScopes(viewer, [scope], action);
  if (viewer.modelGlobs === null) return;
  throw new ForbiddenError(`${action} requires a token without a models claim: a policy may hold for any model.`, [
    scope,
  ]);
}

async function apply(
  work: Work,
  { name, mode, definition }: ParsedPolicy,
  expectedRevision: number | null | undefined,
): Promise<PolicyApplied> {
  await lockPolicies(work.tx);
  const row = await work.tx.policy.findUnique({ where: { name } });
  const previous = row && row.deletedAt === null ? toApplied(row) : null;
  requireRevision(work.viewer, name, expectedRevision, previous?.revision ?? null);
  if (previous?.mode === mode && canonicalJson(previous.definition) === canonicalJson(definition)) {
    return { policy: previous, previous, changed: false };
  }
  const policy = { id: row?.id ?? work.newId(), name, revision: (row?.revision ?? 0) + 1, mode, definition };
  await writePolicy(work.tx, policy, { actor: work.viewer.actor, at: work.at });
  await settleAllSelections(work);
  work.emit({
    type: "policy.applied",
    subject: { type: "Policy", id: policy.id },
    before: previous && { revision: previous.revision, mode: previous.mode, definition: previous.definition },
    after: { name, revision: policy.revision, mode, definition },
  });
  return { policy, previous, changed: true };
}

export function toApplied({ id, name, revision, mode, definition }: PolicyRow): AppliedPolicy {
  return { id, name, revision, mode, definition: definition as unknown as AppliedPolicy["definition"] };
}

/** Null expects that there is no such policy; undefined expects nothing. */
export function requireRevision(
  viewer: Viewer,
  name: string,
  expected: number | null | undefined,
  revision: number | null,
): void {
  if (expected === undefined || expected === revision) return;
  const state = revision === null ? "does not exist" : `has the revision ${revision}`;
  throw conflictWith(viewer, "Policy", {
    message: `The policy "${name}" ${state}.`,
    plain: `The policy "${name}" does not have the revision that input.expectedRevision expects.`,
    details: { field: "input.expectedRevision" },
    values: { revision },
  });
}
