import { COMMAND_SCOPE, holdsScope, TYPE_SCOPE } from "../../domain/access/scopes.js";
import { ConflictError } from "../../domain/errors.js";
import {
  BATCH_METRICS_MAX,
  BATCH_PARAMS_MAX,
  PARAM_VALUE_MAX,
  parseClientTime,
  parseKey,
  toRank,
} from "../../domain/tracking/metric.js";
import { requireAtMost, requireDistinct } from "../../domain/values/list.js";
import { parseTags, type TagInput, TRACKING_TAG_VALUE_MAX } from "../../domain/values/tag.js";
import { parseText } from "../../domain/values/text.js";
import type { DatasetReference } from "../../store/tracking/dataset-lookup.js";
import { logMetrics, type MetricEntry } from "../../store/tracking/log-metrics.js";
import { logParams } from "../../store/tracking/log-params.js";
import { changeTags } from "../across/change-tags.js";
import { aboutRun, lockOpenRun, requireDatasets } from "../across/tracking-lookup.js";
import { type CommandContext, requireScopes, type Work } from "../command.js";

export type ParamInput = { readonly key: string; readonly value: string };

export interface MetricInput {
  readonly key: string;
  readonly value: number;
  readonly step?: number | null | undefined;
  readonly timestamp?: Date | null | undefined;
  readonly dataset?: DatasetReference | null | undefined;
}

export interface LogBatchInput {
  readonly run: string;
  readonly metrics?: readonly MetricInput[] | null | undefined;
  readonly params?: readonly ParamInput[] | null | undefined;
  readonly tags?: readonly TagInput[] | null | undefined;
}

/** Logs to a run that is going on: all of it or nothing. Sent again, it changes nothing. */
export async function logBatch(context: CommandContext, input: LogBatchInput): Promise<{ id: string }> {
  requireScopes(context.viewer, [COMMAND_SCOPE.logBatch], "logBatch");
  const metrics = parseMetrics(input.metrics ?? []);
  requireAtMost("input.params", input.params ?? [], BATCH_PARAMS_MAX);
  const params = parseParams(input.params ?? []);
  const tags = parseTags("input.tags", input.tags ?? [], TRACKING_TAG_VALUE_MAX);
  return context.transact(async (work) => {
    const run = await lockOpenRun(work, input.run, tags.length === 0 ? "SHARE" : "NO KEY UPDATE");
    const { id } = run;
    const entries = await resolveMetrics(work, metrics);
    requireUnchanged(work, params, await logParams(work.tx, id, params));
    await changeTags(work, { owner: { noun: "Run", id }, noun: "run", about: aboutRun(run) }, tags);
    await logMetrics(work.tx, id, entries);
    return { id };
  });
}

export function parseParams(params: readonly ParamInput[]): ParamInput[] {
  const parsed = params.map(({ key, value }, i) => ({
    key: parseKey(`input.params[${i}].key`, key),
    value: parseText(`input.params[${i}].value`, value, PARAM_VALUE_MAX),
  }));
  requireDistinct("input.params", parsed);
  return parsed;
}

function parseMetrics(metrics: readonly MetricInput[]): MetricInput[] {
  requireAtMost("input.metrics", metrics, BATCH_METRICS_MAX);
  return metrics.map((metric, i) => {
    const { key, timestamp } = metric;
    parseKey(`input.metrics[${i}].key`, key);
    if (timestamp) parseClientTime(`input.metrics[${i}].timestamp`, timestamp);
    return metric;
  });
}

async function resolveMetrics(work: Work, metrics: readonly MetricInput[]): Promise<MetricEntry[]> {
  const bound = metrics.flatMap(({ dataset }, i) =>
    dataset ? [{ field: `input.metrics[${i}].dataset`, ref: dataset }] : [],
  );
  const datasets = await requireDatasets(work, bound);
  let next = 0;
  return metrics.map(({ key, value, step, timestamp, dataset }) => ({
    key,
    datasetId: dataset ? (datasets[next++]?.id ?? null) : null,
    step: step ?? 0,
    timestamp: timestamp ?? work.at,
    rank: toRank(value),
  }));
}

/** Says what holds to whoever may read it. */
function requireUnchanged({ viewer }: Work, params: readonly ParamInput[], held: readonly ParamInput[]): void {
  const [first] = held;
  if (!first) return;
  const index = params.findIndex(({ key }) => key === first.key);
  throw new ConflictError(`The param "${first.key}" has another value already; params are written once.`, {
    field: `input.params[${index}].value`,
    key: first.key,
    ...(holdsScope(viewer.scopes, TYPE_SCOPE.Run) ? { value: first.value } : {}),
  });
}
