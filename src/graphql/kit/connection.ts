import type { PageCut } from "./paging.js";

export interface Connection<Row> {
  readonly edges: { readonly cursor: string; readonly node: Row }[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
  /** Runs only if the document selects it. */
  readonly totalCount: () => Promise<number>;
}

/** Computes its cursor only if the document selects it. */
class Edge<Row> {
  readonly node: Row;
  private readonly readCursor: () => string;

  constructor(node: Row, readCursor: () => string) {
    this.node = node;
    this.readCursor = readCursor;
  }

  get cursor(): string {
    return this.readCursor();
  }
}

/** Builds a page from its rows, of which there may be one more than the page shows. */
export function toConnection<Row>(
  rows: readonly Row[],
  { size, backward, continued, cursorOf }: PageCut<Row>,
  totalCount: () => Promise<number>,
): Connection<Row> {
  const shown = rows.slice(0, size);
  if (backward) shown.reverse();
  const edges = shown.map((node) => new Edge(node, () => cursorOf(node)));
  const more = rows.length > size;
  return {
    edges,
    pageInfo: {
      hasNextPage: backward ? continued : more,
      hasPreviousPage: backward ? more : continued,
      get startCursor() {
        return edges[0]?.cursor ?? null;
      },
      get endCursor() {
        return edges.at(-1)?.cursor ?? null;
      },
    },
    totalCount,
  };
}

/** Replaces the nodes of a page, for rows that only lead to the nodes. */
export function mapNodes<Row, Node>(connection: Connection<Row>, toNode: (row: Row) => Node): Connection<Node> {
  return { ...connection, edges: connection.edges.map((edge) => new Edge(toNode(edge.node), () => edge.cursor)) };
}
