export const DIRECTIONS = ["DOWNSTREAM", "UPSTREAM", "BOTH"] as const;
export const DEPTH_MAX = 50;
export const DEPTH_FIRST = 5;

/** What the address of the page says. */
export interface LineageSearch {
  /** The global id of the node to start from; without one, the page lists datasets. */
  readonly of?: string | undefined;
  readonly direction?: (typeof DIRECTIONS)[number] | undefined;
  readonly depth?: number | undefined;
  /** Only nodes of this kind in the table. */
  readonly kind?: string | undefined;
  /** A part of the name of a dataset. */
  readonly q?: string | undefined;
}

export function parseLineageSearch(search: Record<string, unknown>): LineageSearch {
  const { depth } = search;
  const text = (key: "of" | "q" | "kind") => {
    const value = search[key];
    return typeof value === "string" || typeof value === "number" ? { [key]: String(value) } : {};
  };
  const direction = DIRECTIONS.find((each) => each === search.direction);
  const isDepth = typeof depth === "number" && Number.isInteger(depth) && depth >= 1 && depth <= DEPTH_MAX;
  return { ...text("of"), ...text("q"), ...text("kind"), ...(direction && { direction }), ...(isDepth && { depth }) };
}
