import type { LineageKind, LineageNode } from "../../domain/lineage/lineage.js";
import { kindOfEdge, toNodeKey } from "../../domain/lineage/lineage.js";
import { toJsonColumn } from "../connection/json-column.js";
import type { Transaction } from "../connection/transaction.js";

interface NewEdge {
  readonly from: LineageNode;
  readonly to: LineageNode;
  readonly context?: string;
  readonly tags?: readonly { readonly key: string; readonly value: string }[];
  /** Whether `addLineage` adds it: only such edges can be removed by `removeLineage`. */
  readonly external?: boolean;
}

const FROM = { RUN: "fromRunId", DATASET: "fromDatasetId", MODEL_VERSION: "fromVersionId" } as const;
const TO = {
  RUN: "toRunId",
  DATASET: "toDatasetId",
  MODEL_VERSION: "toVersionId",
  DEPLOYMENT: "toDeploymentId",
} as const;

/** Writes the edges that do not exist yet, in one statement. Returns how many were new. */
export async function writeEdges(tx: Transaction, edges: readonly NewEdge[], at: Date): Promise<number> {
  if (edges.length === 0) return 0;
  const data = edges.map(({ from, to, context = "", tags = [], external = false }) => {
    if (from.kind === "DEPLOYMENT") throw new Error("Nothing can be derived from a deployment.");
    const kind: LineageKind = kindOfEdge(from.kind, to.kind);
    return {
      [FROM[from.kind]]: from.id,
      [TO[to.kind]]: to.id,
      kind,
      context,
      external,
      at,
      ...(tags.length > 0 ? { tags: toJsonColumn(tags) } : {}),
    };
  });
  const { count } = await tx.lineageEdge.createMany({ data, skipDuplicates: true });
  return count;
}

/** Removes the edges that `addLineage` added. Returns how many edges there were, and how many of them were removed. */
export async function removeExternalEdges(
  tx: Transaction,
  from: LineageNode,
  to: LineageNode,
  context: string,
): Promise<{ found: number; removed: number }> {
  const where = { fromNode: toNodeKey(from), toNode: toNodeKey(to), context };
  const found = await tx.lineageEdge.count({ where });
  const { count: removed } = await tx.lineageEdge.deleteMany({ where: { ...where, external: true } });
  return { found, removed };
}
