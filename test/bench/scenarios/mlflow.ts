import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type pg from "pg";
import type { JobRequest } from "../load/load-client.js";
import type { Bench } from "../measure/bench.js";
import { measureInRounds, type Side } from "../measure/rounds.js";
import type { Row } from "../measure/rows.js";
import { CALLS, type Call } from "../mlflow/calls.js";
import { type Filled, fillMlflow } from "../mlflow/fill-mlflow.js";
import { ask, bodyOf, type MlflowApi, pathOf } from "../mlflow/mlflow-api.js";
import { startMlflow } from "../mlflow/start-mlflow.js";
import { startServer } from "../setup/server.js";

const CONNECTIONS = 8;
const NUMBER = 11;

/** A server with its database. */
interface Target {
  readonly api: MlflowApi;
  readonly filled: Filled;
  readonly pool: pg.Pool;
  readonly pids: readonly number[];
  countStatements?(): Promise<number>;
}

export const MLFLOW = {
  number: NUMBER,
  isAsked: ({ peers }: { readonly peers: boolean }) => peers,
  async *run(bench: Bench): AsyncIterable<Row> {
    const python = process.env.MLFLOW_PYTHON;
    if (!python) {
      console.error(
        `${NUMBER} is skipped: MLFLOW_PYTHON names no Python that has mlflow and psycopg2 (pip install mlflow psycopg2-binary).`,
      );
      return;
    }
    const artifacts = mkdtempSync(join(tmpdir(), "shelfmark-bench-artifacts-"));
    bench.keep({ stop: async () => rmSync(artifacts, { recursive: true, force: true }) });
    const ours = await startOurs(bench, artifacts);
    const mlflows = await startMlflows(bench, python);
    for (const call of CALLS) yield await measure(bench, call, ours, mlflows);
  },
};

/** One token stands for a team: what it uses is counted as always, and is more than one actor may. */
const ONE_FOR_ALL = { SHELFMARK_LIMIT_VIEWER_POINTS: "1000000000", SHELFMARK_LIMIT_VIEWER_OPERATIONS: "1000000" };

async function startOurs(bench: Bench, artifacts: string): Promise<Target> {
  const { url, pool } = await bench.databases.named("mlflow_ours", async () => {});
  const server = await startServer({ DATABASE_URL: url, SHELFMARK_ARTIFACT_ROOT: artifacts, ...ONE_FOR_ALL });
  bench.keep(server);
  const api = { base: server.url.replace("/graphql", "/mlflow"), token: server.token };
  const filled = await fillMlflow(api);
  await pool.query("VACUUM ANALYZE");
  return { api, filled, pool, pids: [server.pid], countStatements: () => server.countStatements() };
}

async function startMlflows(bench: Bench, python: string): Promise<Target> {
  const { url, pool } = await bench.databases.empty("mlflow_theirs");
  const server = await startMlflow(python, url);
  bench.keep(server);
  const filled = await fillMlflow(server);
  await pool.query("VACUUM ANALYZE");
  return { api: server, filled, pool, pids: server.pids };
}

async function measure(bench: Bench, call: Call, ours: Target, mlflows: Target): Promise<Row> {
  const { name, goal, adds } = call;
  const sides = [
    counted(await sideOf(bench, call, ours), ours, adds && { table: adds.ours, rows: adds.rows }),
    counted(await sideOf(bench, call, mlflows), mlflows, adds && { table: adds.mlflows, rows: adds.rows }),
  ];
  const checks = await Promise.all(sides.map(({ check }) => check()));
  const [own, other] = await measureInRounds(
    sides.map(({ side }) => side),
    bench.options.seconds,
  );
  if (!own || !other) throw new Error("Both sides are measured.");
  for (const verify of checks) await verify();
  return {
    scenario: NUMBER,
    name,
    ...own,
    limit: other.rps,
    ratio: own.rps / other.rps,
    limitCpuMs: other.cpuMs,
    more: { goal, cpuRatio: other.cpuMs / own.cpuMs },
  };
}

async function sideOf({ client }: Bench, call: Call, target: Target): Promise<Side> {
  const { api, filled, pids, countStatements } = target;
  const requests: JobRequest[] = [];
  for (const request of call.requests(filled)) {
    const { isRight } = call;
    const answer = isRight ? await ask(api, request) : undefined;
    if (answer !== undefined && !isRight?.(answer, request)) {
      throw new Error(`${call.name}: ${api.base} gives a wrong answer: ${answer.slice(0, 500)}`);
    }
    requests.push({
      method: request.method,
      path: pathOf(api, request),
      body: bodyOf(request).replaceAll(/"(@N@\d+)"/g, "$1"),
      ...(answer === undefined ? {} : { answer }),
    });
  }
  const run = await client.prepare({
    url: api.base,
    token: api.token,
    connections: CONNECTIONS,
    requests,
    serial: true,
    ...(call.pattern === undefined ? {} : { pattern: call.pattern }),
  });
  return { pids, run, ...(countStatements ? { countStatements } : {}) };
}

/** A side that counts its requests, and a check that the rows in its database are as many as were acknowledged. */
function counted(side: Side, { pool, api }: Target, adds: { table: string; rows: number } | undefined) {
  let done = 0;
  const count = async (table: string) =>
    (await pool.query(`SELECT count(*)::int AS rows FROM ${table}`)).rows[0].rows as number;
  return {
    side: {
      ...side,
      async run(ms: number) {
        const result = await side.run(ms);
        done += result.times.length;
        return result;
      },
    },
    async check() {
      const before = adds ? await count(adds.table) : 0;
      return async () => {
        if (!adds) return;
        const written = (await count(adds.table)) - before;
        if (written === done * adds.rows) return;
        throw new Error(`${api.base} acknowledged ${done * adds.rows} rows of ${adds.table}, and wrote ${written}.`);
      };
    },
  };
}
