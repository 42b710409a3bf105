import type pg from "pg";
import { withTimeout } from "../../util/timeout.js";

const PING_MS = 5_000;

/** Rejects if the pool does not answer in time, because the server is gone or because no connection is free. */
export async function ping(pool: pg.Pool, timeoutMs = PING_MS): Promise<void> {
  await withTimeout(pool.query("SELECT 1"), timeoutMs, () => {
    throw new Error(`The database did not answer in ${timeoutMs} ms.`);
  });
}
