import { creatorOf } from "../../domain/access/actor.js";
import { COMMAND_SCOPE } from "../../domain/access/scopes.js";
import { ForbiddenError } from "../../domain/errors.js";
import { parseOptionalComment } from "../../domain/governance/request.js";
import { CHANGE_ENDINGS, type ChangeEnding } from "../../domain/policy-changes/change-request.js";
import { type CommandContext, isCreator, type Work } from "../command.js";
import { requirePolicyRights } from "../governance/apply-policy.js";
import { aboutChange, proposalOf } from "../governance/propose-change.js";
import { toApplied, writeChange, writeDeletion } from "../governance/write-change.js";
import { type LockedChange, lockChange, requireOpen } from "./change-request-lookup.js";

export interface ReviewPolicyChangeInput {
  readonly request: string;
  readonly comment?: string | null | undefined;
}

/**
 * Approves a change of a protected policy, which takes effect in the same transaction, by the code that applies any policy. The
 * policy's event names the approver as its actor, and who proposed the change.
 *
 * Errors: FORBIDDEN, also for whoever proposed it and for a token with a models claim; INVALID_INPUT; NOT_FOUND; CONFLICT if
 * the request is not open, or if a stage that may have one holder has several.
 */
export async function approvePolicyChange(
  context: CommandContext,
  input: ReviewPolicyChangeInput,
): Promise<{ id: string }> {
  requirePolicyRights(context.viewer, COMMAND_SCOPE.approvePolicyChange, "approvePolicyChange");
  const comment = parseOptionalComment("input.comment", input.comment);
  return context.transact(async (work) => {
    const request = await lockChange(work, input.request);
    requireSecondPerson(work, request, "approvePolicyChange");
    requireOpen(work, request);
    // before the policy: the database lets a protected one change with an applied request only
    await review(work, request, { status: "APPLIED", comment });
    await applyProposal(work, request);
    tell(work, request, { status: "APPLIED", comment });
    return { id: request.id };
  });
}

/**
 * Rejects a change of a protected policy, which closes the request.
 *
 * Errors: FORBIDDEN, also for whoever proposed it and for a token with a models claim; INVALID_INPUT; NOT_FOUND; CONFLICT if
 * the request is not open.
 */
export async function rejectPolicyChange(
  context: CommandContext,
  input: ReviewPolicyChangeInput,
): Promise<{ id: string }> {
  requirePolicyRights(context.viewer, COMMAND_SCOPE.rejectPolicyChange, "rejectPolicyChange");
  const comment = parseOptionalComment("input.comment", input.comment);
  return context.transact(async (work) => {
    const request = await lockChange(work, input.request);
    requireSecondPerson(work, request, "rejectPolicyChange");
    requireOpen(work, request);
    await review(work, request, { status: "REJECTED", comment });
    tell(work, request, { status: "REJECTED", comment });
    return { id: request.id };
  });
}

/**
 * Takes a proposed change back.
 *
 * Errors: FORBIDDEN for others than whoever proposed it, and for a token with a models claim; NOT_FOUND; CONFLICT if the
 * request is not open.
 */
export async function cancelPolicyChange(
  context: CommandContext,
  input: Pick<ReviewPolicyChangeInput, "request">,
): Promise<{ id: string }> {
  requirePolicyRights(context.viewer, COMMAND_SCOPE.cancelPolicyChange, "cancelPolicyChange");
  return context.transact(async (work) => {
    const request = await lockChange(work, input.request);
    if (!isCreator(work.viewer, request)) {
      throw new ForbiddenError("cancelPolicyChange is for whoever proposed the change. Others reject it.", []);
    }
    requireOpen(work, request);
    const data = { status: "CANCELLED", closedAt: work.at } as const;
    await work.tx.policyChangeRequest.update({ where: { id: request.id }, data, select: { id: true } });
    tell(work, request, { status: "CANCELLED" });
    return { id: request.id };
  });
}

function requireSecondPerson(work: Work, request: LockedChange, action: string): void {
  if (!work.people.isSame(work.viewer.actor, creatorOf(request))) return;
  throw new ForbiddenError(
    `${action} is for a second person: whoever proposed the change cannot review it, with whatever token.`,
    [],
  );
}

interface Review {
  readonly status: "APPLIED" | "REJECTED";
  readonly comment: string | null;
}

async function review(work: Work, { id }: LockedChange, { status, comment }: Review): Promise<void> {
  const { issuer, subject, name, kind } = work.viewer.actor;
  await work.tx.policyChangeRequest.update({
    where: { id },
    data: {
      status,
      comment,
      closedAt: work.at,
      reviewedByIssuer: issuer,
      reviewedBySubject: subject,
      reviewedByName: name,
      reviewedByKind: kind,
    },
    select: { id: true },
  });
}

async function applyProposal(work: Work, request: LockedChange): Promise<void> {
  const previous = toApplied(request.policy);
  const proposal = proposalOf(request);
  const origin = { reason: request.reason, request: { id: request.id, proposedBy: creatorOf(request) } };
  if (proposal === null) return writeDeletion(work, previous, origin);
  const next = { ...previous, ...proposal, revision: previous.revision + 1 };
  return writeChange(work, { previous, next }, origin);
}

interface Closing {
  readonly status: ChangeEnding;
  readonly comment?: string | null;
}

function tell(work: Work, request: LockedChange, closing: Closing): void {
  const { name } = request.policy;
  work.emit({
    ...aboutChange(request),
    type: CHANGE_ENDINGS[closing.status],
    before: { status: "OPEN" },
    after: { name, kind: request.kind, ...closing },
  });
}
