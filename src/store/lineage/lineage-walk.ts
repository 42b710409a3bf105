import type { Viewer } from "../../domain/access/actor.js";
import { holdsScope } from "../../domain/access/scopes.js";
import { LINEAGE_WALK_MAX, type LineageKind } from "../../domain/lineage/lineage.js";
import type { DatasetRef } from "../../domain/tracking/dataset.js";
import type { ModelVersionRef } from "../../domain/versions/version.js";
import { sees } from "../access/visibility-sql.js";
import { Prisma, type PrismaClient } from "../generated/client.js";

/** The node that a walk starts from: by its key, or by what clients know it by. */
export type LineageStart =
  | { readonly node: string }
  | { readonly dataset: Exclude<DatasetRef, { id: string }> }
  | { readonly modelVersion: Exclude<ModelVersionRef, { id: string }> };

interface LineageQuery {
  readonly upstream: boolean;
  readonly downstream: boolean;
  readonly depth: number;
  /** The letters of the kinds to show (domain/lineage/lineage.ts); null means all. */
  readonly letters: readonly string[] | null;
  readonly first: number;
}

export interface WalkedEdge {
  readonly from: string;
  readonly to: string;
  readonly kind: LineageKind;
  readonly context: string;
  readonly step: number | null;
  readonly tags: unknown;
  readonly at: string;
}

export interface Lineage {
  readonly nodes: readonly { readonly node: string; readonly depth: number; readonly name: string }[];
  readonly edges: readonly WalkedEdge[];
  readonly counts: readonly { readonly letter: string; readonly count: number }[];
  readonly truncated: boolean;
}

/**
 * Walks the lineage graph breadth first in one statement, and visits each node once: a row of the recursive part is a whole
 * level with all nodes visited before, so that cycles and many paths to one node cost nothing. Nodes that the viewer may
 * not see are not entered. Returns null if the viewer may not see the start.
 */
export async function walkLineage(
  db: Pick<PrismaClient, "$queryRaw">,
  viewer: Viewer,
  start: LineageStart,
  query: LineageQuery,
): Promise<Lineage | null> {
  const rows = await db.$queryRaw<Lineage[]>(lineageStatement(viewer, start, query));
  return rows[0] ?? null;
}

export function lineageStatement(viewer: Viewer, start: LineageStart, query: LineageQuery): Prisma.Sql {
  const { depth, letters, first } = query;
  return Prisma.sql`
    WITH RECURSIVE "start" AS (
      SELECT c."node" COLLATE "C" AS "node" FROM (${startNode(start)}) AS c WHERE ${seesNode(viewer)}
    ), "walk" ("up", "depth", "frontier", "visited") AS (
      SELECT d."up", 0, ARRAY[s."node"], ARRAY[s."node"] FROM "start" AS s, ${directions(query)} AS d ("up")
      UNION ALL
      SELECT w."up", w."depth" + 1, level."nodes", w."visited" || level."nodes"
      FROM "walk" AS w
      CROSS JOIN LATERAL (
        SELECT array_agg(next."node") AS "nodes" FROM (
          SELECT c."node" FROM (
            SELECT DISTINCT edge."node" FROM (${neighbours(query)}) AS edge
            WHERE NOT EXISTS (SELECT FROM unnest(w."visited") AS v ("node") WHERE v."node" = edge."node")
          ) AS c WHERE ${seesNode(viewer)}
          LIMIT CASE WHEN w."depth" < ${depth}::int THEN ${LINEAGE_WALK_MAX + 1}::int - cardinality(w."visited") ELSE 1 END
        ) AS next
      ) AS level
      WHERE level."nodes" IS NOT NULL AND w."depth" <= ${depth}::int AND cardinality(w."visited") <= ${LINEAGE_WALK_MAX}::int
    ), "reached" AS (
      SELECT n."node", min(w."depth") AS "depth" FROM "walk" AS w CROSS JOIN LATERAL unnest(w."frontier") AS n ("node")
      WHERE w."depth" <= ${depth}::int AND (${letters}::text[] IS NULL OR left(n."node", 1) = ANY(${letters}::text[]))
      GROUP BY n."node"
    ), "shown" AS (
      SELECT "node", "depth" FROM "reached" ORDER BY "depth", "node" LIMIT ${first}::int
    )
    SELECT
      (SELECT coalesce(json_agg(json_build_object('node', c."node", 'depth', c."depth", 'name', ${NAME})
          ORDER BY c."depth", c."node"), '[]') FROM "shown" AS c) AS "nodes",
      (SELECT coalesce(json_agg(json_build_object('from', e."fromNode", 'to', e."toNode", 'kind', e."kind",
          'context', e."context", 'step', e."step", 'tags', e."tags", 'at', e."at") ORDER BY e."id"), '[]')
        FROM "shown" AS a JOIN "LineageEdge" AS e ON e."fromNode" = a."node"
        WHERE (e."toNode" IN (SELECT "node" FROM "shown")) IS TRUE) AS "edges",
      (SELECT coalesce(json_agg(json_build_object('letter', c."letter", 'count', c."count") ORDER BY c."letter"), '[]')
        FROM (SELECT left("node", 1) AS "letter", count(*) AS "count" FROM "reached" GROUP BY 1) AS c) AS "counts",
      (SELECT count(*) FROM "reached") > ${first}::int OR EXISTS (
        SELECT FROM "walk" WHERE "depth" > ${depth}::int OR cardinality("visited") > ${LINEAGE_WALK_MAX}::int) AS "truncated"
    FROM "start"`;
}

