import { queryFromInfo } from "@pothos/plugin-prisma";
import type { GraphQLResolveInfo } from "graphql";
import type { GraphQLContext } from "../request/context.js";
import type { Page } from "./paging.js";

/** What each row of a noun has, as far as types can tell. The rest is for the fields that the document selects. */
export interface Row {
  readonly id: string;
}

/** The columns and relations to read of such a row, of which only the id is known when the code is compiled. */
export interface RowSelection {
  select: { id: true };
}

type Path = { name: string }[];

/** Where a connection's rows are in a document. */
const NODE_PATHS: Path[] = [[{ name: "nodes" }], [{ name: "edges" }, { name: "node" }]];

/** What the document selects of the row that a field leads to. */
export function selectRow(context: GraphQLContext, info: GraphQLResolveInfo, typeName: string): RowSelection {
  return queryFromInfo({ context, info, typeName, select: { id: true } });
}

/** What the document selects of the rows of a root connection, with the columns that their cursors need. */
export function selectRows(
  context: GraphQLContext,
  info: GraphQLResolveInfo,
  typeName: string,
  page: Pick<Page, "columns">,
): RowSelection {
  const select = { id: true, ...cursorColumns(page) } as const;
  return queryFromInfo({ context, info, typeName, paths: NODE_PATHS, select });
}

/** The same for a connection below a row: a part of the statement that reads the parent. */
export function selectNestedRows<Where, Columns extends object>(
  nested: unknown,
  typeName: string,
  { page, where, columns }: { page: Page; where: Where; columns: Columns },
) {
  const select: Columns = { ...columns, ...cursorColumns(page) };
  const { orderBy, take } = page;
  const query = { where: { AND: [where, page.where] }, orderBy, take, select };
  return toNestedSelection(nested)(query, { getType: () => typeName, paths: NODE_PATHS });
}

/** What the document selects of rows one relation behind those that a field reads: by default a connection's nodes. */
export function selectNestedNode(nested: unknown, typeName: string, paths = NODE_PATHS): RowSelection {
  return toNestedSelection(nested)({ select: { id: true } }, { getType: () => typeName, paths });
}

/** Adds what the document selects below the paths to a query. */
type NestedSelection = <Query extends { select: object }>(
  query: Query,
  include: { getType(): string; paths: Path[] },
) => Query;

/**
 * Pothos types its nested selection for one path. A connection's rows are below two, which its own `relatedConnection`
 * passes in the same way.
 */
function toNestedSelection(nested: unknown): NestedSelection {
  return nested as NestedSelection;
}

function cursorColumns(page: Pick<Page, "columns">): Record<string, true> {
  return Object.fromEntries(page.columns.map(({ name }) => [name, true]));
}
