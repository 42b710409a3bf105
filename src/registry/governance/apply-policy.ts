import type { Viewer } from "../../domain/access/actor.js";
import { COMMAND_SCOPE, type Scope } from "../../domain/access/scopes.js";
import { ForbiddenError } from "../../domain/errors.js";
import { type ParsedPolicy, type PolicyInput, parsePolicy } from "../../domain/governance/parse-policy.js";
import { isProtected } from "../../domain/governance/policy.js";
import { isSameProposal } from "../../domain/policy-changes/change-request.js";
import { parseReason } from "../../domain/versions/reason.js";
import { lockPolicies } from "../../store/governance/policies.js";
import type { AppliedPolicy } from "../../store/governance/write-policy.js";
import { type CommandContext, requireScopes, type Work } from "../command.js";
import { conflictWith } from "../current-state.js";
import { proposeChange, rehearseChange } from "./propose-change.js";
import { toApplied, writeChange } from "./write-change.js";

export interface ApplyPolicyInput extends PolicyInput {
  /** The revision that the policy must have now; null = there must be none; absent = no check. */
  readonly expectedRevision?: number | null | undefined;
  /** For whoever approves the change, and for readers of its event. */
  readonly reason?: string | null | undefined;
  /** Whether to check and compare only, and write nothing. */
  readonly dryRun?: boolean | null | undefined;
}

export interface PolicyApplied {
  /** As it was given, with the revision that it has now. */
  readonly policy: AppliedPolicy;
  /** What was applied before; null if the policy is new. */
  readonly previous: AppliedPolicy | null;
  readonly changed: boolean;
  /** Whether the policy is protected, and the change waits for a second person. */
  readonly needsApproval: boolean;
  /** The request in which it waits; null after a dry run. */
  readonly changeRequest: string | null;
}

/**
 * Creates a policy or replaces it whole. Promotions that are under way end first; those that commit later obey it. Emits no
 * event if nothing changes. A dry run goes the same way and ends without a trace. A change of a protected policy changes nothing
 * yet: it becomes a request.
 *
 * Errors: FORBIDDEN, also for a token with a models claim; INVALID_INPUT, also for a policy that can never be met; CONFLICT if
 * the expected revision does not hold, or if a stage that may have one holder has several; ALREADY_EXISTS if another change of
 * the protected policy waits.
 */
export async function applyPolicy(context: CommandContext, input: ApplyPolicyInput): Promise<PolicyApplied> {
  requirePolicyRights(context.viewer, COMMAND_SCOPE.applyPolicy, "applyPolicy");
  const { expectedRevision } = input;
  const isDryRun = input.dryRun ?? false;
  const parsed = parsePolicy("input", input);
  const reason = parseReason("input.reason", input.reason);
  try {
    return await context.transact(async (work) => {
      const applied = await apply(work, { parsed, expectedRevision, reason, isDryRun });
      if (isDryRun) throw new EndOfDryRun(applied);
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

interface Application {
  readonly parsed: ParsedPolicy;
  readonly expectedRevision: number | null | undefined;
  readonly reason: string | null;
  readonly isDryRun: boolean;
}

async function apply(work: Work, { parsed, expectedRevision, reason, isDryRun }: Application): Promise<PolicyApplied> {
  const { name, mode, definition } = parsed;
  await lockPolicies(work.tx);
  const row = await work.tx.policy.findUnique({ where: { name } });
  const previous = row && row.deletedAt === null ? toApplied(row) : null;
  requireRevision(work.viewer, name, expectedRevision, previous?.revision ?? null);
  if (previous && isSameProposal(previous, { mode, definition })) {
    return { policy: previous, previous, changed: false, needsApproval: false, changeRequest: null };
  }
  const next = { id: row?.id ?? work.newId(), name, revision: (row?.revision ?? 0) + 1, mode, definition };
  if (previous && isProtected(previous)) {
    const change = { policy: previous, proposal: { mode, definition }, reason };
    const waiting = { policy: { ...next, revision: previous.revision }, previous, changed: false, needsApproval: true };
    if (!isDryRun) return { ...waiting, changeRequest: await proposeChange(work, change) };
    await rehearseChange(work, change, next);
    return { ...waiting, changeRequest: null };
  }
  await writeChange(work, { previous, next }, { reason });
  return { policy: next, previous, changed: true, needsApproval: false, changeRequest: null };
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
