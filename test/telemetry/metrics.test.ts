import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type App, createApp } from "../../src/app.js";
import { loadConfig } from "../../src/config/load-config.js";
import type { Database } from "../../src/store/connection/database.js";
import { EventTail } from "../../src/store/events/event-tail.js";
import { createMetrics } from "../../src/telemetry/metrics.js";
import { observeStore } from "../../src/telemetry/observe-store.js";
import { openTestDatabase, QUIET, TEST_DATABASE_KIND } from "../support/database/database.js";
import { recordStatements } from "../support/database/statements.js";
import { eventually } from "../support/eventually.js";
import { PATIENT_LIMITS } from "../support/patient-limits.js";
import { mintTestToken } from "../support/token.js";
import { BOOKMARKS, openSocket, openSse, post, raw } from "../support/transports.js";
import { testConfig } from "../support/wiring.js";
import { type Receiver, startReceiver } from "../webhooks/receiver.js";

const SCRAPER = "scraper-0123456789";

let database: Database;
let app: App;
let token: string;
beforeAll(async () => {
  database = await openTestDatabase();
  app = createApp(testConfig({ SHELFMARK_METRICS_TOKEN: SCRAPER }), { log: pino({ level: "error" }), database });
  await app.start();
  token = await mintTestToken();
});
afterAll(async () => {
  await app?.stop();
  await database?.close();
});

function get(headers: Record<string, string> = {}, url = app.url) {
  return raw(url, { method: "GET", path: "/metrics", headers });
}

/** Each series with its value, once the database has answered in time. */
const scrape = () => withDatabase(scrapeOnce);

function withDatabase(read: () => Promise<Map<string, number>>): Promise<Map<string, number>> {
  return eventually(async () => {
    const series = await read();
    expect(series.get("shelfmark_database_up")).toBe(1);
    return series;
  });
}

async function scrapeOnce(): Promise<Map<string, number>> {
  const { status, body } = await get({ authorization: `Bearer ${SCRAPER}` });
  expect(status).toBe(200);
  return parse(body);
}

