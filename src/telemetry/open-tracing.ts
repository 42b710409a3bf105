import type { Metrics } from "./metrics.js";
import type { TracingOptions } from "./otel-tracing.js";
import { NO_TRACING, type Tracing } from "./tracing.js";

interface LossReporting {
  readonly metrics: Metrics;
  readonly log: { warn(message: string): void };
}

const WARNING_INTERVAL_MS = 60_000;

/** Traces if there is a collector to send them to. OpenTelemetry is loaded only then. */
export async function openTracing(
  settings: Omit<TracingOptions, "onLost"> | null,
  { metrics, log }: LossReporting,
): Promise<Tracing> {
  if (settings === null) return NO_TRACING;
  const otel = await import("./otel-tracing.js");
  let warnedAt = -Infinity;
  return otel.openOtelTracing({
    ...settings,
    onLost(reason, count, error) {
      metrics.countLostSpans(reason, count);
      if (performance.now() - warnedAt < WARNING_INTERVAL_MS) return;
      warnedAt = performance.now();
      const why =
        reason === "queue_full" ? "they come faster than the collector takes them" : (error?.message ?? reason);
      log.warn(`Spans are not delivered to the collector: ${why}`);
    },
  });
}
