import { Counter, Gauge, Histogram, type Registry } from "prom-client";

const OPERATION_SECONDS = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const STATEMENT_SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 5, 15];
const SEND_SECONDS = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15];

export function createRequestMetrics(registry: Registry) {
  return {
    operations: new Counter({
      name: "shelfmark_operations_total",
      help: "GraphQL operations that were answered, by the code of their first error, or OK. A subscription counts when it opens. The first 100 names that were executed have a label of their own.",
      labelNames: ["transport", "type", "name", "code"],
      registers: [registry],
    }),
    durations: new Histogram({
      name: "shelfmark_operation_duration_seconds",
      help: "The time from a query or mutation to its answer.",
      labelNames: ["type", "name"],
      buckets: OPERATION_SECONDS,
      registers: [registry],
    }),
    executions: new Counter({
      name: "shelfmark_operations_prepared_total",
      help: "Queries and mutations that were executed, by the path: prepared, or plain.",
      labelNames: ["path"],
      registers: [registry],
    }),
    responses: new Counter({
      name: "shelfmark_http_responses_total",
      help: "HTTP responses by status, without those of health and metrics.",
      labelNames: ["status"],
      registers: [registry],
    }),
    refusedTokens: new Counter({
      name: "shelfmark_authentication_refusals_total",
      help: "Requests and sockets whose token was missing or refused, by the reason.",
      labelNames: ["reason"],
      registers: [registry],
    }),
  };
}

export function createSocketMetrics(registry: Registry) {
  return {
    streams: new Gauge({
      name: "shelfmark_subscriptions_open",
      help: "Subscriptions that are open on this process.",
      labelNames: ["transport"],
      registers: [registry],
    }),
    open: new Gauge({
      name: "shelfmark_websocket_connections_open",
      help: "WebSocket connections that are open on this process.",
      registers: [registry],
    }),
    closes: new Counter({
      name: "shelfmark_websocket_closes_total",
      help: "WebSocket connections that were closed, by close code.",
      labelNames: ["code"],
      registers: [registry],
    }),
  };
}

export function createLostSpanCounter(registry: Registry) {
  return new Counter({
    name: "shelfmark_trace_spans_lost_total",
    help: "Spans that were not delivered, because the queue was full or the collector did not accept them.",
    labelNames: ["reason"],
    registers: [registry],
  });
}

export function createStatementMetrics(registry: Registry) {
  return {
    durations: new Histogram({
      name: "shelfmark_database_statement_duration_seconds",
      help: "The duration of statements sent to the database.",
      labelNames: ["operation"],
      buckets: STATEMENT_SECONDS,
      registers: [registry],
    }),
    failures: new Counter({
      name: "shelfmark_database_statement_errors_total",
      help: "Statements that the database refused or did not answer.",
      labelNames: ["operation"],
      registers: [registry],
    }),
  };
}

export function createDeliveryMetrics(registry: Registry) {
  return {
    attempts: new Counter({
      name: "shelfmark_webhook_deliveries_total",
      help: "Attempts to deliver a webhook, by outcome: delivered, to be retried, failed for good, or cut off when the server stopped.",
      labelNames: ["outcome"],
      registers: [registry],
    }),
    durations: new Histogram({
      name: "shelfmark_webhook_delivery_duration_seconds",
      help: "The duration of each attempt to deliver a webhook.",
      buckets: SEND_SECONDS,
      registers: [registry],
    }),
  };
}
