import { type Evidence, evidenceAuthor } from "../evidence.js";
import type { Facts, MetricFact } from "../facts.js";

/** The series of a metric that a version's run has: all of them, or those on one dataset. */
export function seriesOf(
  { metrics }: Facts,
  versionNumber: number,
  { key, datasetDigest }: { readonly key: string; readonly datasetDigest?: string },
): MetricFact[] {
  return metrics.filter(
    (metric) =>
      metric.versionNumber === versionNumber &&
      metric.key === key &&
      (datasetDigest === undefined || metric.datasetDigest === datasetDigest),
  );
}

/** Series with their dataset: `accuracy` or `accuracy on the dataset 8f3a`. */
export function describeSeries({ key, datasetDigest }: { readonly key: string; readonly datasetDigest?: string }) {
  return datasetDigest === undefined ? `"${key}"` : `"${key}" on the dataset ${datasetDigest}`;
}

export function metricEvidence(metric: MetricFact, { version }: Facts): Evidence {
  const { key, value, step, datasetDigest, versionNumber } = metric;
  const dataset = datasetDigest === null ? "" : ` on the dataset ${datasetDigest}`;
  const isPromoted = versionNumber === version.number;
  return {
    kind: "METRIC",
    summary: `${isPromoted ? "" : `version ${versionNumber}: `}${key} = ${value} at step ${step}${dataset}`,
    key,
    value: Number.isFinite(value) ? value : String(value),
    at: metric.timestamp.toISOString(),
    ...(isPromoted ? {} : { versionNumber }),
    runId: metric.runId,
    experimentName: metric.experimentName,
    ...(datasetDigest === null ? {} : { datasetDigest }),
    author: evidenceAuthor(metric.author),
  };
}
