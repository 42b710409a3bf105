import type { Database } from "../store/connection/database.js";
import { type Figures, readFigures } from "../store/connection/database-stats.js";
import type { EventTail } from "../store/events/event-tail.js";
import type { DatabaseReadings } from "./gauges.js";
import type { Metrics } from "./metrics.js";
import { statementKind } from "./statement-kind.js";

interface Observed {
  readonly database: Database;
  readonly events: Pick<EventTail, "newest" | "places">;
  readonly now: () => Date;
  readonly log: { warn(message: string): void };
}

const READ_MS = 1_000;

/** Counts statements, and reads what only pool, log and database know whenever the metrics are asked for. */
export function observeStore(metrics: Metrics, { database, events, now, log }: Observed): () => Promise<void> {
  const unobserve = database.observe((text) => {
    const started = performance.now();
    return (error) => metrics.statement(statementKind(text), (performance.now() - started) / 1000, error !== undefined);
  });
  const { pool } = database;
  metrics.follow({
    pool: () => ({ total: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount }),
    log: () => ({ tail: Number(events.newest), slowestStream: slowest(events.places) }),
    database: once(async () => toReadings(await readFigures(database), now()), log),
  });
  return async () => unobserve();
}

function slowest(places: EventTail["places"]): number | null {
  let least: bigint | null = null;
  for (const { revision } of places) if (least === null || revision < least) least = revision;
  return least === null ? null : Number(least);
}

function toReadings({ headRevision, webhookRevision, oldestDeliveryAt, bytes }: Figures, now: Date): DatabaseReadings {
  const oldestDeliverySeconds = oldestDeliveryAt ? Math.max(0, now.getTime() - oldestDeliveryAt.getTime()) / 1000 : 0;
  return { headRevision, webhookRevision, oldestDeliverySeconds, bytes };
}

/** Null if it fails or is late. What is late is waited for by whoever asks next, so that nothing piles up. */
function once<T>(read: () => Promise<T>, log: Observed["log"]): () => Promise<T | null> {
  let reading: Promise<T | null> | null = null;
  return () => {
    reading ??= read()
      .catch((error: Error) => {
        log.warn(`Metrics go without what the database knows: ${error.message}`);
        return null;
      })
      .finally(() => {
        reading = null;
      });
    return withinTime(reading, READ_MS);
  };
}

function withinTime<T>(work: Promise<T | null>, timeoutMs: number): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(resolve, timeoutMs, null);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
