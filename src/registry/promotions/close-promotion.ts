import { creatorOf, isSameActor } from "../../domain/access/actor.js";
import { COMMAND_SCOPE, holdsScope } from "../../domain/access/scopes.js";
import { ForbiddenError } from "../../domain/errors.js";
import { parseComment } from "../../domain/governance/request.js";
import { requesterRightsOf } from "../../domain/governance/requester-rights.js";
import type { Prisma } from "../../store/generated/client.js";
import { actorColumns, type CommandContext, requireScopes, type Work } from "../command.js";
import { enterGate } from "../governance/gate.js";
import { requireOtherStage } from "../versions/transition-model-version.js";
import { requireNoOther } from "./live-request.js";
import {
  aboutRequest,
  type LockedRequest,
  lockRequest,
  requireScopesOfPromotion,
  requireStatus,
} from "./request-lookup.js";
import { assessRequest, emitMissingChecks, requireApprovalsAsked } from "./request-promotion.js";

interface RequestInput {
  readonly request: string;
}

/**
 * Takes a request back.
 *
 * Errors: FORBIDDEN for others than the requester without `policies:write`, and for the requester without the scopes of the
 * move; NOT_FOUND; CONFLICT if the request is closed.
 */
export async function cancelPromotion(context: CommandContext, input: RequestInput): Promise<{ id: string }> {
  return context.transact(async (work) => {
    const locked = await lockRequest(work, input.request);
    if (!holdsScope(work.viewer.scopes, "policies:write")) {
      requireRequester(work, locked, "cancelPromotion");
      requireScopesOfPromotion(work, locked);
    }
    requireStatus(work, locked.request, ["OPEN", "APPROVED"]);
    const data = { status: "CANCELLED", closedAt: work.at } as const;
    await work.tx.promotionRequest.update({ where: { id: locked.request.id }, data, select: { id: true } });
    work.emit({
      ...aboutRequest(locked),
      type: "promotion_request.cancelled",
      before: { status: locked.request.status },
      after: { status: "CANCELLED" },
    });
    return { id: locked.request.id };
  });
}

/**
 * Asks again, for what is there now: approvals so far no longer count, and the time starts anew.
 *
 * Errors: FORBIDDEN for others than the requester, and without the scopes of the move; NOT_FOUND; CONFLICT if the request is
 * executed, rejected or cancelled, if the version is in the stage already, or if no policy asks for approvals; ALREADY_EXISTS if another request for the version and
 * the target is open.
 */
export async function renewPromotion(context: CommandContext, input: RequestInput): Promise<{ id: string }> {
  return context.transact(async (work) => {
    await enterGate(work);
    const locked = await lockRequest(work, input.request);
    requireRequester(work, locked, "renewPromotion");
    requireScopesOfPromotion(work, locked);
    const { request, target } = locked;
    requireStatus(work, request, ["OPEN", "APPROVED", "STALE", "EXPIRED"]);
    if ("stage" in target) requireOtherStage(work, locked, target.stage);
    if (request.closedAt !== null) await requireNoOther(work, locked);
    const assessment = await assessRequest(work, locked, { ...request, target });
    const seen = requireApprovalsAsked(target, assessment);
    const expiresAt = new Date(work.at.getTime() + request.lifetimeSeconds * 1_000);
    await work.tx.promotionRequest.update({
      where: { id: request.id },
      data: {
        status: "OPEN",
        round: { increment: 1 },
        seen: seen as unknown as Prisma.InputJsonObject,
        staleReasons: [],
        approvedBy: [],
        ...(request.autoExecute ? { requesterRights: requesterRightsOf(work.viewer) } : {}),
        expiresAt,
        checkedAt: work.at,
        closedAt: null,
      },
      select: { id: true },
    });
    const about = aboutRequest(locked);
    work.emit({
      ...about,
      type: "promotion_request.renewed",
      before: { status: request.status },
      after: { status: "OPEN", expiresAt: expiresAt.toISOString() },
    });
    emitMissingChecks(work, about, assessment);
    return { id: request.id };
  });
}

export interface CommentPromotionInput extends RequestInput {
  readonly body: string;
}

/**
 * Comments on a request, in any state.
 *
 * Errors: FORBIDDEN without `models:read`, and without `stages:approve` or the scopes of the move; INVALID_INPUT; NOT_FOUND.
 */
export async function commentPromotion(context: CommandContext, input: CommentPromotionInput): Promise<{ id: string }> {
  requireScopes(context.viewer, [COMMAND_SCOPE.commentPromotion], "commentPromotion");
  const body = parseComment("input.body", input.body);
  return context.transact(async (work) => {
    const locked = await lockRequest(work, input.request);
    if (!holdsScope(work.viewer.scopes, "stages:approve")) requireScopesOfPromotion(work, locked);
    const row = {
      ...actorColumns(work.viewer),
      id: work.newId(),
      requestId: locked.request.id,
      body,
      createdAt: work.at,
    };
    await work.tx.promotionComment.createMany({ data: [row] });
    work.emit({ ...aboutRequest(locked), type: "promotion_request.commented", after: { comment: body } });
    return { id: locked.request.id };
  });
}

function requireRequester(work: Work, { request }: LockedRequest, action: string): void {
  const requester = creatorOf(request);
  if (isSameActor(work.viewer.actor, requester)) return;
  throw new ForbiddenError(`${action} is for whoever requested the promotion.`, []);
}
