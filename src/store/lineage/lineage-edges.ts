import type { LineageKind, LineageNode } from "../../domain/lineage/lineage.js";
import { kindOfEdge, toNodeKey } from "../../domain/lineage/lineage.js";
import type { Transaction } from "../connection/transaction.js";
import { toJsonColumn } from "../json/json-column.js";

interface NewEdge {
  readonly from: LineageNode;
  readonly to: LineageNode;
  readonly context?: string;
  /** The step at which a run made a logged model. */
  readonly step?: number | null;
  readonly tags?: readonly { readonly key: string; readonly value: string }[];
  /** Whether `addLineage` adds it: only such edges can be removed by `removeLineage`. */
  readonly external?: boolean;
}

const FROM = {
  RUN: "fromRunId",
  DATASET: "fromDatasetId",
  LOGGED_MODEL: "fromLoggedModelId",
  MODEL_VERSION: "fromVersionId",
} as const;
const TO = {
  RUN: "toRunId",
  DATASET: "toDatasetId",
  LOGGED_MODEL: "toLoggedModelId",
  MODEL_VERSION: "toVersionId",
  DEPLOYMENT: "toDeploymentId",
} as const;

/** Writes the edges that do not exist yet, in one statement. Returns how many were new. */
export async function writeEdges(tx: Transaction, edges: readonly NewEdge[], at: Date): Promise<number> {
  if (edges.length === 0) return 0;
  const data = edges.map(({ from, to, context = "", tags = [], step = null, external = false }) => {
    if (from.kind === "DEPLOYMENT") throw new Error("Nothing can be derived from a deployment.");
    const kind: LineageKind = kindOfEdge(from.kind, to.kind);
    return {
      [FROM[from.kind]]: from.id,
      [TO[to.kind]]: to.id,
      kind,
      context,
      step,
      external,
      at,
      ...(tags.length > 0 ? { tags: toJsonColumn(tags) } : {}),
    };
  });
  const { count } = await tx.lineageEdge.createMany({ data, skipDuplicates: true });
  return count;
}

/** Sets the steps of logged models that a run made, where no step is known yet. Returns how many were set. */
export async function setSteps(
  tx: Transaction,
  runId: string,
  made: readonly { readonly id: string; readonly step: number | null }[],
): Promise<number> {
  if (made.length === 0) return 0;
  return tx.$executeRaw`
    UPDATE "LineageEdge" AS e SET "step" = m."step"
    FROM json_to_recordset(${JSON.stringify(made)}::json) AS m("id" text, "step" bigint)
    WHERE e."fromRunId" = ${runId} AND e."toLoggedModelId" = m."id" AND e."kind" = 'OUTPUT'
      AND e."step" IS NULL AND m."step" IS NOT NULL`;
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
