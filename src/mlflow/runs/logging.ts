import { z } from "zod";
import { ConflictError, InvalidInputError, NotFoundError } from "../../domain/errors.js";
import type { ParamInput } from "../../domain/tracking/param.js";
import type { TagInput } from "../../domain/values/tag.js";
import { deleteTag } from "../../registry/across/delete-tag.js";
import { setTag } from "../../registry/across/set-tag.js";
import { type LogBatchInput, logBatch } from "../../registry/tracking/log-batch.js";
import { updateRun } from "../../registry/tracking/update-run.js";
import type { Context } from "../kit/context.js";
import { newKey, ofRun, required, tagValue } from "../kit/parameters.js";
import { OtherNotFoundError, type Route, route } from "../kit/route.js";
import { METRIC_FIELDS } from "../metrics/metric-value.js";
import { NAME_TAG } from "./read-runs.js";
import { RUN_WORDS } from "./runs.js";
import { truncate, truncateParam } from "./truncate.js";

const METRIC = { key: newKey("Metric name"), ...METRIC_FIELDS };
const PARAM = { key: newKey("Param key"), value: tagValue };
const TAG = { key: newKey("key"), value: tagValue };

/** A list of a batch. MLflow's limits are the registry's. */
function atMost<S extends z.ZodRawShape>(name: string, max: number, shape: S) {
  return z
    .array(z.unknown())
    .superRefine((list, context) => {
      if (list.length <= max) return;
      const message = `A batch logging request can contain at most ${max} ${name}. Got ${list.length} ${name}. Please split up ${name} across multiple requests and try again.`;
      context.addIssue({ code: "custom", message });
    })
    .pipe(z.array(z.object(shape)))
    .default([]);
}

type MetricRequest = z.output<z.ZodObject<typeof METRIC>>;

function toMetricInput(metric: MetricRequest) {
  const { key, value, timestamp, step, dataset_name: name, dataset_digest: digest, model_id: model } = metric;
  if (!name !== !digest) {
    throw new InvalidInputError(
      "dataset_name",
      "Both dataset_name and dataset_digest must be provided if one is provided",
    );
  }
  const dataset = name && digest ? { name, digest } : null;
  return { key, value, step, timestamp: new Date(timestamp), dataset, loggedModel: model || null };
}

/** The name of the run among its tags goes its own way. */
async function log({ commands }: Context, { tags = [], params = [], ...input }: LogBatchInput & { run: string }) {
  const given = tags ?? [];
  const name = given.find(({ key }) => key === NAME_TAG)?.value;
  await logBatch(commands, {
    ...input,
    params: params ?? [],
    tags: given.filter(({ key }) => key !== NAME_TAG).map(truncate),
    ...(name ? { name } : {}),
    evenIfOver: true,
  }).catch((error: unknown) => {
    throw error instanceof ConflictError ? changedParam(error, input.run, params ?? []) : error;
  });
  return {};
}

/** MLflow's clients look for its code. */
function changedParam({ details }: ConflictError, run: string, params: readonly ParamInput[]): InvalidInputError {
  const given = params.find(({ key }) => key === details.key);
  const old = typeof details.value === "string" ? ` with value='${details.value}'` : "";
  return new InvalidInputError(
    "params",
    `Changing param values is not allowed. Param with key='${details.key}' was already logged${old} for run ID='${run}'. Attempted logging new value '${given?.value}'.`,
  );
}

function requireDistinctParams(params: readonly ParamInput[]): void {
  const twice = params.filter(({ key }, i) => params.findIndex((param) => param.key === key) !== i);
  if (twice.length === 0) return;
  const keys = [...new Set(twice.map(({ key }) => `'${key}'`))].join(", ");
  throw new InvalidInputError(
    "params",
    `Duplicate parameter keys have been submitted: [${keys}]. Please ensure the request contains only one param value per param key.`,
  );
}

/** Of equal keys MLflow keeps the last. */
function lastOfEach(tags: readonly TagInput[]): TagInput[] {
  return [...new Map(tags.map((tag) => [tag.key, tag])).values()];
}

export const loggingRoutes: readonly Route[] = [
  route({
    method: "POST",
    path: "/runs/log-metric",
    request: ofRun(METRIC),
    scopes: [],
    words: RUN_WORDS,
    run: (context, { run_id: run, ...metric }) => log(context, { run, metrics: [toMetricInput(metric)] }),
  }),
  route({
    method: "POST",
    path: "/runs/log-parameter",
    request: ofRun(PARAM),
    scopes: [],
    words: RUN_WORDS,
    run: (context, { run_id: run, ...param }) => log(context, { run, params: [truncateParam(param)] }),
  }),
  route({
    method: "POST",
    path: "/runs/log-batch",
    request: ofRun({
      metrics: atMost("metrics", 1_000, METRIC),
      params: atMost("params", 100, PARAM),
      tags: atMost("tags", 100, TAG),
    }),
    scopes: [],
    points: ({ metrics, params, tags }) => 20 + (metrics.length + params.length + tags.length) / 10,
    words: RUN_WORDS,
    run(context, { run_id: run, metrics, params, tags }) {
      requireDistinctParams(params);
      return log(context, {
        run,
        metrics: metrics.map(toMetricInput),
        params: params.map(truncateParam),
        tags: lastOfEach(tags),
      });
    },
  }),
  route({
    method: "POST",
    path: "/runs/set-tag",
    request: ofRun(TAG),
    scopes: [],
    words: RUN_WORDS,
    async run({ commands }, { run_id: run, ...tag }) {
      if (tag.key === NAME_TAG) await updateRun(commands, { run, name: tag.value || null });
      else await setTag(commands, { on: { run }, ...truncate(tag) });
      return {};
    },
  }),
  route({
    method: "POST",
    path: "/runs/delete-tag",
    request: ofRun({ key: required }),
    scopes: [],
    words: RUN_WORDS,
    async run({ commands }, { run_id: run, key }) {
      if (key === NAME_TAG) await updateRun(commands, { run, name: null });
      else
        await deleteTag(commands, { on: { run }, key }).catch((error: unknown) => {
          if (!(error instanceof NotFoundError)) throw error;
          throw new OtherNotFoundError(`No tag with name: ${key} in run with id ${run}`);
        });
      return {};
    },
  }),
];
