import type { RuleResult } from "../governance/decision.js";
import type { Evidence } from "../governance/evidence.js";
import type { ComparedValues, ReportedMetric } from "./reported-promotion.js";

const NO_VALUES: ComparedValues = { version: null, previous: null };

/** The metrics that the rules of a decision looked at, each once, as they were then. */
export function recordedMetrics(rules: readonly RuleResult[]): ReportedMetric[] {
  const metrics = new Map<string, ReportedMetric>();
  for (const { kind, key = "", value, versionNumber, datasetDigest = null } of rules.flatMap((rule) => rule.evidence)) {
    if (kind !== "METRIC") continue;
    const metric = { key, datasetDigest };
    const known = metrics.get(metricId(metric))?.recorded ?? NO_VALUES;
    const side = versionNumber === undefined ? "version" : "previous";
    metrics.set(metricId(metric), { ...metric, recorded: { ...known, [side]: toNumber(value) }, current: null });
  }
  return [...metrics.values()];
}

/** What was recorded, with the values that the same metrics have now, and then the metrics that no rule looked at. */
export function joinMetrics(recorded: readonly ReportedMetric[], current: readonly ReportedMetric[]): ReportedMetric[] {
  const values = new Map(current.map((metric) => [metricId(metric), metric.current]));
  const known = new Set(recorded.map(metricId));
  return [
    ...recorded.map((metric) => ({ ...metric, current: values.get(metricId(metric)) ?? null })),
    ...current.filter((metric) => !known.has(metricId(metric))),
  ];
}

function metricId({ key, datasetDigest }: Pick<ReportedMetric, "key" | "datasetDigest">): string {
  return JSON.stringify([key, datasetDigest]);
}

function toNumber(value: Evidence["value"]): number | null {
  return value === undefined ? null : Number(value);
}
