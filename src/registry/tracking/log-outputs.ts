import { COMMAND_SCOPE } from "../../domain/access/scopes.js";
import { LINKS_MAX } from "../../domain/lineage/lineage.js";
import type { JsonObject } from "../../domain/values/json.js";
import { requireAtMost } from "../../domain/values/list.js";
import type { ModelVersionRef } from "../../domain/versions/version.js";
import { writeEdges } from "../../store/lineage/lineage-edges.js";
import { aboutRun } from "../across/tracking-lookup.js";
import { type CommandContext, requireScopes } from "../command.js";
import { type DatasetInput, parseDataset } from "./dataset-fields.js";
import { resolveLinks } from "./run-links.js";

interface LogOutputsInput {
  readonly run: string;
  readonly datasets?: readonly DatasetInput[] | null | undefined;
  readonly modelVersions?: readonly ModelVersionRef[] | null | undefined;
}

/**
 * Records what a run made: datasets, which are registered if they do not exist, and versions of models. Outputs that are
 * recorded already change nothing.
 *
 * Errors: FORBIDDEN; INVALID_INPUT; NOT_FOUND (the run or a version); ALREADY_EXISTS for a dataset that
 * exists and that the token may not link; CONFLICT if the run has ended.
 */
export async function logOutputs(context: CommandContext, input: LogOutputsInput): Promise<{ id: string }> {
  requireScopes(context.viewer, [COMMAND_SCOPE.logOutputs], "logOutputs");
  requireAtMost("input.datasets", input.datasets ?? [], LINKS_MAX);
  requireAtMost("input.modelVersions", input.modelVersions ?? [], LINKS_MAX);
  const datasets = (input.datasets ?? []).map((dataset, i) => ({
    dataset: parseDataset(`input.datasets[${i}]`, dataset, context.sourceSchemes),
    context: "",
  }));
  const versions = (input.modelVersions ?? []).map((ref, i) => ({
    field: `input.modelVersions[${i}]`,
    ref,
    context: "",
  }));
  return context.transact(async (work) => {
    const { run, ends } = await resolveLinks(work, { run: input.run, datasets, versions });
    const from = { kind: "RUN", id: run.id } as const;
    const edges = ends.map(({ node }) => ({ from, to: node }));
    if ((await writeEdges(work.tx, edges, work.at)) > 0) {
      const outputs: JsonObject[] = ends.map(({ node }) => ({ ...node }));
      work.emit({ ...aboutRun(run), type: "run.outputs_logged", after: { outputs } });
    }
    return { id: run.id };
  });
}
