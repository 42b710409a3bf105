import { COMMAND_SCOPE } from "../../domain/access/scopes.js";
import { LINKS_MAX, parseContext } from "../../domain/lineage/lineage.js";
import type { JsonObject } from "../../domain/values/json.js";
import { requireAtMost } from "../../domain/values/list.js";
import { parseTags, type TagInput, TRACKING_TAG_VALUE_MAX } from "../../domain/values/tag.js";
import type { ModelVersionRef } from "../../domain/versions/version.js";
import { writeEdges } from "../../store/lineage/lineage-edges.js";
import { shareLoggedModels } from "../across/logged-model-lookup.js";
import { aboutRun } from "../across/tracking-lookup.js";
import { type CommandContext, requireScopes } from "../command.js";
import { type DatasetInput, parseDataset } from "./dataset-fields.js";
import { resolveLinks } from "./run-links.js";

export interface LogInputsInput {
  readonly run: string;
  readonly datasets?:
    | readonly {
        readonly dataset: DatasetInput;
        readonly context?: string | null | undefined;
        /** What an MLflow client says of the input besides its context. */
        readonly tags?: readonly TagInput[];
      }[]
    | null
    | undefined;
  readonly modelVersions?:
    | readonly { readonly version: ModelVersionRef; readonly context?: string | null | undefined }[]
    | null
    | undefined;
  /** The ids of logged models that the run read. */
  readonly loggedModels?: readonly string[] | null | undefined;
  /** Whether a run that is over may be logged to, as MLflow takes it. */
  readonly evenIfOver?: boolean;
}

/**
 * Records what a run read: datasets, which are registered if they do not exist, logged models and versions of models. Inputs that are
 * recorded already change nothing.
 *
 * Errors: FORBIDDEN; INVALID_INPUT; NOT_FOUND (the run, a version or a logged model); ALREADY_EXISTS for a dataset that
 * exists and that the token may not link; CONFLICT if the run has ended.
 */
export async function logInputs(context: CommandContext, input: LogInputsInput): Promise<{ id: string }> {
  requireScopes(context.viewer, [COMMAND_SCOPE.logInputs], "logInputs");
  requireAtMost("input.datasets", input.datasets ?? [], LINKS_MAX);
  requireAtMost("input.modelVersions", input.modelVersions ?? [], LINKS_MAX);
  const datasets = (input.datasets ?? []).map((entry, i) => ({
    dataset: parseDataset(`input.datasets[${i}].dataset`, entry.dataset, context.sourceSchemes),
    context: parseContext(`input.datasets[${i}].context`, entry.context),
    tags: parseTags(`input.datasets[${i}].tags`, entry.tags ?? [], TRACKING_TAG_VALUE_MAX),
  }));
  const versions = (input.modelVersions ?? []).map((entry, i) => ({
    field: `input.modelVersions[${i}].version`,
    ref: entry.version,
    context: parseContext(`input.modelVersions[${i}].context`, entry.context),
  }));
  const loggedModels = (input.loggedModels ?? []).map((id, i) => ({ id, field: `input.loggedModels[${i}]` }));
  requireAtMost("input.loggedModels", loggedModels, LINKS_MAX);
  return context.transact(async (work) => {
    await shareLoggedModels(work, loggedModels);
    const { run, ends: others } = await resolveLinks(work, { ...input, datasets, versions });
    const to = { kind: "RUN", id: run.id } as const;
    const models = loggedModels.map(({ id }) => ({
      node: { kind: "LOGGED_MODEL", id } as const,
      context: "",
      tags: [],
    }));
    const ends = [...others, ...models];
    const edges = ends.map(({ node, context: what, tags }) => ({ from: node, to, context: what, tags }));
    if ((await writeEdges(work.tx, edges, work.at)) > 0) {
      const inputs: JsonObject[] = ends.map(({ node, context: what, tags }) => ({
        ...node,
        context: what,
        ...(tags.length > 0 ? { tags } : {}),
      }));
      work.emit({ ...aboutRun(run), type: "run.inputs_logged", after: { inputs } });
    }
    return { id: run.id };
  });
}
