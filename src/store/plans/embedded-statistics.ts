import type pg from "pg";

const INTERVAL_MS = 60_000;

/**
 * PostgreSQL's own thresholds (autovacuum_analyze_threshold and autovacuum_analyze_scale_factor). The counts of changes do
 * not survive a crash, so a table that was never read counts too, from 64 kB on.
 */
const CHANGED = `SELECT format('%I.%I', t.schemaname, t.relname) AS "table"
  FROM pg_stat_user_tables AS t JOIN pg_class AS c ON c.oid = t.relid
  WHERE t.n_mod_since_analyze > 50 + 0.1 * t.n_live_tup OR (c.reltuples < 0 AND pg_relation_size(c.oid) > 65536)
  ORDER BY t.relname`;

/** Reads anew what the tables hold of which a tenth has changed since the last time. One statement for each. */
export async function analyzeChangedTables(pool: pg.Pool): Promise<string[]> {
  const { rows } = await pool.query<{ table: string }>(CHANGED);
  for (const { table } of rows) await pool.query(`ANALYZE ${table}`);
  return rows.map(({ table }) => table);
}

/**
 * Keeps the planner's statistics of an embedded database, as autovacuum does in PostgreSQL: PGlite has no such process, and
 * without statistics each value counts as rare. Returns how to stop.
 */
export function keepStatistics(pool: pg.Pool, onError: (error: Error) => void): () => Promise<void> {
  let running: Promise<unknown> = Promise.resolve();
  const timer = setInterval(() => {
    running = analyzeChangedTables(pool).catch(onError);
  }, INTERVAL_MS).unref();
  return async () => {
    clearInterval(timer);
    await running;
  };
}
