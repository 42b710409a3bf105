import { Gauge, type Registry } from "prom-client";

/** What is read at each scrape. */
export interface StoreReadings {
  pool(): { readonly total: number; readonly idle: number; readonly waiting: number };
  /** The revision up to which this process has read the log, and that of its slowest stream. */
  log(): { readonly tail: number; readonly slowestStream: number | null };
  /** Costs one statement. Resolves to null if the database does not answer. */
  database(): Promise<DatabaseReadings | null>;
}

export interface DatabaseReadings {
  readonly headRevision: number;
  readonly webhookRevision: number | null;
  readonly oldestDeliverySeconds: number;
  readonly bytes: number | null;
}

/** Creates the gauges of the pool, the event log and the database. Returns what sets them; unknown ones are left out. */
export function createStoreGauges(registry: Registry, readings: StoreReadings): () => Promise<void> {
  const up = new Gauge({
    name: "shelfmark_database_up",
    help: "1 if the database answered this scrape in time. If 0, the metrics that are read from it are missing.",
    registers: [registry],
  });
  const pool = createPoolGauges(registry);
  const { head, lag, age, size } = createDatabaseGauges(registry);

  return async () => {
    for (const gauge of [head, age, size]) gauge.remove();
    lag.reset();
    // before the statement of the scrape itself takes a connection
    pool.set(readings.pool());
    const found = await readings.database();
    up.set(found ? 1 : 0);
    if (!found) return;
    const { tail, slowestStream } = readings.log();
    const behind = (revision: number | null) => Math.max(0, found.headRevision - (revision ?? found.headRevision));
    head.set(found.headRevision);
    lag.set({ consumer: "tail" }, behind(tail));
    lag.set({ consumer: "streams" }, behind(slowestStream));
    lag.set({ consumer: "webhooks" }, behind(found.webhookRevision));
    age.set(found.oldestDeliverySeconds);
    if (found.bytes !== null) size.set(found.bytes);
  };
}

function createPoolGauges(registry: Registry) {
  const connections = new Gauge({
    name: "shelfmark_database_pool_connections",
    help: "Connections to the database, idle or busy. The embedded database has one.",
    labelNames: ["state"],
    registers: [registry],
  });
  const waiting = new Gauge({
    name: "shelfmark_database_pool_waiting",
    help: "Statements and transactions that wait for a connection.",
    registers: [registry],
  });
  return {
    set(pool: ReturnType<StoreReadings["pool"]>): void {
      connections.set({ state: "idle" }, pool.idle);
      connections.set({ state: "busy" }, pool.total - pool.idle);
      waiting.set(pool.waiting);
    },
  };
}

function createDatabaseGauges(registry: Registry) {
  return {
    head: new Gauge({
      name: "shelfmark_event_log_head_revision",
      help: "The newest revision of the event log.",
      registers: [registry],
    }),
    lag: new Gauge({
      name: "shelfmark_event_log_lag_revisions",
      help: "How many revisions a reader is behind the head: this process's tail, its slowest open stream, and the slowest webhook of all processes.",
      labelNames: ["consumer"],
      registers: [registry],
    }),
    age: new Gauge({
      name: "shelfmark_webhook_queue_age_seconds",
      help: "How long the oldest delivery at the head of an enabled webhook's queue has waited; 0 if none waits.",
      registers: [registry],
    }),
    size: new Gauge({
      name: "shelfmark_database_size_bytes",
      help: "The size of the embedded database. Missing for PostgreSQL, which has exporters of its own.",
      registers: [registry],
    }),
  };
}
