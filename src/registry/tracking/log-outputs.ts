import { COMMAND_SCOPE } from "../../domain/access/scopes.js";
import { LINKS_MAX } from "../../domain/tracking/dataset.js";
import type { JsonObject } from "../../domain/values/json.js";
import { requireAtMost } from "../../domain/values/list.js";
import { writeEdges } from "../../store/lineage/lineage-edges.js";
import type { VersionReference } from "../../store/versions/version-lookup.js";
import { aboutRun, lockOpenRun, requireVersions } from "../across/tracking-lookup.js";
import { type CommandContext, requireScopes } from "../command.js";
import { type DatasetInput, ensureDatasets, parseDataset } from "./dataset-fields.js";

export interface LogOutputsInput {
  readonly run: string;
  readonly datasets?: readonly DatasetInput[] | null | undefined;
  readonly modelVersions?: readonly VersionReference[] | null | undefined;
}

/** Says what a run made: datasets, registered on the way if need be, and versions of models. */
export async function logOutputs(context: CommandContext, input: LogOutputsInput): Promise<{ id: string }> {
  requireScopes(context.viewer, [COMMAND_SCOPE.logOutputs], "logOutputs");
  requireAtMost("input.datasets", input.datasets ?? [], LINKS_MAX);
  requireAtMost("input.modelVersions", input.modelVersions ?? [], LINKS_MAX);
  const datasets = (input.datasets ?? []).map((dataset, i) =>
    parseDataset(`input.datasets[${i}]`, dataset, context.allowFileSource),
  );
  const versions = (input.modelVersions ?? []).map((ref, i) => ({ field: `input.modelVersions[${i}]`, ref }));
  return context.transact(async (work) => {
    const found = await requireVersions(work, versions);
    const run = await lockOpenRun(work, input.run, "NO KEY UPDATE");
    const ensured = await ensureDatasets(work, datasets);
    const from = { kind: "RUN", id: run.id } as const;
    const made = [
      ...ensured.map(({ id }) => ({ from, to: { kind: "DATASET", id } }) as const),
      ...found.map(({ id }) => ({ from, to: { kind: "MODEL_VERSION", id } }) as const),
    ];
    if ((await writeEdges(work.tx, made, work.at)) > 0) {
      const outputs: JsonObject[] = made.map(({ to }) => ({ ...to }));
      work.emit({ ...aboutRun(run), type: "run.outputs_logged", after: { outputs } });
    }
    return { id: run.id };
  });
}
