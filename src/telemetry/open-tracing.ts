import { throttle } from "../util/throttle.js";
import type { Metrics } from "./metrics.js";
import type { TracingOptions } from "./otel-tracing.js";
import { NO_TRACING, type Tracing } from "./tracing.js";

interface LossReporting {
  readonly metrics: Metrics;
  readonly log: { warn(message: string): void };
}

const WARNING_INTERVAL_MS = 60_000;

/** Opens tracing to the collector, if there is one. OpenTelemetry is loaded only then, because that takes time and memory. */
export async function openTracing(
  settings: Omit<TracingOptions, "onLost"> | null,
  { metrics, log }: LossReporting,
): Promise<Tracing> {
  if (settings === null) return NO_TRACING;
  const otel = await import("./otel-tracing.js");
  const warn = throttle(WARNING_INTERVAL_MS, (reason: string, error: Error | undefined) => {
    const queueFull = "the queue is full, because they come faster than the collector accepts them";
    const why = reason === "queue_full" ? queueFull : (error?.message ?? reason);
    log.warn(`Spans are not delivered to the collector: ${why}`);
  });
  return otel.openOtelTracing({
    ...settings,
    onLost(reason, count, error) {
      metrics.countLostSpans(reason, count);
      warn(reason, error);
    },
  });
}
