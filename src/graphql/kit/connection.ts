import { queryFromInfo } from "@pothos/plugin-prisma";
import type { GraphQLResolveInfo } from "graphql";
import type { GraphQLContext } from "../request/context.js";
import { encodeCursor, type Page } from "./paging.js";

export interface Connection<Row> {
  readonly edges: { readonly cursor: string; readonly node: Row }[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
  /** Counts only when asked. */
  readonly totalCount: () => Promise<number>;
}

/** What is read of each row, as far as types tell: every row has an id, and the rest is for the fields below it. */
type RowsQuery = { select: { id: true } };

/** Where a connection's rows stand in a document. */
const NODE_PATHS = [[{ name: "nodes" }], [{ name: "edges" }, { name: "node" }]];

/** The selection that the client's document asks of a root connection's rows, with the columns that cursors need. */
export function rowsQuery(
  context: GraphQLContext,
  info: GraphQLResolveInfo,
  typeName: string,
  page: Pick<Page, "columns">,
) {
  const query = queryFromInfo({ context, info, typeName, paths: NODE_PATHS, select: cursorColumns(page) });
  return query as RowsQuery;
}

/** The same for a connection below a row: a part of the parent's own statement. */
export function nestedRowsQuery<Where>(
  nested: unknown,
  typeName: string,
  page: Page,
  where: Where,
): RowsQuery & { where: Where } {
  const select = nested as (query: unknown, path: unknown) => { select?: Record<string, true> };
  const query = { where: { AND: [where, page.where] }, orderBy: page.orderBy, take: page.take };
  const planned = select({ ...query, select: cursorColumns(page) }, { getType: () => typeName, paths: NODE_PATHS });
  return { ...planned, select: { ...cursorColumns(page), ...planned.select } } as never;
}

/** The selection of rows that stand one relation behind those that a field reads: by default a connection's nodes. */
export function nestedNodeQuery(nested: unknown, typeName: string, paths = NODE_PATHS): RowsQuery {
  const select = nested as (query: unknown, path: unknown) => RowsQuery;
  return select({ select: { id: true } }, { getType: () => typeName, paths });
}

function cursorColumns(page: Pick<Page, "columns">): Record<string, true> {
  return Object.fromEntries(page.columns.map(({ name }) => [name, true]));
}

export function toConnection<Row extends object>(
  rows: readonly Row[],
  page: Page,
  totalCount: () => Promise<number>,
): Connection<Row> {
  const shown = rows.slice(0, page.size);
  if (page.backward) shown.reverse();
  const edges = shown.map((node) => ({ cursor: encodeCursor(page, node as Record<string, unknown>), node }));
  const more = rows.length > page.size;
  return {
    edges,
    pageInfo: {
      hasNextPage: page.backward ? page.continued : more,
      hasPreviousPage: page.backward ? more : page.continued,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
    totalCount,
  };
}
