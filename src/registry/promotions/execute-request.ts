import { creatorOf } from "../../domain/access/actor.js";
import { unmetRules } from "../../domain/governance/decide.js";
import { obstaclesTo } from "../../domain/governance/obstacles.js";
import { type Mover, moverOf, type RequesterRights } from "../../domain/governance/requester-rights.js";
import { matchesAnyGlob } from "../../domain/values/glob.js";
import type { PromotionRequest } from "../../store/generated/client.js";
import type { Assessment } from "../../store/governance/assess-promotion.js";
import type { Work } from "../command.js";
import type { Gate } from "../governance/gate.js";
import { moveAlias } from "../versions/move-alias.js";
import { moveVersion } from "../versions/move-version.js";
import type { LockedRequest } from "./request-lookup.js";

/**
 * Makes the move of an approved request that executes itself, on behalf of its requester and with the rights that the requester
 * had, unless a rule, a right or the state of the version is in the way by now: then the request stays APPROVED. Returns whether
 * the move was made.
 */
export async function executeRequest(
  work: Work,
  gate: Gate,
  locked: LockedRequest,
  { selecting, results }: Assessment,
): Promise<boolean> {
  const { request, model, version, target } = locked;
  const mover = moverOfRequest(request);
  if (!mover || !matchesAnyGlob(mover.modelGlobs, model.name)) return false;
  if (unmetRules(results).length > 0 || obstaclesTo(mover, version, target, selecting).length > 0) return false;
  const onBehalf: Work = { ...work, mover, emit: (draft) => work.emit({ ...draft, onBehalfOf: mover.actor }) };
  const { reason, archiveExisting } = request;
  if ("alias" in target) {
    const moved = await moveAlias(onBehalf, gate, model, { name: target.alias, to: version, reason });
    return moved.transitionId !== null;
  }
  const move = { to: target.stage, reason, override: null, archiveExisting };
  await moveVersion(onBehalf, gate, { model, version }, move);
  return true;
}

/** Null for a request that its requester executes. */
function moverOfRequest(request: PromotionRequest): Mover | null {
  const { requesterRights } = request;
  return requesterRights === null ? null : moverOf(creatorOf(request), requesterRights as unknown as RequesterRights);
}
