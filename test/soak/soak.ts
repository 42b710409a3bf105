import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import pg from "pg";
import { checkRecord, type LogRow } from "../oracle/record.js";
import { addressOf, createTestDatabase, dropTestDatabase } from "../support/postgres-server.js";
import { killServerProcesses, type ServerProcess, startServerProcess } from "../support/server-process.js";
import { Subscriber, WISHES } from "./subscriber.js";

/**
 * Writers, watchers and kills for as long as asked: `npm run soak -- --seconds 600`. With TEST_DATABASE_URL two servers
 * share a PostgreSQL database of their own, which is compacted and whose notifications are cut meanwhile; without, one serves an embedded database. The
 * last line is JSON; the exit code is 0 only if nothing was lost and nothing doubled.
 */
const { values } = parseArgs({ options: { seconds: { type: "string", default: "60" } } });
const SECONDS = Number(values.seconds);
const DATABASE_URL = process.env.TEST_DATABASE_URL;
const SERVERS = DATABASE_URL ? 2 : 1;
const [WRITERS, SUBSCRIBERS] = [4, 10];
const MODELS = ["m-a", "m-b", "m-c", "n"];
const STAGES = ["STAGING", "PRODUCTION", "ARCHIVED", "NONE"];
const KEPT_EVENTS = 500;
const COLUMNS = `"revision"::int, "type", "modelName", "fromStage", "toStage", "alias", "commitId", "commitSize", "commitIndex"`;

const pick = <T>(list: readonly T[]): T => list[Math.floor(Math.random() * list.length)] as T;
const between = (from: number, to: number) => from + Math.random() * (to - from);
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const folder = mkdtempSync(join(tmpdir(), "shelfmark-soak-"));
const database = DATABASE_URL ? await createTestDatabase() : null;
const env: Record<string, string> = { SHELFMARK_DATA: join(folder, "data"), LOG_LEVEL: "error" };
const compacted: LogRow[] = [];
const servers: (ServerProcess | null)[] = [];
let pool: pg.Pool | null = null;
let kills = 0;
let cuts = 0;
let writes = 0;
let until = 0;

function living(): ServerProcess | null {
  const alive = servers.filter((server) => server !== null);
  return alive.length > 0 ? pick(alive) : null;
}

const MUTATIONS: readonly ((name: string) => string)[] = [
  (name) =>
    `createModelVersion(input: {model: {name: "${name}"}, createModel: true, source: "s3://b/x", aliases: ["a", "b"]}) { modelVersion { id } }`,
  (name) =>
    `transitionModelVersion(input: {version: {alias: {model: "${name}", alias: "a"}}, to: ${pick(STAGES)}, archiveExisting: ${Math.random() < 0.5}}) { modelVersion { id } }`,
  (name) =>
    `setAlias(input: {model: {name: "${name}"}, alias: "a", number: ${Math.ceil(between(0, 5))}}) { alias { name } }`,
  (name) => `setTag(input: {on: {model: {name: "${name}"}}, key: "k", value: "${Math.random()}"}) { model { id } }`,
];
/** What a random command may be refused with; anything else is a fault. */
const REFUSALS = new Set(["NOT_FOUND", "CONFLICT", "INVALID_INPUT", "UNAVAILABLE", "TIMEOUT"]);

async function write(): Promise<void> {
  while (Date.now() < until) {
    const server = living();
    if (!server) {
      await sleep(50);
      continue;
    }
    const answer = await server.request(`mutation { ${pick(MUTATIONS)(pick(MODELS))} }`).catch(() => null);
    const code = answer?.errors?.[0]?.extensions.code;
    if (code !== undefined && !REFUSALS.has(code)) throw new Error(`A write was refused: ${code}`);
    if (answer && code === undefined) writes++;
    await sleep(between(0, 20));
  }
}

async function kill(): Promise<void> {
  while (Date.now() < until) {
    await sleep(between(2_000, 6_000));
    const which = Math.floor(Math.random() * SERVERS);
    const server = servers[which];
    if (!server || Date.now() >= until) continue;
    servers[which] = null;
    await server.kill("SIGKILL");
    kills++;
    servers[which] = await startServerProcess(env);
  }
}

async function compact(): Promise<void> {
  if (!pool) return;
  while (Date.now() < until) {
    await sleep(between(5_000, 10_000));
    const { rows } = await pool.query<LogRow>(`SELECT ${COLUMNS} FROM "Event" ORDER BY "revision"`);
    const goal = (rows.at(-1)?.revision ?? 0) - KEPT_EVENTS;
    const answer = await pool.query("SELECT compact_events($1)::int AS gone", [goal]);
    compacted.push(...rows.slice(0, answer.rows[0].gone));
  }
}

