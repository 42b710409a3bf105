import { COMMAND_SCOPE } from "../../domain/access/scopes.js";
import { NotFoundError } from "../../domain/errors.js";
import { type RequestStatus, statusAt } from "../../domain/governance/request.js";
import { type PromotionTarget, targetOf } from "../../domain/governance/target.js";
import { STAGE_SCOPE } from "../../domain/versions/stage.js";
import type { ModelVersion, PromotionRequest } from "../../store/generated/client.js";
import type { LockedModel } from "../../store/models/model-lock.js";
import { lockModelOfVersion } from "../across/lookup.js";
import { requireScopes, type Work } from "../command.js";
import { conflictWith } from "../current-state.js";
import { eventTarget } from "../governance/gate.js";
import { requireScopesToMove } from "../versions/transition-model-version.js";

/** A request with its version, whose model is locked: requests of a model change one at a time. */
export interface LockedRequest {
  readonly request: PromotionRequest;
  readonly model: LockedModel;
  readonly version: ModelVersion;
  readonly target: PromotionTarget;
}

/** Throws NOT_FOUND for a request that does not exist, and for one whose version is deleted or not the viewer's to see. */
export async function lockRequest(work: Work, id: string): Promise<LockedRequest> {
  const missing = new NotFoundError("The request was not found.");
  const found = await work.tx.promotionRequest.findUnique({ where: { id }, select: { versionId: true } });
  // A request that does not exist is looked up like one that is not the viewer's, so that the time it takes reveals nothing.
  const model = await lockModelOfVersion(work, found?.versionId ?? id);
  if (!found || !model) throw missing;
  const request = await work.tx.promotionRequest.findUniqueOrThrow({ where: { id } });
  const version = await work.tx.modelVersion.findUniqueOrThrow({ where: { id: request.versionId } });
  if (version.deletedAt !== null) throw missing;
  return { request, model, version, target: targetOf(request) };
}

/** Throws CONFLICT unless the request has one of the statuses. */
export function requireStatus(work: Work, request: PromotionRequest, allowed: readonly RequestStatus[]): void {
  const status = statusAt(request, work.at);
  if (allowed.includes(status)) return;
  throw conflictWith(work.viewer, "PromotionRequest", {
    message: `The request is ${status}; it must be ${allowed.join(" or ")}.`,
    plain: "The request is not in a state that allows this.",
    values: { status },
  });
}

/** Throws FORBIDDEN without the scopes that the move itself requires. */
export function requireScopesOfPromotion(
  work: Work,
  { version, target }: Pick<LockedRequest, "version" | "target">,
): void {
  if ("alias" in target) {
    requireScopes(work.viewer, [COMMAND_SCOPE.setAlias], "A promotion to an alias");
    return;
  }
  requireScopes(work.viewer, [STAGE_SCOPE[target.stage]], `A promotion to ${target.stage}`);
  requireScopesToMove(work, { from: version.stage, to: target.stage }, "A promotion");
}

/** What an event about a request says of its version and its target. */
export function aboutRequest({
  request,
  model,
  version,
  target,
}: Omit<LockedRequest, "request"> & { readonly request: Pick<PromotionRequest, "id"> }) {
  return {
    subject: { type: "PromotionRequest" as const, id: request.id },
    model,
    version,
    ...eventTarget(target),
  };
}
