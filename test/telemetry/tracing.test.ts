import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type App, createApp } from "../../src/app.js";
import { loadConfig } from "../../src/config/load-config.js";
import type { Database } from "../../src/store/connection/database.js";
import { openOtelTracing } from "../../src/telemetry/otel-tracing.js";
import { type Collector, startCollector, treeOf } from "../support/collector.js";
import { openTestDatabase } from "../support/database/database.js";
import { PATIENT_LIMITS } from "../support/patient-limits.js";
import { mintTestToken, TEST_ISSUER } from "../support/token.js";
import { BOOKMARKS, initSocket, openSse, post, raw } from "../support/transports.js";
import { testConfig } from "../support/wiring.js";
import { startReceiver } from "../webhooks/receiver.js";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const CALLER = "00f067aa0ba902b7";
const TRACEPARENT = `00-${TRACE}-${CALLER}-01`;
const SECRET = "hunter2";
const SERVER = 2;

let database: Database;
let token: string;
beforeAll(async () => {
  database = await openTestDatabase();
  token = await mintTestToken();
});
afterAll(() => database?.close());

/** Stops the app, and gives it all the time that it needs to send its spans. */
async function stopPatiently(app: App): Promise<void> {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  await app.stop().finally(() => vi.useRealTimers());
}

/** Does the work on an app that sends its traces to the collector. Returns its log, once it has stopped. */
async function trace(
  collector: Collector,
  work: (app: App) => Promise<unknown>,
  more: Record<string, string> = {},
  stop = stopPatiently,
): Promise<{ lines: Record<string, unknown>[] }> {
  const lines: string[] = [];
  const config = testConfig({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, ...more });
  const app = createApp(config, { log: pino({}, { write: (line: string) => void lines.push(line) }), database });
  await app.start();
  await work(app).finally(() => stop(app));
  return { lines: lines.map((line) => JSON.parse(line)) };
}

test("an operation is a span in the trace of its caller, with spans of its fields and statements below", async () => {
  const collector = await startCollector();
  const query = `mutation Both($name: String!) {
    registerModel(input: { name: $name }) { model { name } }
    again: registerModel(input: { name: $name }) { model { name } }
  }`;
  const more = {
    OTEL_SERVICE_NAME: "registry",
    OTEL_RESOURCE_ATTRIBUTES: "service.name=other,deployment.environment.name=test%20site",
    OTEL_EXPORTER_OTLP_HEADERS: "api-key=k1",
  };
  const { lines } = await trace(
    collector,
    (app) =>
      post(app.url, token, { query, variables: { name: SECRET } }, { traceparent: TRACEPARENT, tracestate: "a=b" }),
    more,
  );
  await collector.stop();
  const spans = collector.spans.filter(({ traceId }) => traceId === TRACE);
  expect(treeOf(spans, CALLER)).toMatchInlineSnapshot(`
    [
      {
        "mutation Both": [
          {
            "Mutation.registerModel": [
              "BEGIN",
              "COMMIT",
              "INSERT Model",
              "SELECT",
            ],
          },
          {
            "Mutation.registerModel": [
              "BEGIN",
              "INSERT Model",
              "ROLLBACK",
            ],
          },
          "SELECT Model",
        ],
      },
    ]
  `);
  const root = spans.find(({ parentSpanId }) => parentSpanId === CALLER);
  expect(root).toMatchObject({
    kind: SERVER,
    isError: false,
    attributes: {
      "graphql.operation.type": "mutation",
      "graphql.operation.name": "Both",
      "http.request.method": "POST",
      "http.response.status_code": 200,
      "enduser.id": `${TEST_ISSUER} tester`,
      "error.type": "ALREADY_EXISTS",
    },
  });
  expect(lines.find(({ msg }) => msg === "request")).toMatchObject({ traceId: TRACE, operationName: "Both" });
  expect(collector.resource).toMatchObject({ "service.name": "registry", "deployment.environment.name": "test site" });
  expect(collector.headers[0]).toMatchObject({ ":path": "/v1/traces", "api-key": "k1" });
  expect(collector.text).not.toContain(SECRET);
  expect(collector.text).not.toContain("INSERT INTO");
  for (const part of token.split(".")) expect(collector.text).not.toContain(part);
});

