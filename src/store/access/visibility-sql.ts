import { coversAllRuns, coversRunsByVersion, type Viewer } from "../../domain/access/actor.js";
import { Prisma } from "../generated/client.js";
import { likePatterns } from "./like-patterns.js";

/** Whether a name is one of those that the globs cover, for statements that are written by hand. */
export function coversName(name: Prisma.Sql, globs: readonly string[] | null): Prisma.Sql {
  const patterns = likePatterns(globs);
  return patterns === null ? Prisma.sql`true` : Prisma.sql`${name} LIKE ANY(${patterns}::text[])`;
}

/** Whether the model `m` is the viewer's to see. */
export function seesModel({ modelGlobs }: Viewer): Prisma.Sql {
  return Prisma.sql`(m."deletedAt" IS NULL AND ${coversName(Prisma.sql`m."name"`, modelGlobs)})`;
}

/** Whether the run `r` of the experiment `x` is the viewer's to see: `visibleRun` of store/visibility.ts. */
export function seesRun(viewer: Viewer): Prisma.Sql {
  return Prisma.sql`(r."deletedAt" IS NULL AND x."deletedAt" IS NULL AND ${coversRun(viewer)})`;
}

/** Whether the viewer's token covers the run `r` of the experiment `x`, living or not: `coveredRun`. */
export function coversRun(viewer: Viewer): Prisma.Sql {
  if (!coversRunsByVersion(viewer)) return coversName(Prisma.sql`x."name"`, viewer.experimentGlobs);
  const version = (run: Prisma.Sql, end: Prisma.Sql) => Prisma.sql`EXISTS (
    SELECT FROM "LineageEdge" AS e JOIN "ModelVersion" AS v ON v."id" = e.${end} JOIN "Model" AS m ON m."id" = v."modelId"
    WHERE e.${run} = r."id" AND v."deletedAt" IS NULL AND ${seesModel(viewer)})`;
  const [produced, read] = [
    version(Prisma.sql`"fromRunId"`, Prisma.sql`"toVersionId"`),
    version(Prisma.sql`"toRunId"`, Prisma.sql`"fromVersionId"`),
  ];
  return Prisma.sql`(${produced} OR ${read})`;
}

/** Whether the dataset `d` is the viewer's to see: `visibleDataset` of store/visibility.ts. */
export function seesDataset(viewer: Viewer): Prisma.Sql {
  return Prisma.sql`(d."deletedAt" IS NULL AND ${coversDataset(viewer)})`;
}

/** Whether the viewer's token covers the dataset `d`, living or not: `coveredDataset`. */
export function coversDataset(viewer: Viewer): Prisma.Sql {
  if (coversAllRuns(viewer)) return Prisma.sql`true`;
  const ofRun = (table: Prisma.Sql, run: Prisma.Sql, dataset: Prisma.Sql) => Prisma.sql`EXISTS (
    SELECT FROM ${table} AS t JOIN "Run" AS r ON r."id" = t.${run} JOIN "Experiment" AS x ON x."id" = r."experimentId"
    WHERE t.${dataset} = d."id" AND ${seesRun(viewer)})`;
  const edge = Prisma.sql`"LineageEdge"`;
  return Prisma.sql`(${ofRun(edge, Prisma.sql`"toRunId"`, Prisma.sql`"fromDatasetId"`)}
    OR ${ofRun(edge, Prisma.sql`"fromRunId"`, Prisma.sql`"toDatasetId"`)}
    OR ${ofRun(Prisma.sql`"MetricSeries"`, Prisma.sql`"runId"`, Prisma.sql`"datasetId"`)})`;
}
