import { pino } from "pino";
import { createApp } from "../../src/app.js";
import { loadConfig } from "../../src/config/load-config.js";
import { openDatabase } from "../../src/store/open-database.js";
import { fillSkewedRegistry } from "../support/database/skewed-registry.js";
import { planAfterUse, recordStatements } from "../support/database/statements.js";
import { size } from "./size.js";

/**
 * Searches over a million versions by values that many have and by values that few have: the rows that each reads on a
 * connection that has used its statement six times, and the median time over HTTP.
 *
 *   BENCH_DATABASE_URL=postgres://…/an_empty_database node --import tsx test/bench/search.ts
 */
const VERSIONS = size(1_000_000, 10_000);
const MODELS = size(20_000, 200);
const ROUNDS = size(31, 3);

const page = (where: string, more = "") =>
  `{ modelVersions(first: 20, where: {${where}} ${more}) { nodes { number stage model { name } } } }`;
const count = (where: string) => `{ modelVersions(first: 0, where: {${where}}) { totalCount } }`;
const COMMON = 'tag: {key: "env", value: "prod"}';
const SEARCHES: Readonly<Record<string, string>> = {
  "the head page": page(""),
  "its end": "{ modelVersions(last: 20) { nodes { number stage model { name } } } }",
  "a common tag": page(COMMON),
  "a common tag and stage": page(`${COMMON}, stage: [PRODUCTION, NONE]`),
  "a rare tag": page('tag: {key: "env", value: "canary"}'),
  "a tag that no version has": page('tag: {key: "ring", value: "dev"}'),
  "a common alias": page('alias: "champion"'),
  "a rare alias": page('alias: "shadow"'),
  "a rare status": page("status: [FAILED_REGISTRATION]"),
  "a rare creator": page('createdBy: {subject: "few"}'),
  "a common tag, by number": page(COMMON, ", orderBy: {field: NUMBER}"),
  totalCount: count(""),
  "totalCount of a stage": count("stage: [PRODUCTION]"),
  "totalCount of a common tag": count(COMMON),
  "models by tag": '{ models(first: 20, where: {tag: {key: "team", value: "most"}}) { nodes { name } } }',
  "a page of 50 models":
    "{ models(first: 50) { nodes { name latestVersion { number } stages { stage count } versions(first: 3) { nodes { number } } } } }",
  "a version by number": '{ modelVersion(ref: {number: {model: "m-1", number: 7}}) { number stage } }',
  "a version by alias": '{ modelVersion(ref: {alias: {model: "m-1", alias: "champion"}}) { number stage } }',
};

const url = process.env.BENCH_DATABASE_URL;
if (!url) throw new Error("BENCH_DATABASE_URL must name an empty PostgreSQL database.");
const limits = { statementTimeoutMs: 600_000, resultBytes: 1024 ** 3 };
const options = { kind: "postgres", url, poolSize: 4, prepared: true, ...limits } as const;
const database = await openDatabase(options, { info: () => undefined, warn: () => undefined });
const config = loadConfig({ PORT: "0", SHELFMARK_DATA: `/tmp/shelfmark-bench-${process.pid}` });
const app = createApp(config, { log: pino({ level: "silent" }), database });
await app.start();
if ((await database.prisma.modelVersion.count()) === 0) {
  await fillSkewedRegistry(database.pool, { models: MODELS, versions: VERSIONS });
}

async function ask(query: string): Promise<void> {
  const response = await fetch(app.url, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${app.localToken}` },
    body: JSON.stringify({ query }),
  });
  const { errors } = (await response.json()) as { errors?: unknown };
  if (errors) throw new Error(JSON.stringify(errors));
}

for (const [title, document] of Object.entries(SEARCHES)) {
  const { statements } = await recordStatements(() => ask(document));
  let rows = 0;
  for (const statement of statements) rows += (await planAfterUse(database.pool, statement)).rows;
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now();
    await ask(document);
    times.push(performance.now() - start);
  }
  const median = times.sort((a, b) => a - b)[ROUNDS >> 1] ?? Number.NaN;
  console.log(`${title}: ${Math.round(rows)} rows, ${median.toFixed(1)} ms`);
}
await app.stop();
await database.close();
