import type { Viewer } from "../../domain/access/actor.js";
import { authorOf } from "../../domain/access/author.js";
import { COMMAND_SCOPE, holdsScope, type Scope } from "../../domain/access/scopes.js";
import type { PromotionMove } from "../../domain/governance/facts.js";
import { refusalsToMove } from "../../domain/governance/movers.js";
import { isGuardedStage, type PromotionTarget } from "../../domain/governance/target.js";
import { mayEnter, scopesOfMove } from "../../domain/versions/stage.js";
import type { ModelVersionRef } from "../../domain/versions/version.js";
import type { ModelVersion, PrismaClient } from "../generated/client.js";
import { findVersions, seesVersion } from "../versions/version-lookup.js";
import { type Assessment, assessPromotion } from "./assess-promotion.js";

export interface PromotionPreview extends Assessment {
  /** What is in the way beside rules, as sentences. */
  readonly obstacles: readonly string[];
}

interface Asked {
  readonly version: ModelVersionRef;
  readonly move: PromotionMove;
  readonly at: Date;
}

/** What would happen if the viewer promoted the version now; null if it is not there for the viewer. */
export async function previewPromotion(
  db: Pick<PrismaClient, "$queryRaw" | "modelVersion">,
  viewer: Viewer,
  { version: ref, move, at }: Asked,
): Promise<PromotionPreview | null> {
  const [found] = await findVersions(db, [ref]);
  if (!found || !seesVersion(viewer, found)) return null;
  const version = await db.modelVersion.findUnique({
    where: { id: found.id },
    select: { number: true, stage: true, status: true },
  });
  if (!version) return null;
  const assessment = await assessPromotion(db, {
    modelId: found.modelId,
    versionId: found.id,
    move,
    at,
    requester: viewer.actor,
  });
  const places = [...placesLeft(version, move), move.target];
  const refused = places.flatMap((place) => refusalsToMove(assessment.selecting, place, authorOf(viewer)));
  return {
    ...assessment,
    obstacles: [...obstaclesOf(viewer, version, move), ...refused.map(({ message }) => message)],
  };
}

type Promoted = Pick<ModelVersion, "number" | "stage" | "status">;

function obstaclesOf(viewer: Viewer, { number, stage, status }: Promoted, { target }: PromotionMove): string[] {
  if ("alias" in target) return missingScopes(viewer, [COMMAND_SCOPE.setAlias]);
  const { stage: to } = target;
  return [
    ...missingScopes(viewer, scopesOfMove(stage, to)),
    ...(stage === to ? [`Version ${number} is already in ${to}.`] : []),
    ...(mayEnter(to, status) ? [] : [`Version ${number} is ${status}; only READY versions enter ${to}.`]),
  ];
}

function missingScopes({ scopes }: Viewer, required: readonly Scope[]): string[] {
  return required
    .filter((scope) => !holdsScope(scopes, scope))
    .map((scope) => `The move requires the scope ${scope}, which this token does not have.`);
}

/** A move between stages leaves one, and a policy may name who moves versions off it. */
function placesLeft({ stage }: Promoted, { target }: PromotionMove): PromotionTarget[] {
  return "stage" in target && isGuardedStage(stage) && stage !== target.stage ? [{ stage }] : [];
}
