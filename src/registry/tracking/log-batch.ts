import { authorOf } from "../../domain/access/author.js";
import { COMMAND_SCOPE } from "../../domain/access/scopes.js";
import type { DatasetRef } from "../../domain/tracking/dataset.js";
import { BATCH_METRICS_MAX, parseKey, toRank } from "../../domain/tracking/metric.js";
import { type ParamInput, parseParams } from "../../domain/tracking/param.js";
import { parseClientTime } from "../../domain/values/client-time.js";
import { requireAtMost } from "../../domain/values/list.js";
import { parseTags, type TagInput, TRACKING_TAG_VALUE_MAX } from "../../domain/values/tag.js";
import { logMetrics, type MetricEntry } from "../../store/tracking/log-metrics.js";
import { logParams } from "../../store/tracking/log-params.js";
import { changeTags } from "../across/change-tags.js";
import { findDatasets, requireDatasets } from "../across/dataset-lookup.js";
import { shareKnownLoggedModels, shareLoggedModels } from "../across/logged-model-lookup.js";
import { requireSameValues } from "../across/same-params.js";
import { aboutRun, lockRunToLog } from "../across/tracking-lookup.js";
import { type CommandContext, requireScopes, type Work } from "../command.js";
import { changeRun } from "./change-run.js";
import { parseRunFields } from "./run-fields.js";

interface MetricInput {
  readonly key: string;
  readonly value: number;
  readonly step?: number | null | undefined;
  readonly timestamp?: Date | null | undefined;
  readonly dataset?: DatasetRef | null | undefined;
  /** The id of the logged model that the value was measured for. */
  readonly loggedModel?: string | null | undefined;
}

export interface LogBatchInput {
  readonly run: string;
  readonly metrics?: readonly MetricInput[] | null | undefined;
  readonly params?: readonly ParamInput[] | null | undefined;
  readonly tags?: readonly TagInput[] | null | undefined;
  /** The name of the run, which MLflow's clients set as a tag. */
  readonly name?: string | null | undefined;
  /** Whether MLflow's rules count: a run that is over may be logged to, and a dataset or a logged model that is not known is left out. */
  readonly evenIfOver?: boolean;
}

/**
 * Logs metrics, params and tags to a run: all of them or, on an error, nothing. A repeated call changes nothing. Only the
 * tags are events.
 *
 * Errors: FORBIDDEN; INVALID_INPUT; NOT_FOUND (the run, a dataset or a logged model); CONFLICT if the run has ended, or if a param has
 * another value already.
 */
export async function logBatch(context: CommandContext, input: LogBatchInput): Promise<{ id: string }> {
  requireScopes(context.viewer, [COMMAND_SCOPE.logBatch], "logBatch");
  const metrics = parseMetrics(input.metrics ?? []);
  const params = parseParams("input.params", input.params ?? []);
  const { name } = parseRunFields({ name: input.name });
  const tags = parseTags("input.tags", input.tags ?? [], TRACKING_TAG_VALUE_MAX);
  return context.transact(async (work) => {
    const measured = await withKnownLoggedModels(work, metrics, input.evenIfOver);
    const isChange = tags.length > 0 || name !== undefined;
    const run = await lockRunToLog(work, input, isChange ? "NO KEY UPDATE" : "SHARE");
    const { id } = run;
    const author = authorOf(work.viewer);
    const entries = await resolveMetrics(work, measured, input.evenIfOver);
    requireSameValues(work, "Run", params, await logParams(work.tx, { noun: "Run", id }, { params, author }));
    if (name !== undefined) await changeRun(work, run, { name });
    await changeTags(work, { owner: { noun: "Run", id }, noun: "run", about: aboutRun(run) }, tags);
    await logMetrics(work.tx, id, { metrics: entries, author });
    return { id };
  });
}

function parseMetrics(metrics: readonly MetricInput[]): readonly MetricInput[] {
  requireAtMost("input.metrics", metrics, BATCH_METRICS_MAX);
  for (const [i, { key, timestamp }] of metrics.entries()) {
    parseKey(`input.metrics[${i}].key`, key);
    if (timestamp) parseClientTime(`input.metrics[${i}].timestamp`, timestamp);
  }
  return metrics;
}

/** Throws for a logged model that is not known, or leaves it out if it may be missing. */
async function withKnownLoggedModels(
  work: Work,
  metrics: readonly MetricInput[],
  mayMiss = false,
): Promise<readonly MetricInput[]> {
  const refs = metrics.flatMap(({ loggedModel }, i) =>
    loggedModel ? [{ id: loggedModel, field: `input.metrics[${i}].loggedModel` }] : [],
  );
  if (!mayMiss) {
    await shareLoggedModels(work, refs);
    return metrics;
  }
  const known = await shareKnownLoggedModels(work, refs);
  return metrics.map((metric) => ({
    ...metric,
    loggedModel: metric.loggedModel && known.has(metric.loggedModel) ? metric.loggedModel : null,
  }));
}

async function resolveMetrics(work: Work, metrics: readonly MetricInput[], mayMiss = false): Promise<MetricEntry[]> {
  const refs = metrics.flatMap(({ dataset }, i) =>
    dataset ? [{ field: `input.metrics[${i}].dataset`, ref: dataset }] : [],
  );
  const datasets = await (mayMiss ? findDatasets : requireDatasets)(work, refs);
  let next = 0;
  return metrics.map(({ key, value, step, timestamp, dataset, loggedModel }) => ({
    key,
    datasetId: dataset ? (datasets[next++]?.id ?? null) : null,
    loggedModelId: loggedModel ?? null,
    step: step ?? 0,
    timestamp: timestamp ?? work.at,
    rank: toRank(value),
  }));
}
