import { type LineageNode, toNodeKey } from "../domain/lineage.js";
import { Prisma } from "./generated/client.js";
import type { Transaction } from "./transaction.js";

/** Something living that came of something else: a run, a dataset, a version, or a deployment of one. */
export interface Dependent {
  readonly runId: string | null;
  readonly experiment: string | null;
  readonly dataset: string | null;
  readonly digest: string | null;
  readonly model: string | null;
  readonly number: number | null;
  readonly environment: string | null;
  readonly endpoint: string | null;
}

/** A noun, or all living runs of an experiment, or all living versions of a model. */
export type Origin = LineageNode | { readonly experimentId: string } | { readonly modelId: string };

/** What came at one remove of something, still lives, and would outlive it. */
export function findDownstream(tx: Transaction, what: Origin): Promise<Dependent[]> {
  const from = comesFrom(what);
  return tx.$queryRaw<Dependent[]>`
    SELECT DISTINCT r."id" AS "runId", x."name" AS "experiment", d."name" AS "dataset", d."digest", m."name" AS "model",
      v."number", p."environment", p."endpoint"
    FROM "LineageEdge" AS e
    LEFT JOIN "Run" AS r ON r."id" = e."toRunId" AND r."deletedAt" IS NULL
    LEFT JOIN "Experiment" AS x ON x."id" = r."experimentId"
    LEFT JOIN "Dataset" AS d ON d."id" = e."toDatasetId" AND d."deletedAt" IS NULL
    LEFT JOIN "Deployment" AS p ON p."id" = e."toDeploymentId" AND p."removedAt" IS NULL
    LEFT JOIN "ModelVersion" AS v ON v."id" = e."toVersionId" AND v."deletedAt" IS NULL
    LEFT JOIN "Model" AS m ON m."id" = coalesce(v."modelId", p."modelId") AND m."deletedAt" IS NULL
    WHERE ${from} AND ((r."id" IS NOT NULL AND x."deletedAt" IS NULL) OR d."id" IS NOT NULL OR m."id" IS NOT NULL)
    ORDER BY m."name", v."number", d."name", d."digest", r."id", p."environment", p."endpoint"`;
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
