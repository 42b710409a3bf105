import { z } from "zod";
import { TYPE_SCOPE } from "../../domain/access/scopes.js";
import { NotFoundError } from "../../domain/errors.js";
import { MODEL_VERSIONS_TAG } from "../../domain/logged-models/logged-model.js";
import { createLoggedModel } from "../../registry/logged-models/create-logged-model.js";
import { deleteLoggedModel } from "../../registry/logged-models/delete-logged-model.js";
import { finalizeLoggedModel } from "../../registry/logged-models/finalize-logged-model.js";
import { experimentId, int64, newKey, newTags, optional, required, tagValue } from "../kit/parameters.js";
import { type Route, route } from "../kit/route.js";
import { truncate, truncateParam } from "../runs/truncate.js";
import { newLoggedModelName } from "./logged-model-name.js";
import { isDeleted, readLoggedModel, STATUS_NAMES } from "./read-logged-models.js";
import { searchModels } from "./search.js";

const READ = [TYPE_SCOPE.LoggedModel];
export const MODEL_ID = { model_id: required };
const DEFAULT_PAGE = 50;
const MAX_PAGE = 1_000;
const dataset = z.object({ dataset_name: required, dataset_digest: optional });

export const LOGGED_MODEL_WORDS = {
  missing: ({ model_id: id }: { readonly model_id: string }) => `Logged model with ID '${id}' not found.`,
};

/** Params of something new. */
export const newParams = z
  .array(z.object({ key: newKey("Param key"), value: tagValue }).transform(truncateParam))
  .default([]);

export const loggedModelRoutes: readonly Route[] = [
  route({
    method: "POST",
    path: "/logged-models",
    request: z.object({
      experiment_id: experimentId,
      name: newLoggedModelName,
      model_type: optional,
      source_run_id: optional,
      params: newParams,
      tags: newTags,
    }),
    scopes: READ,
    words: {
      missing: ({ experiment_id, source_run_id }, error) =>
        error.details.field === "input.sourceRun"
          ? `Run with id=${source_run_id} not found`
          : `No Experiment with id=${experiment_id} exists`,
    },
    async run(context, { experiment_id: number, name, model_type, source_run_id, params, tags }) {
      if (number === 0) await context.ensureDefaultExperiment();
      const { id } = await createLoggedModel(context.commands, {
        experiment: { number },
        name: name || null,
        modelType: model_type || null,
        sourceRun: source_run_id || null,
        params,
        tags: tags.filter(({ key }) => key !== MODEL_VERSIONS_TAG).map(truncate),
      });
      return { model: await readLoggedModel(context, id) };
    },
  }),
  route({
    method: "POST",
    path: "/logged-models/search",
    request: z.object({
      experiment_ids: z.array(experimentId).min(1),
      filter: optional,
      datasets: z.array(dataset).default([]),
      max_results: int64(1, MAX_PAGE).default(DEFAULT_PAGE),
      order_by: z
        .array(
          z.object({
            field_name: required,
            ascending: z.boolean().default(true),
            dataset_name: optional,
            dataset_digest: optional,
          }),
        )
        .default([]),
      page_token: optional,
    }),
    scopes: READ,
    points: ({ max_results }) => 20 + 10 * max_results,
    run: searchModels,
  }),
  route({
    method: "GET",
    path: "/logged-models/{model_id}",
    request: z.object(MODEL_ID),
    scopes: READ,
    words: LOGGED_MODEL_WORDS,
    async run(context, { model_id }) {
      return { model: await readLoggedModel(context, model_id) };
    },
  }),
  route({
    method: "PATCH",
    path: "/logged-models/{model_id}",
    request: z.object({ ...MODEL_ID, status: required, status_message: optional }),
    scopes: READ,
    words: LOGGED_MODEL_WORDS,
    async run(context, { model_id, status: name, status_message }) {
      const status = (["READY", "UPLOAD_FAILED"] as const).find((each) => STATUS_NAMES[each] === name);
      // what MLflow does not know, or what the upload begins with, ends nothing
      if (status) {
        const statusMessage = status_message || undefined;
        await finalizeLoggedModel(context.commands, { loggedModel: model_id, status, statusMessage });
      }
      return { model: await readLoggedModel(context, model_id) };
    },
  }),
  route({
    method: "DELETE",
    path: "/logged-models/{model_id}",
    request: z.object(MODEL_ID),
    scopes: [],
    words: LOGGED_MODEL_WORDS,
    async run(context, { model_id }) {
      const input = { loggedModel: model_id, force: true };
      await deleteLoggedModel(context.commands, input).catch(async (error: unknown) => {
        // a request that arrives twice
        const isRepeated = error instanceof NotFoundError && (await isDeleted(context, model_id));
        if (!isRepeated) throw error;
      });
      return {};
    },
  }),
];
