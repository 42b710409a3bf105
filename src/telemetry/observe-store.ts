import type { Database } from "../store/connection/database.js";
import { type DatabaseStats, readDatabaseStats } from "../store/connection/database-stats.js";
import type { EventTail } from "../store/events/event-tail.js";
import { singleFlight } from "../util/single-flight.js";
import { withTimeout } from "../util/timeout.js";
import type { Metrics } from "./metrics.js";
import { statementKind } from "./statement-kind.js";
import type { DatabaseReadings } from "./store-gauges.js";

interface ObservedStore {
  readonly database: Database;
  readonly events: Pick<EventTail, "newest" | "positions">;
  readonly now: () => Date;
  readonly log: { warn(message: string): void };
}

const READ_MS = 1_000;

/** Measures statements, and reads the state of pool, event log and database at each scrape. Returns what ends this. */
export function observeStore(metrics: Metrics, { database, events, now, log }: ObservedStore): () => Promise<void> {
  const unobserve = database.observe((text) => {
    const started = performance.now();
    return (error) =>
      metrics.recordStatement(statementKind(text), (performance.now() - started) / 1000, error !== undefined);
  });
  const { pool } = database;
  metrics.addStoreGauges({
    pool: () => ({ total: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount }),
    log: () => ({ tail: Number(events.newest), slowestStream: slowest(events.positions) }),
    database: readInTime(async () => toReadings(await readDatabaseStats(database), now()), log),
  });
  return async () => unobserve();
}

function slowest(positions: EventTail["positions"]): number | null {
  let least: bigint | null = null;
  for (const { revision } of positions) if (least === null || revision < least) least = revision;
  return least === null ? null : Number(least);
}

function toReadings(
  { headRevision, webhookRevision, oldestDeliveryAt, bytes }: DatabaseStats,
  now: Date,
): DatabaseReadings {
  const oldestDeliverySeconds = oldestDeliveryAt ? Math.max(0, now.getTime() - oldestDeliveryAt.getTime()) / 1000 : 0;
  return { headRevision, webhookRevision, oldestDeliverySeconds, bytes };
}

/** Resolves to null if the read fails or is late. The next call shares a late read, so that statements cannot pile up. */
function readInTime<T>(read: () => Promise<T>, log: ObservedStore["log"]): () => Promise<T | null> {
  const share = singleFlight(() =>
    read().catch((error: Error) => {
      log.warn(`The database could not be read for the metrics: ${error.message}`);
      return null;
    }),
  );
  return () => withTimeout(share(), READ_MS, () => null);
}
