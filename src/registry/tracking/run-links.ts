import type { LineageNode } from "../../domain/lineage/lineage.js";
import type { TagInput } from "../../domain/values/tag.js";
import type { ModelVersionRef } from "../../domain/versions/version.js";
import type { LockedRun } from "../../store/tracking/tracking-locks.js";
import { lockRunToLog, requireVersions } from "../across/tracking-lookup.js";
import type { Work } from "../command.js";
import { ensureDatasets, type NewDataset } from "./dataset-fields.js";

interface GivenEnd {
  readonly context: string;
  readonly tags?: readonly TagInput[];
}

interface RunEnd {
  readonly node: LineageNode;
  readonly context: string;
  readonly tags: readonly TagInput[];
}

export interface RunLinks {
  readonly run: string;
  readonly evenIfOver?: boolean | undefined;
  readonly datasets: readonly {
    readonly dataset: NewDataset;
    readonly context: string;
    readonly tags?: readonly TagInput[];
  }[];
  readonly versions: readonly { readonly field: string; readonly ref: ModelVersionRef; readonly context: string }[];
}

/**
 * Locks the versions and then the run, which must not have ended, and registers the datasets that do not exist yet. Returns
 * the run and the other ends of its edges: datasets, then versions.
 */
export async function resolveLinks(
  work: Work,
  { datasets, versions, ...ref }: RunLinks,
): Promise<{ run: LockedRun; ends: RunEnd[] }> {
  const found = await requireVersions(work, versions);
  const run = await lockRunToLog(work, ref, "NO KEY UPDATE");
  const ensured = await ensureDatasets(
    work,
    datasets.map(({ dataset }) => dataset),
  );
  const toEnds = (kind: LineageNode["kind"], rows: readonly { id: string }[], given: readonly GivenEnd[]) =>
    rows.map(({ id }, i) => ({ node: { kind, id }, context: given[i]?.context ?? "", tags: given[i]?.tags ?? [] }));
  return { run, ends: [...toEnds("DATASET", ensured, datasets), ...toEnds("MODEL_VERSION", found, versions)] };
}