/** Throws for a line that is not in the text format of Prometheus. */
function parse(text: string): Map<string, number> {
  const series = new Map<string, number>();
  for (const line of text.split("\n")) {
    if (line === "" || /^# (HELP|TYPE) [a-z_0-9]+ \S/.test(line)) continue;
    const match = /^([a-z_0-9]+(?:\{(?:[a-z_]+="[^"\\\n]*",?)+\})?) (\S+)$/.exec(line);
    if (!match?.[1]) throw new Error(`Not a line of metrics: ${line}`);
    series.set(match[1], Number(match[2]));
  }
  return series;
}

/** By how much each series rose during the work. Leaves out those that did not. */
async function risen(work: () => Promise<unknown>, prefix: string): Promise<Record<string, number>> {
  const before = await scrape();
  await work();
  const after = await scrape();
  const rises = [...after].map(([name, value]) => [name, value - (before.get(name) ?? 0)] as const);
  return Object.fromEntries(rises.filter(([name, rise]) => name.startsWith(prefix) && rise !== 0));
}

test("the metrics need their own token, and do not exist on a server without one", async () => {
  for (const given of [undefined, `Bearer ${token}`, `Bearer ${SCRAPER}x`, `Basic ${SCRAPER}`]) {
    const answer = await get(given === undefined ? {} : { authorization: given });
    expect([answer.status, answer.headers["www-authenticate"]]).toEqual([401, 'Bearer realm="shelfmark-metrics"']);
    expect(answer.body).not.toContain("shelfmark_");
  }
  expect((await raw(app.url, { path: `/metrics?token=${SCRAPER}`, method: "GET" })).status).toBe(401);
  const { headers } = await get({ authorization: `Bearer ${SCRAPER}` });
  expect(headers["content-type"]).toBe("text/plain; version=0.0.4; charset=utf-8");
  const without = createApp(testConfig(), { log: pino({ level: "silent" }), database });
  await without.start();
  expect((await get({ authorization: "Bearer x" }, without.url)).status).toBe(404);
  await without.stop();
});

test("each series has a help and a type, and those of the process are included", async () => {
  const { body } = await get({ authorization: `Bearer ${SCRAPER}` });
  const names = (word: string) => [...body.matchAll(new RegExp(`^# ${word} (\\S+) \\S`, "gm"))].map(([, name]) => name);
  expect(names("HELP")).toEqual(names("TYPE"));
  expect(names("TYPE").filter((name) => name?.startsWith("shelfmark_"))).toMatchInlineSnapshot(`
    [
      "shelfmark_operations_total",
      "shelfmark_operation_duration_seconds",
      "shelfmark_operations_prepared_total",
      "shelfmark_http_responses_total",
      "shelfmark_authentication_refusals_total",
      "shelfmark_subscriptions_open",
      "shelfmark_websocket_connections_open",
      "shelfmark_websocket_closes_total",
      "shelfmark_trace_spans_lost_total",
      "shelfmark_database_statement_duration_seconds",
      "shelfmark_database_statement_errors_total",
      "shelfmark_webhook_deliveries_total",
      "shelfmark_webhook_delivery_duration_seconds",
      "shelfmark_database_up",
      "shelfmark_database_pool_connections",
      "shelfmark_database_pool_waiting",
      "shelfmark_event_log_head_revision",
      "shelfmark_event_log_lag_revisions",
      "shelfmark_webhook_queue_age_seconds",
      "shelfmark_database_size_bytes",
    ]
  `);
  expect(names("TYPE")).toEqual(expect.arrayContaining(["process_cpu_seconds_total", "nodejs_eventloop_lag_seconds"]));
});

test("operations count by transport, type, name and code", async () => {
  const rises = await risen(async () => {
    await post(app.url, token, { query: "query Who { viewer { scopes } }" });
    await post(app.url, token, { query: "query Who { viewer { scopes } }" });
    await post(app.url, token, { query: "{ models(first: 500) { totalCount } }" });
    await post(app.url, token, {
      query: 'mutation Gone { deleteModel(input: { model: { name: "no" } }) { __typename } }',
    });
    await post(app.url, token, { query: "query Unknown { nothing }" });
    await post(app.url, null, { query: "query Stranger { viewer { scopes } }" });
    const socket = await openSocket(app.url, token);
    await socket.answer("1", "query Who { viewer { scopes } }");
    await socket.answer("2", "{");
    await socket.close();
  }, "shelfmark_operations_total");
  expect(rises).toMatchInlineSnapshot(`
    {
      "shelfmark_operations_total{transport="http",code="INVALID_DOCUMENT",type="query",name="other"}": 1,
      "shelfmark_operations_total{transport="http",code="INVALID_INPUT",type="query",name="anonymous"}": 1,
      "shelfmark_operations_total{transport="http",code="NOT_FOUND",type="mutation",name="Gone"}": 1,
      "shelfmark_operations_total{transport="http",code="OK",type="query",name="Who"}": 2,
      "shelfmark_operations_total{transport="http",code="UNAUTHENTICATED",type="none",name="none"}": 1,
      "shelfmark_operations_total{transport="websocket",code="INVALID_DOCUMENT",type="none",name="none"}": 1,
      "shelfmark_operations_total{transport="websocket",code="OK",type="query",name="Who"}": 1,
    }
  `);
});

test("only the first hundred executed names become labels", async () => {
  const server = createMetrics();
  const operation = { transport: "http", type: "query", code: "OK", seconds: 0.1 } as const;
  server.recordOperation({ ...operation, name: "Invalid", isExecuted: false });
  for (let i = 0; i < 1_000; i++) server.recordOperation({ ...operation, name: `N${i}`, isExecuted: true });
  server.recordOperation({ ...operation, name: "N0", isExecuted: false });
  const counts = [...parse(await server.expose())].filter(([name]) => name.startsWith("shelfmark_operations_total"));
  const named = new Map(counts.map(([name, value]) => [/name="(\w+)"/.exec(name)?.[1], value]));
  expect([named.size, named.get("other"), named.get("N0"), named.get("N99")]).toEqual([101, 901, 2, 1]);
});

test("durations, statements and responses are measured", async () => {
  const work = () => post(app.url, token, { query: "query Timed { models(first: 1) { nodes { name } } }" });
  expect(await risen(work, 'shelfmark_operation_duration_seconds_count{type="query",name="Timed"}')).toEqual({
    'shelfmark_operation_duration_seconds_count{type="query",name="Timed"}': 1,
  });
  expect(await risen(work, "shelfmark_http_responses_total")).toEqual({
    'shelfmark_http_responses_total{status="200"}': 1,
  });
  const statements = await risen(work, "shelfmark_database_statement_duration_seconds_count");
  // that of the first scrape, and that of the operation
  expect(statements['shelfmark_database_statement_duration_seconds_count{operation="SELECT"}']).toBeGreaterThanOrEqual(
    2,
  );
  const wrong = () => expect(database.pool.query("SELECT nothing")).rejects.toThrow();
  expect(await risen(wrong, "shelfmark_database_statement_errors_total")).toEqual({
    'shelfmark_database_statement_errors_total{operation="SELECT"}': 1,
  });
});

test("open streams and sockets are counted while they are open", async () => {
  const open = async () => {
    const series = await scrape();
    return [
      'shelfmark_subscriptions_open{transport="http"}',
      'shelfmark_subscriptions_open{transport="websocket"}',
      "shelfmark_websocket_connections_open",
    ].map((name) => series.get(name) ?? 0);
  };
  const sse = await openSse(app.url, token, BOOKMARKS);
  const socket = await openSocket(app.url, token);
  await sse.next();
  socket.subscribe("1", BOOKMARKS);
  await socket.nextFor("1");
  await expect.poll(open).toEqual([1, 1, 1]);
  const closes = await risen(async () => {
    sse.leave();
    socket.ws.close(4999);
    await expect.poll(open).toEqual([0, 0, 0]);
  }, "shelfmark_websocket_closes_total");
  expect(closes).toEqual({ 'shelfmark_websocket_closes_total{code="other"}': 1 });
});

test("refused tokens count by reason, over HTTP and WebSocket", async () => {
  const [header, claims, signature = ""] = token.split(".");
  const others = await mintTestToken({ issuer: "https://elsewhere.test" });
  const expired = await mintTestToken({ ttlSeconds: -100 });
  const forged = `${header}.${claims}.${signature.startsWith("A") ? "B" : "A"}${signature.slice(1)}`;
  const refusals = await risen(async () => {
    for (const given of [null, "x", others, expired, forged]) await post(app.url, given, { query: "{ __typename }" });
    await expect(openSocket(app.url, expired)).rejects.toThrow("4403");
  }, "shelfmark_authentication_refusals_total");
  expect(refusals).toMatchInlineSnapshot(`
    {
      "shelfmark_authentication_refusals_total{reason="expired"}": 2,
      "shelfmark_authentication_refusals_total{reason="issuer"}": 1,
      "shelfmark_authentication_refusals_total{reason="malformed"}": 1,
      "shelfmark_authentication_refusals_total{reason="missing"}": 1,
      "shelfmark_authentication_refusals_total{reason="signature"}": 1,
    }
  `);
});

test("a valid token past its rate does not count as refused", async () => {
  const env = { SHELFMARK_METRICS_TOKEN: SCRAPER, SHELFMARK_LIMIT_VIEWER_OPERATIONS: "1" };
  const strict = createApp(testConfig(env), { log: pino({ level: "silent" }), database });
  await strict.start();
  const ask = async () => (await post(strict.url, token, { query: "{ __typename }" })).status;
  expect([await ask(), await ask()]).toEqual([200, 429]);
  const { body } = await get({ authorization: `Bearer ${SCRAPER}` }, strict.url);
  expect(body).not.toContain("shelfmark_authentication_refusals_total{");
  await strict.stop();
});

test("head, lag, queue age and size are read with one statement", async () => {
  const query = 'mutation { registerModel(input: { name: "m" }) { model { name } } }';
  const head = async () => (await scrape()).get("shelfmark_event_log_head_revision") ?? Number.NaN;
  const before = await head();
  await post(app.url, token, { query });
  expect(await head()).toBe(before + 1);
  // once the readers of the log have read the new event
  const series = await withDatabase(async () => {
    const { result, statements } = await recordStatements(scrapeOnce);
    expect(statements.map(({ text }) => /FROM "EventHead" AS head/.test(text))).toEqual([true]);
    return result;
  });
  for (const consumer of ["tail", "streams", "webhooks"])
    await expect
      .poll(async () => (await scrape()).get(`shelfmark_event_log_lag_revisions{consumer="${consumer}"}`))
      .toBe(0);
  expect(series.get("shelfmark_webhook_queue_age_seconds")).toBe(0);
  expect(series.has("shelfmark_database_size_bytes")).toBe(TEST_DATABASE_KIND === "pglite");
  await expect
    .poll(async () => (await scrape()).get('shelfmark_database_pool_connections{state="idle"}'))
    .toBeGreaterThanOrEqual(1);
});

test("if the database does not answer, it counts as down and the other metrics are served", async () => {
  const client = await database.pool.connect();
  await client.query("BEGIN");
  await client.query('LOCK TABLE "EventHead" IN ACCESS EXCLUSIVE MODE');
  const [series, again] = await Promise.all([scrapeOnce(), scrapeOnce()]);
  await client.query("ROLLBACK");
  client.release();
  expect([series.get("shelfmark_database_up"), again.get("shelfmark_database_up")]).toEqual([0, 0]);
  expect([...series.keys()].filter((name) => /event_log|queue_age|size_bytes/.test(name))).toEqual([]);
  expect(series.get('shelfmark_operations_total{transport="http",code="OK",type="query",name="Who"}')).toBeGreaterThan(
    0,
  );
  await scrape();
});

test("the lag of the slowest stream and of the tail are measured", async () => {
  const metrics = createMetrics();
  const events = new EventTail(database, QUIET);
  const end = observeStore(metrics, { database, events, now: () => new Date(), log: QUIET });
  const { revision } = await database.prisma.eventHead.findUniqueOrThrow({ where: { id: 1 } });
  events.positions.add({ revision: revision - 1n }).add({ revision });
  const series = await withDatabase(async () => parse(await metrics.expose()));
  await end();
  expect(series.get('shelfmark_event_log_lag_revisions{consumer="streams"}')).toBe(1);
  expect(series.get('shelfmark_event_log_lag_revisions{consumer="tail"}')).toBe(Number(revision));
});

describe("in local mode", () => {
  let local: App;
  let own: Database;
  let receiver: Receiver;
  let now = () => new Date();
  beforeAll(async () => {
    // in a shared database the dispatcher of the other server, which has another key, would queue these deliveries
    own = await openTestDatabase();
    receiver = await startReceiver();
    const folder = mkdtempSync(join(tmpdir(), "shelfmark-metrics-"));
    const key = Buffer.alloc(32, 9).toString("base64");
    const config = loadConfig({ ...PATIENT_LIMITS, PORT: "0", SHELFMARK_DATA: folder, SHELFMARK_WEBHOOK_KEY: key });
    local = createApp(config, { log: pino({ level: "error" }), database: own, now: () => now() });
    await local.start();
  });
  afterAll(async () => {
    await local?.stop();
    await own?.close();
    await receiver?.stop();
  });
  const scrapeLocal = () => withDatabase(async () => parse((await get({}, local.url)).body));

  test("the metrics need no token, but an allowed host", async () => {
    expect((await get({}, local.url)).status).toBe(200);
    expect((await get({ host: "rebound.example" }, local.url)).status).toBe(421);
  });

  test("webhook deliveries count by outcome, and the age of the queue grows", async () => {
    const send = (query: string) => post(local.url, local.localToken ?? null, { query });
    const count = async () => {
      const series = await scrapeLocal();
      return ["delivered", "retry", "failed"].map(
        (outcome) => `${outcome} ${series.get(`shelfmark_webhook_deliveries_total{outcome="${outcome}"}`) ?? 0}`,
      );
    };
    // no retry is due until the clock is moved
    const at = Date.now();
    now = () => new Date(at);
    await send(`mutation { createWebhook(input: { url: "${receiver.url}" }) { webhook { id } } }`);
    await send('mutation { registerModel(input: { name: "delivered" }) { model { id } } }');
    await expect.poll(count).toEqual(["delivered 1", "retry 0", "failed 0"]);
    receiver.answer = 500;
    await send('mutation { registerModel(input: { name: "delivered-late" }) { model { id } } }');
    await expect.poll(count).toEqual(["delivered 1", "retry 1", "failed 0"]);
    const ago = at + 3_600;
    now = () => new Date(ago);
    expect((await scrapeLocal()).get("shelfmark_webhook_queue_age_seconds")).toBeGreaterThan(1);
    receiver.answer = 410;
    now = () => new Date(ago + 60_000);
    await send('mutation { registerModel(input: { name: "wake" }) { model { id } } }');
    await expect.poll(count).toEqual(["delivered 1", "retry 1", "failed 1"]);
    expect((await scrapeLocal()).get("shelfmark_webhook_delivery_duration_seconds_count")).toBe(3);
  });
});
