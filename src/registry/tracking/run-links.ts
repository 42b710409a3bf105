import type { LineageNode } from "../../domain/lineage/lineage.js";
import type { ModelVersionRef } from "../../domain/versions/version.js";
import type { LockedRun } from "../../store/tracking/tracking-locks.js";
import { lockOpenRun, requireVersions } from "../across/tracking-lookup.js";
import type { Work } from "../command.js";
import { ensureDatasets, type NewDataset } from "./dataset-fields.js";

export interface RunLinks {
  readonly run: string;
  readonly datasets: readonly { readonly dataset: NewDataset; readonly context: string }[];
  readonly versions: readonly { readonly field: string; readonly ref: ModelVersionRef; readonly context: string }[];
}

/**
 * Locks the versions and then the run, which must not have ended, and registers the datasets that do not exist yet. Returns
 * the run and the other ends of its edges: datasets, then versions.
 */
export async function resolveLinks(
  work: Work,
  { run: runId, datasets, versions }: RunLinks,
): Promise<{ run: LockedRun; ends: { node: LineageNode; context: string }[] }> {
  const found = await requireVersions(work, versions);
  const run = await lockOpenRun(work, runId, "NO KEY UPDATE");
  const ensured = await ensureDatasets(
    work,
    datasets.map(({ dataset }) => dataset),
  );
  const toEnds = (kind: LineageNode["kind"], rows: readonly { id: string }[], given: readonly { context: string }[]) =>
    rows.map(({ id }, i) => ({ node: { kind, id }, context: given[i]?.context ?? "" }));
  return { run, ends: [...toEnds("DATASET", ensured, datasets), ...toEnds("MODEL_VERSION", found, versions)] };
}
