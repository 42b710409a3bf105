import { queryFromInfo } from "@pothos/plugin-prisma";
import type { GraphQLResolveInfo } from "graphql";
import type { GraphQLContext } from "../request/context.js";
import { plannedSelection } from "../request/planned-selections.js";
import type { Page } from "./paging.js";

/** The part of a row that every noun has. The other columns depend on the document. */
export interface Row {
  readonly id: string;
}

/** The columns and relations to read of a row. At compile time only the id is known. */
export interface RowSelection {
  select: { id: true };
}

/** A field of a request, as its resolver sees it. */
export interface RequestedField {
  readonly context: GraphQLContext;
  readonly info: GraphQLResolveInfo;
}

type Path = { name: string }[];

/** The paths to a connection's rows in a document. */
const NODE_PATHS: Path[] = [[{ name: "nodes" }], [{ name: "edges" }, { name: "node" }]];

/** The selection of the document for the row of a field. */
export function selectRow(field: RequestedField, typeName: string): RowSelection {
  const { info } = field;
  return plannedSelection(field, typeName, (context) =>
    queryFromInfo({ context, info, typeName, select: { id: true } }),
  );
}

/** The selection of the document for the rows of a root connection, with the columns that the cursors need. */
export function selectRows(field: RequestedField, typeName: string, page: Pick<Page, "columns">): RowSelection {
  const { info } = field;
  const key = [typeName, ...page.columns.map(({ name }) => name)].join(" ");
  return plannedSelection(field, key, (context) => {
    const select = { id: true, ...cursorColumns(page) } as const;
    return queryFromInfo({ context, info, typeName, paths: NODE_PATHS, select });
  });
}

/** The same for a connection below a row, as a part of the statement that reads the parent. */
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

/** The selection for rows one relation behind those that a field reads: by default the nodes of a connection. */
export function selectNestedNode(nested: unknown, typeName: string, paths = NODE_PATHS): RowSelection {
  return toNestedSelection(nested)({ select: { id: true } }, { getType: () => typeName, paths });
}

/** Adds the selection of the document at the paths to a query. */
type NestedSelection = <Query extends { select: object }>(
  query: Query,
  include: { getType(): string; paths: Path[] },
) => Query;

/**
 * Pothos types its nested selection for one path only. A connection's rows are at two paths, which Pothos's own
 * `relatedConnection` passes in the same way.
 */
function toNestedSelection(nested: unknown): NestedSelection {
  return nested as NestedSelection;
}

function cursorColumns(page: Pick<Page, "columns">): Record<string, true> {
  return Object.fromEntries(page.columns.map(({ name }) => [name, true]));
}
