import { Registry } from "prom-client";
import { BoundedNames } from "./bounded-names.js";
import {
  createDeliveryMetrics,
  createLostSpanCounter,
  createRequestMetrics,
  createSocketMetrics,
  createStatementMetrics,
} from "./metric-definitions.js";
import { processMetrics } from "./process-metrics.js";
import { createStoreGauges, type StoreReadings } from "./store-gauges.js";

/** How a request arrived. */
export type Transport = "http" | "websocket";

export interface MeasuredOperation {
  readonly transport: Transport;
  /** `query`, `mutation` or `subscription`; null if the operation was refused before that was known. */
  readonly type: string | null;
  readonly name: string | null;
  /** The code of the first error, or `OK`. */
  readonly code: string;
  readonly seconds: number;
  /** Whether it was a valid operation of an authenticated viewer. Only then may its name become a label. */
  readonly isExecuted: boolean;
}

/** The metrics of one app. */
export type Metrics = ReturnType<typeof createMetrics>;

/**
 * The codes of https://www.iana.org/assignments/websocket and those of graphql-ws. A client may send any other, and each
 * label costs memory.
 */
const CLOSE_CODES: ReadonlySet<number> = new Set([
  1000, 1001, 1002, 1003, 1005, 1006, 1007, 1008, 1009, 1011, 1012, 1013, 4400, 4401, 4403, 4408, 4409, 4429, 4500,
]);

export function createMetrics() {
  const registry = new Registry();
  const names = new BoundedNames();
  const requests = createRequestMetrics(registry);
  const sockets = createSocketMetrics(registry);
  const lostSpans = createLostSpanCounter(registry);
  const statements = createStatementMetrics(registry);
  const deliveries = createDeliveryMetrics(registry);
  let refresh = async () => {};

  return {
    contentType: registry.contentType,

    /** Adds the gauges of the store, which are read at each scrape. */
    addStoreGauges(readings: StoreReadings): void {
      refresh = createStoreGauges(registry, readings);
    },

    recordOperation({ transport, type, name, code, seconds, isExecuted }: MeasuredOperation): void {
      const labels = { type: type ?? "none", name: type === null ? "none" : names.labelOf(name, isExecuted) };
      requests.operations.inc({ transport, code, ...labels });
      if (isExecuted && type !== "subscription") requests.durations.observe(labels, seconds);
    },

    /** Counts a query or mutation by how it was executed. */
    countExecution: (path: "prepared" | "plain") => requests.executions.inc({ path }),

    countResponse: (status: number) => requests.responses.inc({ status }),
    countRefusedToken: (reason: string) => requests.refusedTokens.inc({ reason }),

    streamOpened: (transport: Transport) => sockets.streams.inc({ transport }),
    streamClosed: (transport: Transport) => sockets.streams.dec({ transport }),

    socketOpened: () => sockets.open.inc(),
    socketClosed(code: number): void {
      sockets.open.dec();
      sockets.closes.inc({ code: CLOSE_CODES.has(code) ? code : "other" });
    },

    recordStatement(operation: string, seconds: number, isFailed: boolean): void {
      statements.durations.observe({ operation }, seconds);
      if (isFailed) statements.failures.inc({ operation });
    },

    recordDelivery(outcome: string, seconds: number): void {
      deliveries.attempts.inc({ outcome });
      deliveries.durations.observe(seconds);
    },

    countLostSpans: (reason: string, count: number) => lostSpans.inc({ reason }, count),

    /** All metrics in the text format of Prometheus. */
    async expose(): Promise<string> {
      await refresh();
      return `${await registry.metrics()}\n${await processMetrics().metrics()}`;
    },
  };
}
