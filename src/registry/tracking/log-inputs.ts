import { COMMAND_SCOPE } from "../../domain/access/scopes.js";
import { LINKS_MAX, parseContext } from "../../domain/tracking/dataset.js";
import type { JsonObject } from "../../domain/values/json.js";
import { requireAtMost } from "../../domain/values/list.js";
import { writeEdges } from "../../store/lineage/lineage-edges.js";
import type { VersionReference } from "../../store/versions/version-lookup.js";
import { aboutRun, lockOpenRun, requireVersions } from "../across/tracking-lookup.js";
import { type CommandContext, requireScopes } from "../command.js";
import { type DatasetInput, ensureDatasets, parseDataset } from "./dataset-fields.js";

export interface LogInputsInput {
  readonly run: string;
  readonly datasets?:
    | readonly { readonly dataset: DatasetInput; readonly context?: string | null | undefined }[]
    | null
    | undefined;
  readonly modelVersions?:
    | readonly { readonly version: VersionReference; readonly context?: string | null | undefined }[]
    | null
    | undefined;
}

/** Says what a run read: datasets, registered on the way if need be, and versions of models. */
export async function logInputs(context: CommandContext, input: LogInputsInput): Promise<{ id: string }> {
  requireScopes(context.viewer, [COMMAND_SCOPE.logInputs], "logInputs");
  requireAtMost("input.datasets", input.datasets ?? [], LINKS_MAX);
  requireAtMost("input.modelVersions", input.modelVersions ?? [], LINKS_MAX);
  const datasets = (input.datasets ?? []).map((entry, i) => ({
    told: parseDataset(`input.datasets[${i}].dataset`, entry.dataset, context.allowFileSource),
    context: parseContext(`input.datasets[${i}].context`, entry.context),
  }));
  const versions = (input.modelVersions ?? []).map((entry, i) => ({
    ...{ field: `input.modelVersions[${i}].version`, ref: entry.version },
    context: parseContext(`input.modelVersions[${i}].context`, entry.context),
  }));
  return context.transact(async (work) => {
    const found = await requireVersions(work, versions);
    const run = await lockOpenRun(work, input.run, "NO KEY UPDATE");
    const ensured = await ensureDatasets(
      work,
      datasets.map(({ told }) => told),
    );
    const to = { kind: "RUN", id: run.id } as const;
    const read = [
      ...ensured.map(
        ({ id }, i) => ({ from: { kind: "DATASET", id }, to, context: datasets[i]?.context ?? "" }) as const,
      ),
      ...found.map(
        ({ id }, i) => ({ from: { kind: "MODEL_VERSION", id }, to, context: versions[i]?.context ?? "" }) as const,
      ),
    ];
    if ((await writeEdges(work.tx, read, work.at)) > 0) {
      const inputs: JsonObject[] = read.map(({ from, context: what }) => ({ ...from, context: what }));
      work.emit({ ...aboutRun(run), type: "run.inputs_logged", after: { inputs } });
    }
    return { id: run.id };
  });
}
