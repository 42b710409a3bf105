import { Counter, Gauge, Histogram, Registry } from "prom-client";
import { BoundedNames } from "./bounded-names.js";
import { processMetrics } from "./process-metrics.js";
import { createStoreGauges, type StoreReadings } from "./store-gauges.js";

export type Transport = "http" | "websocket";

export interface MeasuredOperation {
  readonly transport: Transport;
  /** `query`, `mutation`, `subscription`; null for what was refused before that was known. */
  readonly type: string | null;
  readonly name: string | null;
  /** The first error's code, or `OK`. */
  readonly code: string;
  readonly seconds: number;
  /** Whether it was a valid operation of a known viewer, whose name may become a label. */
  readonly isExecuted: boolean;
}

/** What is counted. Each app has its own. */
export type Metrics = ReturnType<typeof createMetrics>;

const OPERATION_SECONDS = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const STATEMENT_SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 5, 15];
const SEND_SECONDS = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15];

/** https://www.iana.org/assignments/websocket, and graphql-ws's own; a client may send any other. */
const CLOSE_CODES: ReadonlySet<number> = new Set([
  ...[1000, 1001, 1002, 1003, 1005, 1006, 1007, 1008, 1009, 1011, 1012, 1013],
  ...[4400, 4401, 4403, 4408, 4409, 4429, 4500],
]);

export function createMetrics() {
  const registry = new Registry();
  const names = new BoundedNames();
  const traffic = createRequestMetrics(registry);
  const { statements, failures, deliveries, sends } = createBackendMetrics(registry);
  let refresh = async () => {};

  return {
    contentType: registry.contentType,

    /** Also tells, at each scrape, what these say. */
    addStoreGauges(readings: StoreReadings): void {
      refresh = createStoreGauges(registry, readings);
    },

    recordOperation({ transport, type, name, code, seconds, isExecuted }: MeasuredOperation): void {
      const labels = { type: type ?? "none", name: type === null ? "none" : names.labelOf(name, isExecuted) };
      traffic.operations.inc({ door: transport, code, ...labels });
      if (isExecuted && type !== "subscription") traffic.durations.observe(labels, seconds);
    },

    countResponse: (status: number) => traffic.answers.inc({ status }),
    countRefusedToken: (reason: string) => traffic.refusals.inc({ reason }),

    streamOpened: (door: Transport) => traffic.streams.inc({ door }),
    streamClosed: (door: Transport) => traffic.streams.dec({ door }),

    socketOpened: () => traffic.sockets.inc(),
    socketClosed(code: number): void {
      traffic.sockets.dec();
      traffic.closes.inc({ code: CLOSE_CODES.has(code) ? code : "other" });
    },

    recordStatement(operation: string, seconds: number, isFailed: boolean): void {
      statements.observe({ operation }, seconds);
      if (isFailed) failures.inc({ operation });
    },

    recordDelivery(outcome: string, seconds: number): void {
      deliveries.inc({ outcome });
      sends.observe(seconds);
    },

    /** Spans that no collector has taken, for the reason. */
    countLostSpans: (reason: string, count: number) => traffic.spans.inc({ reason }, count),

    /** All of it, in Prometheus' text format. */
    async expose(): Promise<string> {
      await refresh();
      return `${await registry.metrics()}\n${await processMetrics().metrics()}`;
    },
  };
}

function createRequestMetrics(register: Registry) {
  const registers = [register];
  return {
    operations: new Counter({
      ...{ name: "shelfmark_operations_total", registers, labelNames: ["door", "type", "name", "code"] },
      help: "GraphQL operations answered, by the code of their first error, or OK. A subscription counts when it opens. Of names, the first 100 that were executed are told apart.",
    }),
    durations: new Histogram({
      ...{ name: "shelfmark_operation_duration_seconds", registers, labelNames: ["type", "name"] },
      ...{ buckets: OPERATION_SECONDS, help: "How long queries and mutations took, from the request to its answer." },
    }),
    answers: new Counter({
      ...{ name: "shelfmark_http_responses_total", registers, labelNames: ["status"] },
      help: "Answers over HTTP by status, health and metrics left out.",
    }),
    refusals: new Counter({
      ...{ name: "shelfmark_authentication_refusals_total", registers, labelNames: ["reason"] },
      help: "Requests and sockets without a token that counts, by what was wrong with it.",
    }),
    streams: new Gauge({
      ...{ name: "shelfmark_subscriptions_open", registers, labelNames: ["door"] },
      help: "Subscriptions that are open on this process.",
    }),
    sockets: new Gauge({
      ...{ name: "shelfmark_websocket_connections_open", registers },
      help: "WebSocket connections that are open on this process.",
    }),
    closes: new Counter({
      ...{ name: "shelfmark_websocket_closes_total", registers, labelNames: ["code"] },
      help: "WebSocket connections that were closed, by close code.",
    }),
    spans: new Counter({
      ...{ name: "shelfmark_trace_spans_lost_total", registers, labelNames: ["reason"] },
      help: "Spans that were not delivered: the queue was full, or the collector did not take them.",
    }),
  };
}

function createBackendMetrics(register: Registry) {
  const registers = [register];
  return {
    statements: new Histogram({
      ...{ name: "shelfmark_database_statement_duration_seconds", registers, labelNames: ["operation"] },
      ...{ buckets: STATEMENT_SECONDS, help: "Statements sent to the database, and how long each took." },
    }),
    failures: new Counter({
      ...{ name: "shelfmark_database_statement_errors_total", registers, labelNames: ["operation"] },
      help: "Statements that the database refused, or that it did not answer.",
    }),
    deliveries: new Counter({
      ...{ name: "shelfmark_webhook_deliveries_total", registers, labelNames: ["outcome"] },
      help: "Tries to deliver a webhook: delivered, to be retried, failed for good, or cut off by the server's stop.",
    }),
    sends: new Histogram({
      ...{ name: "shelfmark_webhook_delivery_duration_seconds", registers },
      ...{ buckets: SEND_SECONDS, help: "How long each try to deliver a webhook took." },
    }),
  };
}
