import { Gauge, type Registry } from "prom-client";

/** What is read at the moment of a scrape. */
export interface StoreReadings {
  pool(): { readonly total: number; readonly idle: number; readonly waiting: number };
  /** Revisions: up to where this process has read the log, and where the stream is that is furthest behind. */
  log(): { readonly tail: number; readonly slowestStream: number | null };
  /** One statement; null if the database does not answer. */
  database(): Promise<DatabaseReadings | null>;
}

export interface DatabaseReadings {
  readonly headRevision: number;
  readonly webhookRevision: number | null;
  readonly oldestDeliverySeconds: number;
  readonly bytes: number | null;
}

/** Makes the gauges of the pool, the log and the database. Returns what sets them; what is not known is left out. */
export function createStoreGauges(register: Registry, readings: StoreReadings): () => Promise<void> {
  const registers = [register];
  const up = new Gauge({
    ...{ name: "shelfmark_database_up", registers },
    help: "1 if the database answered this scrape in time. If it did not, whatever only it knows is missing below.",
  });
  const connections = new Gauge({
    ...{ name: "shelfmark_database_pool_connections", registers, labelNames: ["state"] },
    help: "Connections to the database, idle or busy. The embedded database has one.",
  });
  const waiting = new Gauge({
    ...{ name: "shelfmark_database_pool_waiting", registers },
    help: "Pieces of work that wait for a connection.",
  });
  const head = new Gauge({
    ...{ name: "shelfmark_event_log_head_revision", registers },
    help: "The newest revision of the event log, in the database.",
  });
  const lag = new Gauge({
    ...{ name: "shelfmark_event_log_lag_revisions", registers, labelNames: ["consumer"] },
    help: "How far a reader is behind the head: this process's tail, its slowest open stream, and the slowest webhook of all.",
  });
  const age = new Gauge({
    ...{ name: "shelfmark_webhook_queue_age_seconds", registers },
    help: "How long the oldest delivery at the head of an enabled webhook's queue has waited; 0 if none waits.",
  });
  const size = new Gauge({
    ...{ name: "shelfmark_database_size_bytes", registers },
    help: "The size of the embedded database. Not told of PostgreSQL, which has exporters of its own.",
  });

  function readPool(): void {
    const pool = readings.pool();
    connections.set({ state: "idle" }, pool.idle);
    connections.set({ state: "busy" }, pool.total - pool.idle);
    waiting.set(pool.waiting);
  }

  return async () => {
    for (const gauge of [head, age, size]) gauge.remove();
    lag.reset();
    // before the statement of the scrape itself takes a connection
    readPool();
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
