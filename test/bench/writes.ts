import { randomUUID } from "node:crypto";
import type pg from "pg";
import { pino } from "pino";
import { createApp } from "../../src/app.js";
import { loadConfig } from "../../src/config/load-config.js";
import { openDatabase } from "../../src/store/open-database.js";
import { size } from "./size.js";

/**
 * How many versions a second the registry takes on PostgreSQL, over HTTP, beside the same rows written by hand through
 * `pg`: lock the model, number the version, insert it, append the event, commit. Both in one run, in turns.
 *
 *   BENCH_DATABASE_URL=postgres://…/an_empty_database node --import tsx test/bench/writes.ts
 */
const CONNECTIONS = size(16, 2);
const MODELS = 16;
const SECONDS = size(5, 1);
const ROUNDS = size(3, 1);

const url = process.env.BENCH_DATABASE_URL;
if (!url) throw new Error("BENCH_DATABASE_URL must name an empty PostgreSQL database.");
const log = pino({ level: "silent" });
const quiet = { info: () => undefined, warn: () => undefined };
const limits = { statementTimeoutMs: 15_000, resultBytes: 64 * 1024 ** 2 };
const options = { kind: "postgres", url, poolSize: CONNECTIONS, prepared: true, ...limits } as const;
const database = await openDatabase(options, quiet);
const app = createApp(loadConfig({ PORT: "0", SHELFMARK_DATA: `/tmp/shelfmark-bench-${process.pid}` }), {
  log,
  database,
});
await app.start();

async function overHttp(model: string): Promise<void> {
  const query = `mutation ($m: String!) { createModelVersion(input: { model: { name: $m }, source: "s3://b/x" }) { modelVersion { number } } }`;
  const response = await fetch(app.url, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${app.localToken}` },
    body: JSON.stringify({ query, variables: { m: model } }),
  });
  const answer = (await response.json()) as { errors?: unknown };
  if (answer.errors) throw new Error(JSON.stringify(answer.errors));
}

const LOCK = `SELECT "id" FROM "Model" WHERE "liveName" = $1 FOR NO KEY UPDATE`;
const NUMBER = `UPDATE "Model" SET "versionCounter" = "versionCounter" + 1 WHERE "id" = $1 RETURNING "versionCounter" AS number`;
const INSERT = `INSERT INTO "ModelVersion" ("id", "modelId", "number", "stage", "stageSince", "status", "source", "createdAt", "updatedAt", "createdByIssuer", "createdBySubject", "createdByKind")
  VALUES ($1, $2, $3, 'NONE', now(), 'READY', 's3://b/x', now(), now(), 'bench', 'bench', 'MACHINE')`;
const APPEND = "SELECT revision FROM append_events($1::jsonb)";

async function byHand(model: string): Promise<void> {
  const client: pg.PoolClient = await database.pool.connect();
  const run = (name: string, text: string, values: unknown[] = []) => client.query({ name, text, values });
  try {
    await run("begin", "BEGIN");
    const modelId = (await run("lock", LOCK, [model])).rows[0].id;
    const { number } = (await run("number", NUMBER, [modelId])).rows[0];
    const versionId = randomUUID();
    await run("insert", INSERT, [versionId, modelId, number]);
    const common = { type: "model_version.created", actorIssuer: "bench", actorSubject: "bench", actorKind: "MACHINE" };
    const ids = {
      id: randomUUID(),
      commitId: randomUUID(),
      requestId: "bench",
      subjectType: "ModelVersion",
      subjectId: versionId,
    };
    const body = {
      head: '{"at":"',
      middle: '","revision":',
      tail: ',"after":{"stage":"NONE"}}',
      at: new Date().toISOString(),
    };
    const event = { ...common, ...ids, ...body, modelId, modelName: model, versionId, versionNumber: number };
    await run("append", APPEND, [JSON.stringify([event])]);
    await run("commit", "COMMIT");
  } finally {
    client.release();
  }
}

async function ratePerSecond(write: (model: string) => Promise<void>): Promise<number> {
  const end = Date.now() + SECONDS * 1000;
  let done = 0;
  const writer = async (i: number) => {
    while (Date.now() < end) {
      await write(`bench-${i % MODELS}`);
      done++;
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, (_, i) => writer(i)));
  return done / SECONDS;
}

const register = `mutation ($n: String!) { registerModel(input: { name: $n, ifExists: RETURN }) { created } }`;
for (let i = 0; i < MODELS; i++) {
  await fetch(app.url, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${app.localToken}` },
    body: JSON.stringify({ query: register, variables: { n: `bench-${i}` } }),
  });
}
for (let round = 1; round <= ROUNDS; round++) {
  const http = await ratePerSecond(overHttp);
  const hand = await ratePerSecond(byHand);
  console.log(
    `round ${round}: ${http.toFixed(0)} versions/s over HTTP, ${hand.toFixed(0)}/s by hand, ratio ${(http / hand).toFixed(2)}`,
  );
}
await app.stop();
await database.close();
