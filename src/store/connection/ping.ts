import type pg from "pg";

const PING_MS = 5_000;

/** Rejects when the pool does not answer in time, be it that the server is gone or that no connection is free. */
export async function ping(pool: pg.Pool, timeoutMs = PING_MS): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`The database did not answer in ${timeoutMs} ms.`)), timeoutMs);
  });
  try {
    await Promise.race([pool.query("SELECT 1"), late]);
  } finally {
    clearTimeout(timer);
  }
}
