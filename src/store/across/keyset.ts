import { Prisma } from "../generated/client.js";

/** A value of a column that a list is ordered by, as a cursor holds it; times in milliseconds, a `bigint` as text. */
export type KeyValue = string | number;

export interface KeyColumn {
  readonly sql: Prisma.Sql;
  readonly kind: "text" | "number" | "bigint" | "time";
  readonly direction: "asc" | "desc";
}

/** Which rows of a search to find. */
export interface SearchPage {
  /** The values of the last row of the page before; null: the first page. */
  readonly after: readonly KeyValue[] | null;
  readonly limit: number;
}

/** A row of a search: its id, and the values of the columns that it is ordered by. */
export interface FoundRow {
  readonly id: string;
  readonly key: readonly KeyValue[];
}

/** The order of a list. The columns together are unique. */
export function orderSql(columns: readonly KeyColumn[]): Prisma.Sql {
  return Prisma.join(
    columns.map(({ sql, direction }) => Prisma.sql`${sql} ${direction === "asc" ? Prisma.sql`ASC` : Prisma.sql`DESC`}`),
  );
}

/** The rows after one whose columns have these values: `a >= 1 AND (a > 1 OR b < 2)`. Null: from the first row. */
export function afterSql(columns: readonly KeyColumn[], values: readonly KeyValue[] | null): Prisma.Sql {
  const [column, ...rest] = columns;
  const [value, ...others] = values ?? [];
  if (!column || value === undefined) return Prisma.sql`true`;
  const { sql, direction } = column;
  const bound = valueSql(column, value);
  const isPast = direction === "asc" ? Prisma.sql`${sql} > ${bound}` : Prisma.sql`${sql} < ${bound}`;
  if (rest.length === 0) return isPast;
  const isWithin = direction === "asc" ? Prisma.sql`${sql} >= ${bound}` : Prisma.sql`${sql} <= ${bound}`;
  return Prisma.sql`(${isWithin} AND (${isPast} OR ${afterSql(rest, others)}))`;
}

/** The values of a row that `afterSql` takes, as one JSON array. */
export function keySql(columns: readonly KeyColumn[]): Prisma.Sql {
  const values = columns.map(({ sql, kind }) => {
    if (kind === "time") return Prisma.sql`(extract(epoch FROM ${sql}) * 1000)::bigint`;
    return kind === "bigint" ? Prisma.sql`(${sql})::text` : sql;
  });
  return Prisma.sql`json_build_array(${Prisma.join(values)})`;
}

function valueSql({ kind }: KeyColumn, value: KeyValue): Prisma.Sql {
  if (kind === "time") return Prisma.sql`${new Date(Number(value))}::timestamptz`;
  if (kind === "bigint") return Prisma.sql`${String(value)}::bigint`;
  return kind === "number" ? Prisma.sql`${Number(value)}::int` : Prisma.sql`${String(value)}`;
}
