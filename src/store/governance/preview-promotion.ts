import type { Viewer } from "../../domain/access/actor.js";
import type { People } from "../../domain/access/people.js";
import type { PromotionMove } from "../../domain/governance/facts.js";
import { obstaclesTo } from "../../domain/governance/obstacles.js";
import type { ModelVersionRef } from "../../domain/versions/version.js";
import type { PrismaClient } from "../generated/client.js";
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
  readonly people: People;
}

/** What would happen if the viewer promoted the version now; null if it is not there for the viewer. */
export async function previewPromotion(
  db: Pick<PrismaClient, "$queryRaw" | "modelVersion">,
  viewer: Viewer,
  { version: ref, move, at, people }: Asked,
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
    people,
  });
  return { ...assessment, obstacles: obstaclesTo(viewer, version, move.target, assessment.selecting) };
}
