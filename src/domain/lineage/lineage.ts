import { parseAnyLine, parseLabel } from "../values/text.js";

/** The nouns that lineage connects. */
export const LINEAGE_NODE_KINDS = ["DATASET", "RUN", "LOGGED_MODEL", "MODEL_VERSION", "DEPLOYMENT"] as const;
export type LineageNodeKind = (typeof LINEAGE_NODE_KINDS)[number];

export const LINEAGE_KINDS = ["INPUT", "OUTPUT", "REGISTRATION", "DEPLOYMENT", "DERIVED"] as const;
/** How the two ends of an edge are related. */
export type LineageKind = (typeof LINEAGE_KINDS)[number];

export interface LineageNode {
  readonly kind: LineageNodeKind;
  readonly id: string;
}

const LETTERS = {
  DATASET: "D",
  RUN: "R",
  LOGGED_MODEL: "L",
  MODEL_VERSION: "V",
  DEPLOYMENT: "P",
} as const satisfies Record<LineageNodeKind, string>;

/** A node as the columns `fromNode` and `toNode` hold it: a letter for its kind, followed by its id. */
export function toNodeKey({ kind, id }: LineageNode): string {
  return `${LETTERS[kind]}${id}`;
}

export function fromNodeKey(key: string): LineageNode {
  const kind = LINEAGE_NODE_KINDS.find((name) => LETTERS[name] === key[0]);
  if (!kind) throw new Error(`Not a lineage node: ${key}`);
  return { kind, id: key.slice(1) };
}

/**
 * The kind of an edge follows from its ends: input or output of a run, version of a logged model or of a deployment, or derived in
 * another way.
 */
export function kindOfEdge(from: LineageNodeKind, to: LineageNodeKind): LineageKind {
  if (to === "DEPLOYMENT") return "DEPLOYMENT";
  if (from === "RUN" && to !== "RUN") return "OUTPUT";
  if (to === "RUN" && from !== "RUN") return "INPUT";
  if (from === "LOGGED_MODEL" && to === "MODEL_VERSION") return "REGISTRATION";
  return "DERIVED";
}

/** The most datasets, and the most versions, of one `logInputs` or `logOutputs`. */
export const LINKS_MAX = 100;
const CONTEXT_MAX = 255;

/** Checks what an edge is for, such as "training". An absent context is an empty text. */
export function parseContext(field: string, context: string | null | undefined): string {
  return typeof context === "string" ? parseLabel(field, context, CONTEXT_MAX) : "";
}

/** Checks the context of an edge that may exist. */
export function parseKnownContext(field: string, context: string | null | undefined): string {
  return typeof context === "string" ? parseAnyLine(field, context, CONTEXT_MAX) : "";
}

export const LINEAGE_DEPTH_MAX = 50;
/** The most nodes that one walk visits in one direction. */
export const LINEAGE_WALK_MAX = 10_000;
export const LINEAGE_PAGE_MAX = 1_000;
