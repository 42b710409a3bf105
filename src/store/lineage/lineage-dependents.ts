import type { Viewer } from "../../domain/access/actor.js";
import { type LineageNode, toNodeKey } from "../../domain/lineage/lineage.js";
import type { Transaction } from "../connection/transaction.js";
import { Prisma } from "../generated/client.js";
import { seesNode } from "./lineage-walk.js";

/** Something living that came of something else: a run, a dataset, a version, or a deployment of one. */
export interface Dependent {
  readonly runId: string | null;
  readonly dataset: string | null;
  readonly digest: string | null;
  readonly model: string | null;
  readonly number: number | null;
  readonly environment: string | null;
  readonly endpoint: string | null;
}

/** What stands on something: whether anything does, and what of it the viewer may see, as far as it was asked for. */
export interface Downstream {
  readonly exists: boolean;
  readonly seen: readonly Dependent[];
}

/** A noun, or all living runs of an experiment, or all living versions of a model. */
export type Origin = LineageNode | { readonly experimentId: string } | { readonly modelId: string };

/** What came at one remove of something, still lives, and would outlive it; of what the viewer may see at most `limit`. */
export async function findDownstream(
  tx: Transaction,
  viewer: Viewer,
  what: Origin,
  limit: number,
): Promise<Downstream> {
  const living = Prisma.sql`
    FROM "LineageEdge" AS e
    CROSS JOIN LATERAL (SELECT e."toNode" AS "node") AS c
    LEFT JOIN "Run" AS r ON r."id" = e."toRunId" AND r."deletedAt" IS NULL
    LEFT JOIN "Experiment" AS x ON x."id" = r."experimentId"
    LEFT JOIN "Dataset" AS d ON d."id" = e."toDatasetId" AND d."deletedAt" IS NULL
    LEFT JOIN "Deployment" AS p ON p."id" = e."toDeploymentId" AND p."removedAt" IS NULL
    LEFT JOIN "ModelVersion" AS v ON v."id" = e."toVersionId" AND v."deletedAt" IS NULL
    LEFT JOIN "Model" AS m ON m."id" = coalesce(v."modelId", p."modelId") AND m."deletedAt" IS NULL
    WHERE ${comesFrom(what)} AND ((r."id" IS NOT NULL AND x."deletedAt" IS NULL) OR d."id" IS NOT NULL OR m."id" IS NOT NULL)`;
  const [found] = await tx.$queryRaw<Downstream[]>`
    SELECT EXISTS (SELECT ${living}) AS "exists", coalesce((
      SELECT json_agg(s ORDER BY s."model", s."number", s."dataset", s."digest", s."runId", s."environment", s."endpoint")
      FROM (
        SELECT DISTINCT ON (e."toNode") r."id" AS "runId", d."name" AS "dataset", d."digest", m."name" AS "model",
          v."number", p."environment", p."endpoint"
        ${living} AND ${seesNode(viewer)} ORDER BY e."toNode" LIMIT ${limit}::int
      ) AS s
    ), '[]') AS "seen"`;
  return found ?? { exists: false, seen: [] };
}

function comesFrom(what: Origin): Prisma.Sql {
  if ("experimentId" in what) {
    const runs = Prisma.sql`SELECT "id" FROM "Run" WHERE "experimentId" = ${what.experimentId}::uuid AND "deletedAt" IS NULL`;
    return Prisma.sql`e."fromRunId" IN (${runs}) AND (r."id" IS NULL OR r."experimentId" <> ${what.experimentId}::uuid)`;
  }
  if ("modelId" in what) {
    const versions = Prisma.sql`SELECT "id" FROM "ModelVersion" WHERE "modelId" = ${what.modelId}::uuid AND "deletedAt" IS NULL`;
    return Prisma.sql`e."fromVersionId" IN (${versions}) AND (v."id" IS NULL OR v."modelId" <> ${what.modelId}::uuid)`;
  }
  return Prisma.sql`e."fromNode" = ${toNodeKey(what)}`;
}
