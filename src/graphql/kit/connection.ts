import type { PageCut } from "./paging.js";

export interface Connection<Row> {
  readonly edges: { readonly cursor: string; readonly node: Row }[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
  /** Counts only when a client selects it. */
  readonly totalCount: () => Promise<number>;
}

/** The page of the rows that were read, which may be one more than it shows. */
export function toConnection<Row>(
  rows: readonly Row[],
  { size, backward, continued, cursorOf }: PageCut<Row>,
  totalCount: () => Promise<number>,
): Connection<Row> {
  const shown = rows.slice(0, size);
  if (backward) shown.reverse();
  const edges = shown.map((node) => ({ cursor: cursorOf(node), node }));
  const more = rows.length > size;
  return {
    edges,
    pageInfo: {
      hasNextPage: backward ? continued : more,
      hasPreviousPage: backward ? more : continued,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
    totalCount,
  };
}

/** The same page of what is one relation behind its rows. */
export function mapNodes<Row, Node>(connection: Connection<Row>, toNode: (row: Row) => Node): Connection<Node> {
  return { ...connection, edges: connection.edges.map(({ cursor, node }) => ({ cursor, node: toNode(node) })) };
}
