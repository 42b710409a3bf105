import type { Viewer } from "../../domain/access/actor.js";
import {
  type NumberComparison,
  numberSql,
  type TagComparison,
  type TextComparison,
  tagSql,
  textSql,
  timeSql,
} from "../across/comparisons.js";
import { afterSql, type FoundRow, type KeyColumn, keySql, orderSql, type SearchPage } from "../across/keyset.js";
import { inView, type View } from "../across/view.js";
import { Prisma, type PrismaClient } from "../generated/client.js";

export interface ExperimentSearch {
  readonly view: View;
  readonly names: readonly TextComparison[];
  readonly numbers: readonly NumberComparison[];
  readonly created: readonly NumberComparison[];
  readonly updated: readonly NumberComparison[];
  readonly tags: readonly TagComparison[];
}

export type ExperimentOrderField = "name" | "number" | "createdAt" | "updatedAt";
export type ExperimentOrder = readonly { readonly by: ExperimentOrderField; readonly direction: "asc" | "desc" }[];

const TAGS = { table: "ExperimentTag", owner: "experimentId", row: Prisma.sql`x."id"` } as const;

const COLUMNS: Readonly<Record<ExperimentOrderField, Pick<KeyColumn, "sql" | "kind">>> = {
  name: { sql: Prisma.sql`x."name"`, kind: "text" },
  number: { sql: Prisma.sql`x."number"`, kind: "number" },
  createdAt: { sql: Prisma.sql`x."createdAt"`, kind: "time" },
  updatedAt: { sql: Prisma.sql`x."updatedAt"`, kind: "time" },
};

/** The experiments that the viewer may see and that match. The order holds the number, which is unique. */
export async function searchExperiments(
  db: Pick<PrismaClient, "$queryRaw">,
  viewer: Viewer,
  { view, names, numbers, created, updated, tags }: ExperimentSearch,
  order: ExperimentOrder,
  { after, limit }: SearchPage,
): Promise<FoundRow[]> {
  const columns = order.map(({ by, direction }) => ({ ...COLUMNS[by], direction }));
  const conditions = [
    inView("Experiment", viewer, { aliases: { row: "x" }, view }),
    ...names.map((is) => textSql(Prisma.sql`x."name"`, is, Prisma.sql`x."nameText"`)),
    ...numbers.map((is) => numberSql(Prisma.sql`x."number"`, is)),
    ...created.map((is) => timeSql(Prisma.sql`x."createdAt"`, is)),
    ...updated.map((is) => timeSql(Prisma.sql`x."updatedAt"`, is)),
    ...tags.map((tag) => tagSql(TAGS, tag)),
    afterSql(columns, after),
  ];
  return db.$queryRaw<FoundRow[]>`
    SELECT x."id", ${keySql(columns)} AS "key" FROM "Experiment" AS x
    WHERE ${Prisma.join(conditions, " AND ")} ORDER BY ${orderSql(columns)} LIMIT ${limit}::int`;
}
