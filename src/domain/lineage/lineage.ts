/** The nouns between which lineage runs. */
export const LINEAGE_NODE_KINDS = ["DATASET", "RUN", "MODEL_VERSION", "DEPLOYMENT"] as const;
export type LineageNodeKind = (typeof LINEAGE_NODE_KINDS)[number];

export const LINEAGE_KINDS = ["INPUT", "OUTPUT", "DEPLOYMENT", "DERIVED"] as const;
/** What the one end of an edge is to the other. */
export type LineageKind = (typeof LINEAGE_KINDS)[number];

export interface LineageNode {
  readonly kind: LineageNodeKind;
  readonly id: string;
}

const LETTERS = {
  DATASET: "D",
  RUN: "R",
  MODEL_VERSION: "V",
  DEPLOYMENT: "P",
} as const satisfies Record<LineageNodeKind, string>;

/** A node as the columns `fromNode` and `toNode` hold it: a letter for its kind, and its id. */
export function toNodeKey({ kind, id }: LineageNode): string {
  return `${LETTERS[kind]}${id}`;
}

export function fromNodeKey(key: string): LineageNode {
  const kind = LINEAGE_NODE_KINDS.find((name) => LETTERS[name] === key[0]);
  if (!kind) throw new Error(`No lineage node: ${key}`);
  return { kind, id: key.slice(1) };
}

/** What an edge between two nouns is: what a run read, what it made, or what came of what in some other way. */
export function kindOfEdge(from: LineageNodeKind, to: LineageNodeKind): LineageKind {
  if (to === "DEPLOYMENT") return "DEPLOYMENT";
  if (from === "RUN" && to !== "RUN") return "OUTPUT";
  if (to === "RUN" && from !== "RUN") return "INPUT";
  return "DERIVED";
}

export const LINEAGE_DEPTH_MAX = 50;
/** How many nodes one walk visits in one direction. */
export const LINEAGE_WALK_MAX = 10_000;
export const LINEAGE_PAGE_MAX = 1_000;
