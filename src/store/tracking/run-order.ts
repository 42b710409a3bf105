import { toRank } from "../../domain/tracking/metric.js";
import type { KeyColumn } from "../across/keyset.js";
import { Prisma } from "../generated/client.js";

type Direction = KeyColumn["direction"];

export type RunOrderField = "id" | "name" | "status" | "user" | "artifactUri" | "startedAt" | "endedAt";

/** A term of the order of runs: a field, or the value of a metric, a param or a tag. */
export type RunOrderTerm =
  | { readonly of: "field"; readonly by: RunOrderField; readonly direction: Direction }
  | { readonly of: "metric" | "param" | "tag"; readonly by: string; readonly direction: Direction };
export type RunOrder = readonly RunOrderTerm[];

const FIELDS: Readonly<Record<RunOrderField, { readonly sql: Prisma.Sql; readonly kind: "text" | "time" }>> = {
  id: { sql: Prisma.sql`r."id"`, kind: "text" },
  name: { sql: Prisma.sql`r."name"`, kind: "text" },
  status: { sql: Prisma.sql`r."status"::text`, kind: "text" },
  user: { sql: Prisma.sql`r."user"`, kind: "text" },
  artifactUri: { sql: Prisma.sql`r."artifactUri"`, kind: "text" },
  startedAt: { sql: Prisma.sql`r."startedAt"`, kind: "time" },
  endedAt: { sql: Prisma.sql`r."endedAt"`, kind: "time" },
};
/** The fields that each run has. */
const NEVER_NULL: ReadonlySet<RunOrderField> = new Set(["id", "status", "startedAt"]);
const NAN = Prisma.sql`${String(toRank(Number.NaN))}::bigint`;

/** The columns of the order, none of them null: where a value is missing, another column says so first. */
export function orderOfRuns(order: RunOrder): { columns: KeyColumn[]; joins: Prisma.Sql } {
  const parts = order.map(toPart);
  const joins = parts.flatMap(({ join }) => join ?? []);
  return {
    columns: parts.flatMap(({ columns }) => columns),
    joins: joins.length > 0 ? Prisma.join(joins, " ") : Prisma.empty,
  };
}

/** As MLflow orders in both directions: numbers, then NaN, then what has no value. */
function toPart(term: RunOrderTerm, place: number): { columns: KeyColumn[]; join?: Prisma.Sql } {
  const { direction } = term;
  if (term.of === "field") return { columns: fieldColumns(term.by, direction) };
  const row = Prisma.raw(`"o${place}"`);
  if (term.of === "metric") {
    const rank = Prisma.sql`${row}."rank"`;
    const last = Prisma.sql`CASE WHEN ${rank} IS NULL THEN 2 WHEN ${rank} = ${NAN} THEN 1 ELSE 0 END`;
    return {
      join: Prisma.sql`LEFT JOIN LATERAL (
        SELECT s."rank" FROM "MetricSeries" AS s WHERE s."runId" = r."id" AND s."key" = ${term.by} AND s."loggedModelId" IS NULL
        ORDER BY s."step" DESC, s."timestamp" DESC, s."rank" DESC LIMIT 1) AS ${row} ON true`,
      columns: [
        { sql: last, kind: "number", direction: "asc" },
        { sql: Prisma.sql`coalesce(${rank}, 0)`, kind: "bigint", direction },
      ],
    };
  }
  const table = Prisma.raw(term.of === "param" ? `"RunParam"` : `"RunTag"`);
  return {
    join: Prisma.sql`LEFT JOIN ${table} AS ${row} ON ${row}."runId" = r."id" AND ${row}."key" = ${term.by}`,
    columns: nullsLast(Prisma.sql`${row}."value"`, "text", direction),
  };
}

function fieldColumns(by: RunOrderField, direction: Direction): KeyColumn[] {
  const { sql, kind } = FIELDS[by];
  return NEVER_NULL.has(by) ? [{ sql, kind, direction }] : nullsLast(sql, kind, direction);
}

function nullsLast(sql: Prisma.Sql, kind: "text" | "time", direction: Direction): KeyColumn[] {
  const none = kind === "text" ? Prisma.sql`''` : Prisma.sql`'epoch'::timestamptz`;
  return [
    { sql: Prisma.sql`(${sql} IS NULL)::int`, kind: "number", direction: "asc" },
    { sql: Prisma.sql`coalesce(${sql}, ${none})`, kind, direction },
  ];
}
