import { z } from "zod";
import { TYPE_SCOPE } from "../../domain/access/scopes.js";
import { NotFoundError as Missing, type NotFoundError } from "../../domain/errors.js";
import { MODEL_VERSIONS_TAG } from "../../domain/logged-models/logged-model.js";
import { createLoggedModel } from "../../registry/logged-models/create-logged-model.js";
import { deleteLoggedModel } from "../../registry/logged-models/delete-logged-model.js";
import { finalizeLoggedModel } from "../../registry/logged-models/finalize-logged-model.js";
import { parseExperimentNumber } from "../kit/experiment-number.js";
import { int64, newParams, newTags, optional, required } from "../kit/parameters.js";
import { type Route, route } from "../kit/route.js";
import { newLoggedModelName } from "./logged-model-name.js";
import { isDeleted, readLoggedModel, STATUS_NAMES } from "./read-logged-models.js";
import { searchModels } from "./search.js";

const READ = [TYPE_SCOPE.LoggedModel];
export const MODEL_ID = { model_id: required };
const DEFAULT_PAGE = 50;
const MAX_PAGE = 1_000;
const dataset = z.object({ dataset_name: required, dataset_digest: optional });

export function missingLoggedModel({ model_id: id }: { model_id: string }): NotFoundError {
  return new Missing(`Logged model with ID '${id}' not found.`);
}

export const loggedModelRoutes: readonly Route[] = [
  route({
    method: "POST",
    path: "/logged-models",
    request: z.object({
      experiment_id: required,
      name: newLoggedModelName,
      model_type: optional,
      source_run_id: optional,
      params: newParams,
      tags: newTags,
    }),
    scopes: READ,
    missing: ({ experiment_id, source_run_id }, error) =>
      new Missing(
        error.details.field === "input.sourceRun"
          ? `Run with id=${source_run_id} not found`
          : `No Experiment with id=${experiment_id} exists`,
      ),
    async run(context, { experiment_id, name, model_type, source_run_id, params, tags }) {
      const number = parseExperimentNumber(experiment_id);
      if (number === null) throw new Missing("The experiment was not found.");
      const { id } = await createLoggedModel(context.commands, {
        experiment: { number },
        name: name || null,
        modelType: model_type || null,
        sourceRun: source_run_id || null,
        params,
        tags: tags.filter(({ key }) => key !== MODEL_VERSIONS_TAG),
      });
      return { model: await readLoggedModel(context, id) };
    },
  }),
  route({
    method: "POST",
    path: "/logged-models/search",
    request: z.object({
      experiment_ids: z.array(z.string()).min(1),
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
    missing: missingLoggedModel,
    async run(context, { model_id }) {
      return { model: await readLoggedModel(context, model_id) };
    },
  }),
  route({
    method: "PATCH",
    path: "/logged-models/{model_id}",
    request: z.object({ ...MODEL_ID, status: required, status_message: optional }),
    scopes: READ,
    missing: missingLoggedModel,
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
    missing: missingLoggedModel,
    async run(context, { model_id }) {
      const input = { loggedModel: model_id, force: true };
      await deleteLoggedModel(context.commands, input).catch(async (error: unknown) => {
        // a request that arrives twice
        const isRepeated = error instanceof Missing && (await isDeleted(context, model_id));
        if (!isRepeated) throw error;
      });
      return {};
    },
  }),
];
