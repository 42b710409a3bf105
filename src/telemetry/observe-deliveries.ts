import type { Metrics } from "./metrics.js";
import type { TraceHeaders, Tracing } from "./tracing.js";

interface Delivery {
  readonly id: string;
  readonly webhookId: string;
  readonly url: string;
}

interface DeliveryAttempt {
  readonly responseCode: number | null;
  readonly latencyMs: number;
}

/** Measures and traces each attempt to deliver a webhook. The request carries the trace, for the spans of the receiver. */
export function observeDeliveries(metrics: Metrics, tracing: Tracing) {
  return ({ id, webhookId, url }: Delivery) => {
    const span = tracing.startClientSpan("POST webhook", {
      "http.request.method": "POST",
      "server.address": new URL(url).hostname,
      "shelfmark.webhook.id": webhookId,
      "shelfmark.delivery.id": id,
    });
    return {
      headers: definedOf(span.headers),
      run: span.run,
      end(outcome: string, { responseCode, latencyMs }: DeliveryAttempt): void {
        metrics.recordDelivery(outcome, latencyMs / 1_000);
        const status = responseCode === null ? {} : { "http.response.status_code": responseCode };
        const error = outcome === "delivered" ? null : String(responseCode ?? "no_answer");
        span.end({ error, attributes: { ...status, ...(error === null ? {} : { "error.type": error }) } });
      },
    };
  };
}

function definedOf({ traceparent, tracestate }: TraceHeaders): Record<string, string> {
  return { ...(traceparent ? { traceparent } : {}), ...(tracestate ? { tracestate } : {}) };
}
