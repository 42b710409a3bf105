import { z } from "zod";
import { TYPE_SCOPE } from "../../domain/access/scopes.js";
import { ConflictError, NotFoundError } from "../../domain/errors.js";
import { RUN_STATUSES } from "../../domain/tracking/run.js";
import { deleteRun } from "../../registry/tracking/delete-run.js";
import { restoreRun } from "../../registry/tracking/restore-run.js";
import { updateRun } from "../../registry/tracking/update-run.js";
import { experimentId, milliseconds, newTags, ofRun, optional, texts } from "../kit/parameters.js";
import { type Route, route } from "../kit/route.js";
import { createRun } from "./create.js";
import { isThere, readRun, readRunInfo } from "./read-runs.js";
import { RUNS_PER_PAGE, searchRuns } from "./search.js";

const READ = [TYPE_SCOPE.Run];
const MAX_RESULTS = 50_000;
const time = milliseconds.optional();

export const RUN_WORDS = {
  missing: ({ run_id: id }: { readonly run_id: string }) => `Run with id=${id} not found`,
};

export const runRoutes: readonly Route[] = [
  route({
    method: "POST",
    path: "/runs/create",
    request: z.object({
      experiment_id: experimentId,
      user_id: optional,
      run_name: optional,
      start_time: time,
      tags: newTags,
    }),
    scopes: READ,
    words: { missing: ({ experiment_id: id }) => `No Experiment with id=${id} exists` },
    run: createRun,
  }),
  route({
    method: "GET",
    path: "/runs/get",
    request: ofRun({}),
    scopes: READ,
    words: RUN_WORDS,
    run: async (context, { run_id }) => ({ run: await readRun(context, run_id) }),
  }),
  route({
    method: "POST",
    path: "/runs/update",
    // MLflow ignores a status that it does not know
    request: ofRun({ status: z.enum(RUN_STATUSES).optional().catch(undefined), end_time: time, run_name: optional }),
    scopes: READ,
    words: RUN_WORDS,
    async run(context, { run_id, status, end_time, run_name }) {
      const { id } = await updateRun(context.commands, {
        run: run_id,
        status,
        endedAt: end_time === undefined ? undefined : new Date(end_time),
        name: run_name || undefined,
        anyTimes: true,
      });
      return { run_info: await readRunInfo(context, id) };
    },
  }),
  route({
    method: "POST",
    path: "/runs/search",
    request: z.object({
      experiment_ids: z.array(experimentId).default([]),
      filter: optional,
      run_view_type: optional,
      max_results: z.preprocess(
        (value) => (typeof value === "string" && /^-?\d{1,15}$/.test(value) ? Number(value) : value),
        z
          .int()
          .min(0)
          .refine(
            (value) => value <= MAX_RESULTS,
            `Invalid value for request parameter max_results. It must be at most ${MAX_RESULTS}.`,
          )
          .default(RUNS_PER_PAGE),
      ),
      order_by: texts,
      page_token: optional,
    }),
    scopes: READ,
    points: ({ max_results }) => 20 + 2 * Math.min(max_results, RUNS_PER_PAGE),
    run: searchRuns,
  }),
  route({
    method: "POST",
    path: "/runs/delete",
    request: ofRun({}),
    scopes: [],
    words: RUN_WORDS,
    async run(context, { run_id: run }) {
      await deleteRun(context.commands, { run, force: true }).catch(async (error: unknown) => {
        // what is deleted may be deleted again
        if (!(error instanceof NotFoundError) || !(await isThere(context, run))) throw error;
      });
      return {};
    },
  }),
  route({
    method: "POST",
    path: "/runs/restore",
    request: ofRun({}),
    scopes: [],
    words: RUN_WORDS,
    async run(context, { run_id: run }) {
      await restoreRun(context.commands, { run }).catch((error: unknown) => {
        // what is not deleted may be restored
        if (!(error instanceof ConflictError)) throw error;
      });
      return {};
    },
  }),
];
