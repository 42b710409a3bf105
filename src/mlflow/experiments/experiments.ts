import { z } from "zod";
import { COMMAND_SCOPE, TYPE_SCOPE } from "../../domain/access/scopes.js";
import { ConflictError, NotFoundError } from "../../domain/errors.js";
import { deleteTag } from "../../registry/across/delete-tag.js";
import { setTag } from "../../registry/across/set-tag.js";
import { requireScopes } from "../../registry/command.js";
import { createExperiment } from "../../registry/tracking/create-experiment.js";
import { deleteExperiment } from "../../registry/tracking/delete-experiment.js";
import { restoreExperiment } from "../../registry/tracking/restore-experiment.js";
import { updateExperiment } from "../../registry/tracking/update-experiment.js";
import type { Context } from "../kit/context.js";
import { experimentId, newKey, newTags, optional, required, tagValue, texts } from "../kit/parameters.js";
import { OtherNotFoundError, type Route, route } from "../kit/route.js";
import { readExperiment } from "./read-experiments.js";
import { EXPERIMENTS_PER_PAGE, searchExperiments } from "./search.js";

const READ = [TYPE_SCOPE.Experiment];
const MAX_RESULTS = 50_000;
const OF_EXPERIMENT = { experiment_id: experimentId };

interface WithId {
  readonly experiment_id: number;
}

const words = {
  missing: ({ experiment_id: id }: WithId) => `No Experiment with id=${id} exists`,
};

/** The experiment that a request changes; experiment 0 exists from its first use on. */
async function refOf({ viewer, ensureDefaultExperiment }: Context, { experiment_id: number }: WithId) {
  requireScopes(viewer, [COMMAND_SCOPE.updateExperiment], "A change of an experiment");
  if (number === 0) await ensureDefaultExperiment();
  return { number };
}

const SEARCH = z.object({
  filter: optional,
  max_results: z.preprocess(
    (value) => (value === undefined ? 0 : typeof value === "string" && /^-?\d+$/.test(value) ? Number(value) : value),
    z.int().superRefine((value, context) => {
      const rule = value < 1 ? "a positive integer" : value > MAX_RESULTS ? `at most ${MAX_RESULTS}` : null;
      if (rule === null) return;
      const message = `Invalid value ${value} for parameter 'max_results' supplied. It must be ${rule}`;
      context.addIssue({ code: "custom", message });
    }),
  ),
  order_by: texts,
  page_token: optional,
  view_type: optional,
});

const searchRoute = (method: "GET" | "POST") =>
  route({
    method,
    path: "/experiments/search",
    request: SEARCH,
    scopes: READ,
    points: ({ max_results }) => 20 + Math.min(max_results, EXPERIMENTS_PER_PAGE),
    run: searchExperiments,
  });

export const experimentRoutes: readonly Route[] = [
  searchRoute("GET"),
  searchRoute("POST"),
  route({
    method: "POST",
    path: "/experiments/create",
    request: z.object({ name: required, artifact_location: optional, tags: newTags }),
    scopes: [],
    words: {
      missing: () => "The experiment was not found.",
      taken: ({ name }) => `Experiment(name=${name}) already exists.`,
    },
    async run(context, { name, artifact_location, tags }) {
      const { id } = await createExperiment(context.commands, { name, artifactRoot: artifact_location || null, tags });
      const row = await context.db.experiment.findUniqueOrThrow({ where: { id }, select: { number: true } });
      return { experiment_id: String(row.number) };
    },
  }),
  route({
    method: "GET",
    path: "/experiments/get",
    request: z.object(OF_EXPERIMENT),
    scopes: READ,
    words,
    run: async (context, { experiment_id: number }) => ({ experiment: await readExperiment(context, { number }) }),
  }),
  route({
    method: "GET",
    path: "/experiments/get-by-name",
    request: z.object({ experiment_name: required }),
    scopes: READ,
    words: { missing: ({ experiment_name: name }) => `Could not find experiment with name '${name}'` },
    run: async (context, { experiment_name: name }) => ({ experiment: await readExperiment(context, { name }) }),
  }),
  route({
    method: "POST",
    path: "/experiments/update",
    request: z.object({ ...OF_EXPERIMENT, new_name: optional }),
    scopes: [],
    words: { ...words, taken: ({ new_name: name }) => `Experiment(name=${name}) already exists.` },
    async run(context, { new_name, ...request }) {
      const experiment = await refOf(context, request);
      await updateExperiment(context.commands, { experiment, name: new_name || undefined });
      return {};
    },
  }),
  route({
    method: "POST",
    path: "/experiments/delete",
    request: z.object(OF_EXPERIMENT),
    scopes: [],
    words,
    async run(context, request) {
      await deleteExperiment(context.commands, { experiment: await refOf(context, request), force: true });
      return {};
    },
  }),
  route({
    method: "POST",
    path: "/experiments/restore",
    request: z.object(OF_EXPERIMENT),
    scopes: [],
    words,
    async run(context, request) {
      await restoreExperiment(context.commands, await refOf(context, request)).catch((error: unknown) => {
        // MLflow finds only deleted ones here
        throw error instanceof ConflictError ? new NotFoundError("The experiment is not deleted.") : error;
      });
      return {};
    },
  }),
  route({
    method: "POST",
    path: "/experiments/set-experiment-tag",
    request: z.object({ ...OF_EXPERIMENT, key: newKey("key"), value: tagValue }),
    scopes: [],
    words,
    async run(context, { key, value, ...request }) {
      await setTag(context.commands, { on: { experiment: await refOf(context, request) }, key, value });
      return {};
    },
  }),
  route({
    method: "POST",
    path: "/experiments/delete-experiment-tag",
    request: z.object({ ...OF_EXPERIMENT, key: required }),
    scopes: [],
    words,
    async run(context, { key, ...request }) {
      const experiment = await refOf(context, request);
      await deleteTag(context.commands, { on: { experiment }, key }).catch((error: unknown) => {
        if (!(error instanceof NotFoundError)) throw error;
        throw new OtherNotFoundError(`No tag with name: ${key} in experiment with id ${request.experiment_id}`);
      });
      return {};
    },
  }),
];
