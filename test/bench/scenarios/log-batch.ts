import type pg from "pg";
import type { Bench } from "../measure/bench.js";
import { measureBesideLimit } from "../measure/beside-limit.js";
import type { Row } from "../measure/rows.js";
import { RUNS } from "../setup/registry.js";

const LOG = `mutation ($run: ID!, $metrics: [MetricInput!]) { logBatch(input: { run: $run, metrics: $metrics }) { run { id } } }`;
const KEYS = 10;
const TIMESTAMP = "2026-01-01T00:00:00.000Z";

const LOADS = [
  { name: "100 metrics, 1 client", clients: 1, metrics: 100 },
  { name: "100 metrics, 16 clients", clients: 16, metrics: 100 },
  { name: "1 000 metrics, 1 client", clients: 1, metrics: 1_000 },
  { name: "1 000 metrics, 16 clients", clients: 16, metrics: 1_000 },
];

export const LOG_BATCH = {
  number: 8,
  isAsked: () => true,
  async *run(bench: Bench): AsyncIterable<Row> {
    const world = await bench.world("registry");
    for (const [load, { name, clients, metrics }] of LOADS.entries()) {
      const before = await countPoints(world.pool);
      const batch = (side: string, run: string) => ({ run, metrics: makeMetrics(`${side}${load}`, metrics) });
      yield await measureBesideLimit(bench, world, {
        scenario: 8,
        name: `logBatch of ${name}`,
        connections: clients,
        query: LOG,
        route: "logBatch",
        asked: Array.from({ length: RUNS }, (_, i) => ({
          ours: batch("ours", `run-${i}`),
          limit: batch("limit", `run-${i}`),
          answer: JSON.stringify({ logBatch: { run: { id: Buffer.from(`Run:run-${i}`).toString("base64url") } } }),
        })),
        isSerial: true,
        async verify(done) {
          const written = (await countPoints(world.pool)) - before;
          if (written !== done * metrics) {
            throw new Error(`${done * metrics} points were acknowledged, and ${written} written.`);
          }
        },
      });
    }
  },
};

/** Points whose steps no other request has. */
function makeMetrics(prefix: string, count: number) {
  return Array.from({ length: count }, (_, i) => ({
    key: `${prefix}-${i % KEYS}`,
    value: i / 7,
    step: `@N@${String(i).padStart(3, "0")}`,
    timestamp: TIMESTAMP,
  }));
}

async function countPoints(pool: pg.Pool): Promise<number> {
  return (await pool.query(`SELECT count(*)::int AS points FROM "MetricPoint"`)).rows[0].points;
}
