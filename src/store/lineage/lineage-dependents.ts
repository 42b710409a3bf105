import type { Viewer } from "../../domain/access/actor.js";
import { type LineageNode, toNodeKey } from "../../domain/lineage/lineage.js";
import type { Transaction } from "../connection/transaction.js";
import { Prisma } from "../generated/client.js";
import { seesNode } from "./lineage-walk.js";

/** Something living that was derived from something else: a run, a dataset, a logged model, a version, or a deployment. */
export interface Dependent {
  readonly runId: string | null;
  readonly dataset: string | null;
  readonly digest: string | null;
  readonly loggedModelId: string | null;
  readonly model: string | null;
  readonly number: number | null;
  readonly environment: string | null;
  readonly endpoint: string | null;
}

/** The dependents of something: whether there are any, and those that the viewer may see, up to the limit. */
export interface Downstream {
  readonly exists: boolean;
  readonly seen: readonly Dependent[];
}

/** A node of the lineage graph, or all living runs and logged models of an experiment, or all living versions of a model. */
export type Origin = LineageNode | { readonly experimentId: string } | { readonly modelId: string };

/**
 * Finds what is derived from something directly, still lives, and would outlive it. Lists at most `limit` of those that the
 * viewer may see.
 */
export async function findDownstream(
  tx: Transaction,
  viewer: Viewer,
  origin: Origin,
  limit: number,
): Promise<Downstream> {
  const living = Prisma.sql`
    FROM "LineageEdge" AS e
    CROSS JOIN LATERAL (SELECT e."toNode" AS "node") AS c
    LEFT JOIN "Run" AS r ON r."id" = e."toRunId" AND r."deletedAt" IS NULL
    LEFT JOIN "LoggedModel" AS l ON l."id" = e."toLoggedModelId" AND l."deletedAt" IS NULL
    LEFT JOIN "Experiment" AS x ON x."id" = coalesce(r."experimentId", l."experimentId")
    LEFT JOIN "Dataset" AS d ON d."id" = e."toDatasetId" AND d."deletedAt" IS NULL
    LEFT JOIN "Deployment" AS p ON p."id" = e."toDeploymentId" AND p."removedAt" IS NULL
    LEFT JOIN "ModelVersion" AS v ON v."id" = e."toVersionId" AND v."deletedAt" IS NULL
    LEFT JOIN "Model" AS m ON m."id" = coalesce(v."modelId", p."modelId") AND m."deletedAt" IS NULL
    WHERE ${isDerivedFrom(origin)} AND ((x."id" IS NOT NULL AND x."deletedAt" IS NULL) OR d."id" IS NOT NULL OR m."id" IS NOT NULL)`;
  const [found] = await tx.$queryRaw<Downstream[]>`
    SELECT EXISTS (SELECT ${living}) AS "exists", coalesce((
      SELECT json_agg(s ORDER BY s."model", s."number", s."dataset", s."digest", s."runId", s."loggedModelId", s."environment", s."endpoint")
      FROM (
        SELECT DISTINCT ON (e."toNode") r."id" AS "runId", l."id" AS "loggedModelId", d."name" AS "dataset", d."digest", m."name" AS "model",
          v."number", p."environment", p."endpoint"
        ${living} AND ${seesNode(viewer)} ORDER BY e."toNode" LIMIT ${limit}::int
      ) AS s
    ), '[]') AS "seen"`;
  return found ?? { exists: false, seen: [] };
}

function isDerivedFrom(origin: Origin): Prisma.Sql {
  if ("experimentId" in origin) {
    const inExperiment = Prisma.sql`"experimentId" = ${origin.experimentId}::uuid AND "deletedAt" IS NULL`;
    const runs = Prisma.sql`SELECT "id" FROM "Run" WHERE ${inExperiment}`;
    const loggedModels = Prisma.sql`SELECT "id" FROM "LoggedModel" WHERE ${inExperiment}`;
    return Prisma.sql`(e."fromRunId" IN (${runs}) OR e."fromLoggedModelId" IN (${loggedModels}))
      AND (x."id" IS NULL OR x."id" <> ${origin.experimentId}::uuid)`;
  }
  if ("modelId" in origin) {
    const versions = Prisma.sql`SELECT "id" FROM "ModelVersion" WHERE "modelId" = ${origin.modelId}::uuid AND "deletedAt" IS NULL`;
    return Prisma.sql`e."fromVersionId" IN (${versions}) AND (v."id" IS NULL OR v."modelId" <> ${origin.modelId}::uuid)`;
  }
  return Prisma.sql`e."fromNode" = ${toNodeKey(origin)}`;
}