test("batched reads belong to the operation that requested them", async () => {
  const collector = await startCollector();
  const query =
    "query Page { models(first: 5) { nodes { name latestVersion { number } aliases { name } } } viewer { scopes } }";
  const others = Array.from({ length: 6 }, (_, i) => `00-${String(i + 1).padStart(32, "0")}-${CALLER}-01`);
  await trace(collector, (app) =>
    Promise.all(others.map((traceparent) => post(app.url, token, { query }, { traceparent }))),
  );
  await collector.stop();
  const trees = others.map((_, i) =>
    JSON.stringify(
      treeOf(
        collector.spans.filter(({ traceId }) => Number(traceId) === i + 1),
        CALLER,
      ),
    ),
  );
  expect(new Set(trees).size).toBe(1);
  expect(JSON.parse(trees[0] ?? "")).toMatchInlineSnapshot(`
    [
      {
        "query Page": [
          {
            "Query.models": [
              "SELECT Model",
            ],
          },
          "Query.viewer",
        ],
      },
    ]
  `);
});

test("over WebSocket the trace is taken from the operation, from connection_init or from the handshake", async () => {
  const collector = await startCollector();
  const trees = ["1", "2", "3"].map((digit) => digit.repeat(32));
  const parents = trees.map((id) => `00-${id}-${CALLER}-01`) as [string, string, string];
  await trace(collector, async (app) => {
    const payload = { authorization: `Bearer ${token}`, traceparent: parents[1] };
    const { socket } = await initSocket(app.url, payload, { traceparent: parents[0] });
    socket.send({
      id: "1",
      type: "subscribe",
      payload: { query: "query Own { viewer { scopes } }", extensions: { traceparent: parents[2] } },
    });
    await socket.nextFor("1");
    socket.subscribe("2", "query Init { viewer { scopes } }");
    await socket.nextFor("2");
    await socket.close();
    const { socket: bare } = await initSocket(
      app.url,
      { authorization: `Bearer ${token}` },
      { traceparent: parents[0] },
    );
    bare.subscribe("1", "query Handshake { viewer { scopes } }");
    await bare.nextFor("1");
    await bare.close();
  });
  await collector.stop();
  const named = new Map(
    collector.spans.filter(({ kind }) => kind === SERVER).map(({ name, traceId }) => [name, traceId]),
  );
  expect([named.get("query Handshake"), named.get("query Init"), named.get("query Own")]).toEqual(trees);
});

test("the span of a stream ends when it opens, and later reads are in no trace", async () => {
  const collector = await startCollector();
  await trace(collector, async (app) => {
    const stream = await openSse(app.url, token, BOOKMARKS);
    await stream.next();
    await post(app.url, token, { query: 'mutation { registerModel(input: { name: "streamed" }) { model { id } } }' });
    await post(app.url, token, {
      query: 'mutation { updateModel(input: { model: { name: "streamed" }, description: "d" }) { model { id } } }',
    });
    stream.leave();
  });
  await collector.stop();
  const [stream] = collector.spans.filter(({ name }) => name === "subscription");
  expect(treeOf(collector.spans, stream?.spanId ?? "none").length).toBeGreaterThan(0);
  const roots = collector.spans.filter(({ parentSpanId }) => parentSpanId === "");
  expect(roots.map(({ name }) => name).sort()).toEqual(["mutation", "mutation", "subscription"]);
});

test("faults are errors, refusals are not, and a request refused before GraphQL is named by its method", async () => {
  const collector = await startCollector();
  await trace(collector, async (app) => {
    await post(app.url, token, { query: "query Refused { models(first: 500) { totalCount } }" });
    await raw(app.url, { method: "GET", path: `/nothing/${SECRET}` });
  });
  await trace(
    collector,
    async (app) => {
      const client = await database.pool.connect();
      await client.query("BEGIN");
      await client.query('LOCK TABLE "Model" IN ACCESS EXCLUSIVE MODE');
      await post(app.url, token, { query: "query Late { models(first: 1) { nodes { name } } }" });
      await client.query("ROLLBACK");
      client.release();
    },
    { SHELFMARK_LIMIT_REQUEST_MS: "200" },
  );
  await collector.stop();
  const served = collector.spans.filter(({ kind }) => kind === SERVER);
  expect(served.map(({ name, isError, attributes }) => [name, isError, attributes["error.type"]])).toEqual([
    ["query Refused", false, "INVALID_INPUT"],
    ["GET", false, "NOT_FOUND"],
    ["query Late", true, "TIMEOUT"],
  ]);
  expect(collector.text).not.toContain(SECRET);
});