/** Cuts the connections that bring notifications: what they would have told is found by polling. */
async function cut(): Promise<void> {
  if (!pool) return;
  while (Date.now() < until) {
    await sleep(between(3_000, 8_000));
    const { rowCount } = await pool.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN %'`,
    );
    cuts += rowCount ?? 0;
  }
}

async function subscribe(subscriber: Subscriber): Promise<void> {
  while (Date.now() < until) {
    const server = living();
    if (server) await subscriber.follow(server, between(200, 5_000), () => Date.now() >= until);
    else await sleep(50);
  }
}

async function readTable(server: ServerProcess): Promise<LogRow[]> {
  if (pool)
    return [...compacted, ...(await pool.query<LogRow>(`SELECT ${COLUMNS} FROM "Event" ORDER BY "revision"`)).rows];
  const rows: LogRow[] = [];
  for (let after: string | null = null, more = true; more; ) {
    const { audit, events } = await server.data(
      `query ($after: String) {
        audit(first: 200, after: $after) { pageInfo { hasNextPage endCursor } nodes { revision type modelName commitId } }
        events(first: 200, after: $after) { nodes { commit { size index } ... on StageChangedEvent { from to } ... on AliasChangedEvent { alias } } } }`,
      { after },
    );
    for (const [i, { type, ...node }] of audit.nodes.entries()) {
      const { commit, from = null, to = null, alias = null } = events.nodes[i];
      const name = type.toLowerCase().replace(/^(model_version|model|alias)_/, "$1.");
      rows.push({
        ...node,
        type: name,
        fromStage: from,
        toStage: to,
        alias,
        commitSize: commit.size,
        commitIndex: commit.index,
      });
    }
    more = audit.pageInfo.hasNextPage;
    after = audit.pageInfo.endCursor;
  }
  return rows;
}

async function soak(): Promise<{ lost: number; doubled: number; events: number; resumes: number; faults: string[] }> {
  servers[0] = await startServerProcess(env);
  for (let i = 1; i < SERVERS; i++) servers[i] = await startServerProcess(env);
  const { head } = await servers[0].data("{ head { cursor } }");
  const subscribers = Array.from(
    { length: SUBSCRIBERS },
    (_, i) => new Subscriber(WISHES[i % WISHES.length] as never, head.cursor),
  );
  until = Date.now() + SECONDS * 1_000;
  await Promise.all([
    ...Array.from({ length: WRITERS }, write),
    ...subscribers.map(subscribe),
    ...[kill(), compact(), cut()],
  ]);
  const server = living() ?? (await startServerProcess(env));
  const end = Number((await server.data("{ head { revision } }")).head.revision);
  for (const subscriber of subscribers) {
    for (let tries = 0; subscriber.place < end && tries < 5; tries++) {
      await subscriber.follow(server, 20_000, () => subscriber.place >= end);
    }
  }
  const table = await readTable(server);
  const verdicts = subscribers.map(({ wish, segments }) => checkRecord(table, wish.wants, segments, end));
  const sum = (of: (verdict: (typeof verdicts)[number]) => number) => verdicts.reduce((all, each) => all + of(each), 0);
  return {
    ...{ events: table.length, lost: sum(({ lost }) => lost), doubled: sum(({ doubled }) => doubled) },
    resumes: subscribers.reduce((all, { resumes }) => all + resumes, 0),
    faults: verdicts.flatMap(({ faults }, i) => faults.map((fault) => `${i}: ${fault}`)),
  };
}

try {
  if (database) {
    env.DATABASE_URL = addressOf(database);
    pool = new pg.Pool({ connectionString: env.DATABASE_URL });
  }
  const { faults, events, lost, doubled, resumes } = await soak();
  for (const fault of faults.slice(0, 20)) console.error(fault);
  if (pool) console.error(`${cuts} connections that listen were cut.`);
  console.error(
    `${writes} writes were acknowledged by ${SERVERS === 1 ? "an embedded server" : "two servers on PostgreSQL"}.`,
  );
  console.log(JSON.stringify({ events, kills, resumes, lost, doubled }));
  process.exitCode = faults.length === 0 && events >= writes ? 0 : 1;
} finally {
  await killServerProcesses();
  await pool?.end();
  if (database) await dropTestDatabase(database);
  rmSync(folder, { recursive: true, force: true });
}
