import { pino } from "pino";
import { createApp } from "../../src/app.js";
import { loadConfig } from "../../src/config/load-config.js";
import { SCOPES } from "../../src/domain/access/scopes.js";
import { lineageStatement } from "../../src/store/lineage/lineage-walk.js";
import { openDatabase } from "../../src/store/open-database.js";
import { fillGraph, fillMetrics, WALK_BY_HAND } from "./graph-fill.js";
import { size } from "./size.js";

/**
 * Lineage, latest metrics and logBatch over HTTP beside the same by hand through `pg`, in one run and in turns, on a graph
 * of a million edges and a run of a million points. Median milliseconds and their ratio.
 *
 *   BENCH_DATABASE_URL=postgres://…/an_empty_database node --import tsx test/bench/graph.ts
 */
const ROUNDS = size(31, 1);
const WARM_UP = size(15, 1);

const url = process.env.BENCH_DATABASE_URL;
if (!url) throw new Error("BENCH_DATABASE_URL must name an empty PostgreSQL database.");
const quiet = { info: () => undefined, warn: () => undefined };
const limits = { statementTimeoutMs: 600_000, resultBytes: 1024 ** 3 };
const options = { kind: "postgres", url, poolSize: 4, prepared: true, ...limits } as const;
const database = await openDatabase(options, quiet);
const config = loadConfig({ PORT: "0", SHELFMARK_DATA: `/tmp/shelfmark-bench-${process.pid}` });
const app = createApp(config, { log: pino({ level: "silent" }), database });
await app.start();

async function ask<T>(query: string, variables: Record<string, unknown> = {}): Promise<T> {
  const response = await fetch(app.url, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${app.localToken}` },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = (await response.json()) as { data: T; errors?: unknown };
  if (errors) throw new Error(JSON.stringify(errors));
  return data;
}

async function millisecondsOf(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** Both in turns, so that whatever else the machine does meets both. */
async function compare(
  title: string,
  ours: () => Promise<unknown>,
  peer: () => Promise<unknown>,
  names: [string, string],
) {
  const times: [number, number][] = [];
  for (let round = 0; round < WARM_UP; round++) await Promise.all([ours(), peer()]);
  for (let round = 0; round < ROUNDS; round++) times.push([await millisecondsOf(ours), await millisecondsOf(peer)]);
  const median = (side: 0 | 1) => times.map((pair) => pair[side]).sort((a, b) => a - b)[ROUNDS >> 1] ?? Number.NaN;
  const [a, b] = [median(0), median(1)];
  console.log(`${title}: ${a.toFixed(1)} ms ${names[0]}, ${b.toFixed(1)} ms ${names[1]}, ratio ${(a / b).toFixed(2)}`);
}

console.log("filling …");
await ask(`mutation { createRun(input: { experiment: { name: "bench" }, createExperiment: true, runId: "long" }) { run { id } }
  short: createRun(input: { experiment: { name: "bench" }, runId: "short" }) { run { id } } }`);
await fillGraph(database.pool);
await fillMetrics(database.pool);

const LINEAGE = `query ($run: ID!, $depth: Int!) { lineage(of: { run: $run }, direction: UPSTREAM, depth: $depth, first: 1000) {
  truncated counts { kind count } nodes { nodeId depth kind name } edges { from to kind } } }`;
const { rows: picked } = await database.pool.query<{ id: string }>(
  `SELECT "id" FROM "Run" WHERE "id" LIKE 'r-%' ORDER BY md5("id") LIMIT ${ROUNDS}`,
);
/** A viewer who may see everything, as the local token's. */
const viewer = {
  ...{
    scopes: new Set(SCOPES),
    modelGlobs: null,
    experimentGlobs: null,
    environmentGlobs: null,
    groups: [],
    tokenId: null,
    issuedAt: null,
  },
  ...{ actor: { issuer: "bench", subject: "bench", name: null, kind: "MACHINE" as const }, expiresAt: new Date() },
};

for (const depth of [5, 10]) {
  let [ours, peers] = [0, 0];
  const next = (turn: number) => picked[turn % picked.length]?.id ?? "";
  const walk = { upstream: true, downstream: false, depth, letters: null, first: 1000 };
  const overHttp = () => ask(LINEAGE, { run: next(ours++), depth });
  await compare(
    `lineage of depth ${depth}, a million edges`,
    overHttp,
    () => {
      const { text, values } = lineageStatement(viewer, { node: `R${next(peers++)}` }, walk);
      return database.pool.query({ name: "same", text, values });
    },
    ["over HTTP", "the same statement through pg"],
  );
  await compare(
    `lineage of depth ${depth}, a million edges`,
    overHttp,
    () => database.pool.query({ name: "walk", text: WALK_BY_HAND, values: [`R${next(peers++)}`, depth, 1000] }),
    ["over HTTP", "a walk by hand without rights, names and counts"],
  );
}

const LATEST = `query ($run: ID!) { run(id: $run) { metrics { key value step } } }`;
await compare(
  "latest metrics of a run",
  () => ask(LATEST, { run: "long" }),
  () => ask(LATEST, { run: "short" }),
  ["with a million points", "with a thousand"],
);

const LOG = `mutation ($run: ID!, $metrics: [MetricInput!]) { logBatch(input: { run: $run, metrics: $metrics }) { run { id } } }`;
const { rows: series } = await database.pool.query<{ id: string }>(
  `SELECT "id" FROM "MetricSeries" WHERE "runId" = 'short' ORDER BY "id" LIMIT 10`,
);
let at = Date.UTC(2026, 5, 1);
await compare(
  "logBatch of 1 000 metrics",
  () => {
    at += 1000;
    const timestamp = new Date(at).toISOString();
    const metrics = Array.from({ length: 1000 }, (_, i) => ({
      key: `m${i % 10}`,
      value: i / 7,
      step: at / 1000 + i,
      timestamp,
    }));
    return ask(LOG, { run: "long", metrics });
  },
  () => {
    at += 1000;
    const values = Array.from({ length: 1000 }, (_, i) => [
      series[i % 10]?.id,
      at / 1000 + i,
      new Date(at),
      i * 7,
    ]).flat();
    const rows = Array.from({ length: 1000 }, (_, i) => `($${4 * i + 1},$${4 * i + 2},$${4 * i + 3},$${4 * i + 4})`);
    const text = `INSERT INTO "MetricPoint" ("seriesId", "step", "timestamp", "rank") VALUES ${rows.join(",")} ON CONFLICT DO NOTHING`;
    return database.pool.query({ name: "insert", text, values });
  },
  ["over HTTP", "as a multi-row insert by hand"],
);
await app.stop();
await database.close();