test("a webhook carries the trace of its delivery", async () => {
  const collector = await startCollector();
  const receiver = await startReceiver();
  const folder = mkdtempSync(join(tmpdir(), "shelfmark-tracing-"));
  const key = Buffer.alloc(32, 8).toString("base64");
  const env = { ...PATIENT_LIMITS, PORT: "0", SHELFMARK_DATA: folder, SHELFMARK_WEBHOOK_KEY: key };
  const config = loadConfig({ ...env, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${collector.url}/traces` });
  const app = createApp(config, { log: pino({ level: "error" }), database });
  await app.start();
  const send = (query: string) => post(app.url, app.localToken ?? null, { query });
  await send(`mutation { createWebhook(input: { url: "${receiver.url}" }) { webhook { id } } }`);
  await send('mutation { registerModel(input: { name: "traced" }) { model { id } } }');
  const [received] = await receiver.until(1);
  await stopPatiently(app);
  await receiver.stop();
  await collector.stop();
  const sent = collector.spans.find(({ name }) => name === "POST webhook");
  expect(received?.headers.traceparent).toBe(`00-${sent?.traceId}-${sent?.spanId}-01`);
  expect(sent?.attributes).toMatchObject({ "server.address": "127.0.0.1", "http.response.status_code": 204 });
  expect(collector.headers[0]?.[":path"]).toBe("/traces");
});

test.each([
  ["always_off", "", [0, 0]],
  ["parentbased_always_off", "", [0, 1]],
  ["traceidratio", "0", [0, 0]],
  ["nonsense", "2", [1, 1]],
])("the sampler %s %s", async (sampler, ratio, [own, called]) => {
  const collector = await startCollector();
  const more = { OTEL_TRACES_SAMPLER: sampler, ...(ratio ? { OTEL_TRACES_SAMPLER_ARG: ratio } : {}) };
  const { lines } = await trace(
    collector,
    async (app) => {
      await post(app.url, token, { query: "query Own { viewer { scopes } }" });
      await post(app.url, token, { query: "query Called { viewer { scopes } }" }, { traceparent: TRACEPARENT });
    },
    more,
  );
  await collector.stop();
  const count = (name: string) => collector.spans.filter((span) => span.name === name).length;
  expect([count("query Own"), count("query Called")]).toEqual([own, called]);
  expect(lines.filter(({ msg }) => msg === "request")[1]?.traceId).toBe(TRACE);
});

test.each([
  ["never answers", () => startCollector(() => {}), "queue_full"],
  ["refuses", () => startCollector((response) => void response.writeHead(400).end()), "not_taken"],
  ["does not exist", async () => ({ ...(await startCollector()), url: "http://127.0.0.1:9" }), "queue_full"],
])("a collector that %s makes no request fail, and uses bounded memory", async (_what, start, reason) => {
  const collector = await start();
  const more = {
    OTEL_BSP_MAX_QUEUE_SIZE: "32",
    OTEL_BSP_SCHEDULE_DELAY: "10",
    SHELFMARK_METRICS_TOKEN: "scraper-0123456789",
  };
  let metrics = "";
  const { lines } = await trace(
    collector,
    async (app) => {
      for (let i = 0; i < 30; i++) {
        const answer = await post(app.url, token, { query: "query Own { models(first: 1) { nodes { name } } }" });
        expect(await answer.json()).not.toHaveProperty("errors");
      }
      const lost = new RegExp(`shelfmark_trace_spans_lost_total\\{reason="${reason}"\\} [1-9]`);
      await expect
        .poll(async () => {
          const headers = { authorization: "Bearer scraper-0123456789" };
          metrics = (await raw(app.url, { method: "GET", path: "/metrics", headers })).body;
          return metrics;
        })
        .toMatch(lost);
    },
    more,
    (app) => app.stop(),
  );
  await collector.stop();
  const warnings = lines.filter(({ msg }) => String(msg).startsWith("Spans are not delivered"));
  expect(warnings).toHaveLength(1);
});

test("spans that a collector does not accept delay the stop by one second at most", async () => {
  const collector = await startCollector(() => {});
  const options = { headers: {}, resource: {}, sampler: "always_on", ratio: 1, queueSize: 32, delayMs: 60_000 };
  const tracing = openOtelTracing({ ...options, url: `${collector.url}/v1/traces`, onLost() {} });
  tracing.startServerSpan("query", {}).end();
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const stopped = tracing.stop().finally(() => vi.useRealTimers());
  await expect.poll(() => collector.spans.length).toBe(1);
  vi.advanceTimersByTime(1_000);
  await stopped;
  await collector.stop();
});