function directions({ upstream, downstream }: LineageQuery): Prisma.Sql {
  if (upstream && downstream) return Prisma.sql`(VALUES (true), (false))`;
  return upstream ? Prisma.sql`(VALUES (true))` : Prisma.sql`(VALUES (false))`;
}

/** The nodes that are one edge away from a level, in the direction of its walk. */
function neighbours({ upstream, downstream }: LineageQuery): Prisma.Sql {
  const level = Prisma.sql`unnest(w."frontier") AS f ("node")`;
  const up = Prisma.sql`SELECT e."fromNode" AS "node" FROM ${level} JOIN "LineageEdge" AS e ON e."toNode" = f."node"`;
  const down = Prisma.sql`SELECT e."toNode" AS "node" FROM ${level} JOIN "LineageEdge" AS e ON e."fromNode" = f."node"`;
  if (upstream && downstream) return Prisma.sql`${up} WHERE w."up" UNION ALL ${down} WHERE NOT w."up"`;
  return upstream ? up : down;
}

function startNode(start: LineageStart): Prisma.Sql {
  if ("node" in start) return Prisma.sql`SELECT ${start.node}::text AS "node"`;
  if ("dataset" in start) {
    const { name, digest } = start.dataset;
    return Prisma.sql`
      SELECT 'D' || "id"::text AS "node" FROM "Dataset"
      WHERE "name" = ${name} AND "digest" = ${digest} AND "deletedAt" IS NULL`;
  }
  if ("number" in start.modelVersion) {
    const { model, number } = start.modelVersion.number;
    return Prisma.sql`
      SELECT 'V' || n."id"::text AS "node" FROM "Model" AS o JOIN "ModelVersion" AS n ON n."modelId" = o."id"
      WHERE o."liveName" = ${model} AND n."number" = ${number}`;
  }
  const { model, alias } = start.modelVersion.alias;
  return Prisma.sql`
    SELECT 'V' || n."versionId"::text AS "node" FROM "Model" AS o JOIN "Alias" AS n ON n."modelId" = o."id"
    WHERE o."liveName" = ${model} AND n."name" = ${alias}`;
}

/** Looks the node `c` up in the table of its kind. */
function byKind(of: {
  run: Prisma.Sql;
  dataset: Prisma.Sql;
  loggedModel: Prisma.Sql;
  version: Prisma.Sql;
  deployment: Prisma.Sql;
}): Prisma.Sql {
  return Prisma.sql`CASE left(c."node", 1)
    WHEN 'R' THEN (${of.run} FROM "Run" AS r JOIN "Experiment" AS x ON x."id" = r."experimentId" WHERE r."id" = substr(c."node", 2))
    WHEN 'D' THEN (${of.dataset} FROM "Dataset" AS d WHERE d."id" = substr(c."node", 2)::uuid)
    WHEN 'L' THEN (${of.loggedModel} FROM "LoggedModel" AS l JOIN "Experiment" AS x ON x."id" = l."experimentId" WHERE l."id" = substr(c."node", 2))
    WHEN 'V' THEN (${of.version} FROM "ModelVersion" AS v JOIN "Model" AS m ON m."id" = v."modelId" WHERE v."id" = substr(c."node", 2)::uuid)
    WHEN 'P' THEN (${of.deployment} FROM "Deployment" AS p JOIN "Model" AS m ON m."id" = p."modelId" WHERE p."id" = substr(c."node", 2)::uuid)
  END`;
}

const NAME = byKind({
  run: Prisma.sql`SELECT coalesce(r."name", r."id")`,
  dataset: Prisma.sql`SELECT d."name" || '@' || d."digest"`,
  loggedModel: Prisma.sql`SELECT l."name"`,
  version: Prisma.sql`SELECT m."name" || ' v' || v."number"`,
  deployment: Prisma.sql`SELECT p."environment" || '/' || p."endpoint"`,
});

/** Whether the viewer may see the node `c`, and holds the scope that reading it requires. */
export function seesNode(viewer: Viewer): Prisma.Sql {
  const runs = Prisma.sql`${holdsScope(viewer.scopes, "runs:read")}::boolean`;
  const models = Prisma.sql`${holdsScope(viewer.scopes, "models:read")}::boolean`;
  const joined = { model: "m" };
  return byKind({
    run: Prisma.sql`SELECT ${runs} AND ${sees("Run", viewer, { row: "r", joined: { experiment: "x" } })}`,
    dataset: Prisma.sql`SELECT ${runs} AND ${sees("Dataset", viewer, { row: "d" })}`,
    loggedModel: Prisma.sql`SELECT ${runs} AND ${sees("LoggedModel", viewer, { row: "l", joined: { experiment: "x" } })}`,
    version: Prisma.sql`SELECT ${models} AND ${sees("ModelVersion", viewer, { row: "v", joined })}`,
    deployment: Prisma.sql`SELECT ${models} AND ${sees("Deployment", viewer, { row: "p", joined })}`,
  });
}
