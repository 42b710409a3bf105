import { actorKey, creatorOf } from "../../domain/access/actor.js";
import { authorOf } from "../../domain/access/author.js";
import { COMMAND_SCOPE } from "../../domain/access/scopes.js";
import { ConflictError, ForbiddenError } from "../../domain/errors.js";
import type { RuleResult } from "../../domain/governance/decision.js";
import {
  alsoSeen,
  parseOptionalComment,
  type RequestStatus,
  type Seen,
  seenOf,
} from "../../domain/governance/request.js";
import { mayApprove } from "../../domain/governance/rules/approvals.js";
import type { Prisma } from "../../store/generated/client.js";
import type { Assessment } from "../../store/governance/assess-promotion.js";
import { writeReview } from "../../store/promotions/request-rows.js";
import { type CommandContext, requireScopes, type Work } from "../command.js";
import { conflictWith } from "../current-state.js";
import { enterGate } from "../governance/gate.js";
import { executeRequest } from "./execute-request.js";
import { aboutRequest, type LockedRequest, lockRequest, requireStatus } from "./request-lookup.js";
import { assessRequest, staleReasonsOf } from "./request-promotion.js";

const REVIEWED = "You have reviewed this request already.";

export interface ReviewPromotionInput {
  readonly request: string;
  readonly comment?: string | null | undefined;
}

/**
 * Approves a request, for what is seen now. With the approvals that the policies ask for it becomes APPROVED, and the
 * requester's move goes through while nothing changes; a request that executes itself is executed.
 *
 * Errors: FORBIDDEN, also if the viewer's approval counts for no policy; INVALID_INPUT; NOT_FOUND; CONFLICT if the request is
 * not OPEN, is stale, or has a review of the viewer already.
 */
export async function approvePromotion(context: CommandContext, input: ReviewPromotionInput): Promise<{ id: string }> {
  requireScopes(context.viewer, [COMMAND_SCOPE.approvePromotion], "approvePromotion");
  const comment = parseOptionalComment("input.comment", input.comment);
  return context.transact(async (work) => {
    const gate = await enterGate(work);
    const locked = await lockRequest(work, input.request);
    requireStatus(work, locked.request, ["OPEN"]);
    const before = await assess(work, locked);
    requireFresh(work, before);
    requireMayApprove(work, locked, before);
    await review(work, locked, { verdict: "APPROVE", comment, rules: before.results });
    const after = await assess(work, locked);
    const status = await recordApproval(work, locked, { comment, before, after });
    if (status === "APPROVED") await executeRequest(work, gate, locked, after);
    return { id: locked.request.id };
  });
}

/**
 * Rejects a request: it is closed. Whoever wants the promotion asks again.
 *
 * Errors: FORBIDDEN; INVALID_INPUT; NOT_FOUND; CONFLICT if the request is neither OPEN nor APPROVED, or has a review of the
 * viewer already.
 */
export async function rejectPromotion(context: CommandContext, input: ReviewPromotionInput): Promise<{ id: string }> {
  requireScopes(context.viewer, [COMMAND_SCOPE.rejectPromotion], "rejectPromotion");
  const comment = parseOptionalComment("input.comment", input.comment);
  return context.transact(async (work) => {
    await enterGate(work);
    const locked = await lockRequest(work, input.request);
    requireStatus(work, locked.request, ["OPEN", "APPROVED"]);
    const { results } = await assess(work, locked);
    await review(work, locked, { verdict: "REJECT", comment, rules: results });
    const data = { status: "REJECTED", closedAt: work.at } as const;
    await work.tx.promotionRequest.update({ where: { id: locked.request.id }, data, select: { id: true } });
    work.emit({
      ...aboutRequest(locked),
      type: "promotion_request.rejected",
      before: { status: locked.request.status },
      after: { status: "REJECTED", comment, rules: results },
    });
    return { id: locked.request.id };
  });
}

function assess(work: Work, locked: LockedRequest): Promise<Assessment> {
  const { request, target } = locked;
  const { reason, archiveExisting } = request;
  const requester = creatorOf(request);
  return assessRequest(work, locked, { target, reason, archiveExisting }, requester);
}

function requireFresh({ viewer }: Work, assessment: Assessment): void {
  const staleReasons = staleReasonsOf(assessment);
  if (staleReasons.length === 0) return;
  throw conflictWith(viewer, "PromotionRequest", {
    message: `The request is stale: ${staleReasons.join(" ")} The requester can renew it.`,
    plain: "The request is stale. The requester can renew it.",
    values: { staleReasons },
  });
}

function requireMayApprove(work: Work, { request }: LockedRequest, { policies, facts }: Assessment): void {
  const author = authorOf(work.viewer);
  const requester = creatorOf(request);
  const reviewers = facts?.request?.approvals ?? [];
  if (reviewers.some((reviewer) => work.people.isSame(reviewer.author, author))) throw new ConflictError(REVIEWED);
  const rules = policies.flatMap(({ mode, definition }) =>
    definition.rules.flatMap((rule) => (mode === "ENFORCE" && rule.kind === "approvals" ? [rule] : [])),
  );
  if (facts && rules.some((rule) => mayApprove(rule, facts, { requester }, author))) return;
  throw new ForbiddenError(
    "The approval of this token would count for no policy: it is the requester's or the registrant's own, or the policies ask for others.",
    [],
  );
}

interface Review {
  readonly verdict: "APPROVE" | "REJECT";
  readonly comment: string | null;
  readonly rules: readonly RuleResult[];
}

async function review(work: Work, { request }: LockedRequest, given: Review): Promise<void> {
  const { tokenId, issuedAt: tokenIssuedAt } = work.viewer;
  const row = {
    ...given,
    id: work.newId(),
    requestId: request.id,
    round: request.round,
    at: work.at,
    tokenId,
    tokenIssuedAt,
  };
  if (await writeReview(work.tx, row, authorOf(work.viewer))) return;
  throw new ConflictError(REVIEWED);
}

interface Approval {
  readonly comment: string | null;
  readonly before: Assessment;
  readonly after: Assessment;
}

/** Returns what the request is by the approval. */
async function recordApproval(
  work: Work,
  locked: LockedRequest,
  { comment, before, after }: Approval,
): Promise<RequestStatus> {
  const asked = after.results.filter(({ kind, mode }) => kind === "approvals" && mode === "ENFORCE");
  const status = asked.every(({ status: verdict }) => verdict === "PASSED") ? "APPROVED" : "OPEN";
  const seen = locked.request.seen as unknown as Seen;
  const now = after.facts ? seenOf(after.policies, after.facts, after.results) : seen;
  await work.tx.promotionRequest.update({
    where: { id: locked.request.id },
    data: {
      status,
      seen: alsoSeen(seen, now) as unknown as Prisma.InputJsonObject,
      approvedBy: { push: actorKey(work.viewer.actor) },
    },
    select: { id: true },
  });
  work.emit({
    ...aboutRequest(locked),
    type: "promotion_request.approved",
    before: { status: locked.request.status },
    after: { status, comment, rules: before.results },
  });
  return status;
}
