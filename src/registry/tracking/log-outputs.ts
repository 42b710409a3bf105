import { COMMAND_SCOPE } from "../../domain/access/scopes.js";
import { LINKS_MAX } from "../../domain/lineage/lineage.js";
import type { JsonObject } from "../../domain/values/json.js";
import { requireAtMost } from "../../domain/values/list.js";
import type { ModelVersionRef } from "../../domain/versions/version.js";
import { setSteps, writeEdges } from "../../store/lineage/lineage-edges.js";
import { shareLoggedModels } from "../across/logged-model-lookup.js";
import { aboutRun } from "../across/tracking-lookup.js";
import { type CommandContext, requireScopes } from "../command.js";
import { type DatasetInput, parseDataset } from "./dataset-fields.js";
import { resolveLinks } from "./run-links.js";

interface LoggedModelOutput {
  readonly id: string;
  /** The training step at which the run made it. */
  readonly step?: number | null | undefined;
}

interface LogOutputsInput {
  readonly run: string;
  readonly datasets?: readonly DatasetInput[] | null | undefined;
  readonly modelVersions?: readonly ModelVersionRef[] | null | undefined;
  readonly loggedModels?: readonly LoggedModelOutput[] | null | undefined;
  /** Whether a run that is over may be logged to, as MLflow takes it. */
  readonly evenIfOver?: boolean;
}

/**
 * Records what a run made: datasets, which are registered if they do not exist, logged models, and versions of models.
 * Outputs that are recorded already change nothing.
 *
 * Errors: FORBIDDEN; INVALID_INPUT; NOT_FOUND (the run, a version or a logged model); ALREADY_EXISTS for a dataset that
 * exists and that the token may not link; CONFLICT if the run has ended.
 */
export async function logOutputs(context: CommandContext, input: LogOutputsInput): Promise<{ id: string }> {
  requireScopes(context.viewer, [COMMAND_SCOPE.logOutputs], "logOutputs");
  requireAtMost("input.datasets", input.datasets ?? [], LINKS_MAX);
  requireAtMost("input.modelVersions", input.modelVersions ?? [], LINKS_MAX);
  const loggedModels = input.loggedModels ?? [];
  requireAtMost("input.loggedModels", loggedModels, LINKS_MAX);
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
    await shareLoggedModels(
      work,
      loggedModels.map(({ id }, i) => ({ id, field: `input.loggedModels[${i}]` })),
    );
    const { run, ends } = await resolveLinks(work, { ...input, datasets, versions });
    const from = { kind: "RUN", id: run.id } as const;
    const made = loggedModels.map(({ id, step = null }) => ({ kind: "LOGGED_MODEL" as const, id, step }));
    const edges = [
      ...ends.map(({ node }) => ({ from, to: node })),
      ...made.map(({ step, ...node }) => ({ from, to: node, step })),
    ];
    const written = await writeEdges(work.tx, edges, work.at);
    if (written + (await setSteps(work.tx, run.id, made)) > 0) {
      const outputs: JsonObject[] = [...ends.map(({ node }) => ({ ...node })), ...made];
      work.emit({ ...aboutRun(run), type: "run.outputs_logged", after: { outputs } });
    }
    return { id: run.id };
  });
}
