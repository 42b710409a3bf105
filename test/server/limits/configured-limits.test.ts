import { readFileSync } from "node:fs";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from "vitest";
import { createApp } from "../../../src/app.js";
import { LIMIT_RULES } from "../../../src/config/limits.js";
import type { Limits } from "../../../src/config/load-config.js";
import { TEST_DATABASE_KIND } from "../../support/database/database.js";
import { addressOf, createTestDatabase, dropTestDatabase } from "../../support/database/postgres-server.js";
import { eventually } from "../../support/eventually.js";
import { holdField } from "../../support/hold-field.js";
import { type GraphQLAnswer, mintTestToken } from "../../support/server.js";
import { openServers } from "../../support/servers.js";
import { BOOKMARKS, openSocket, post } from "../../support/transports.js";
import { startServerOn, testConfig } from "../../support/wiring.js";

/** The test that sets each limit to another value than its default, and reaches it. */
const TESTED_IN: Readonly<Record<keyof Limits, string>> = {
  bodyBytes: "../http/http-handler",
  frameBytes: "../http/http-handler",
  heldBytes: "../../security/held-requests",
  documentTokens: "configured-limits",
  documentDepth: "configured-limits",
  documentAliases: "configured-limits",
  documentDirectives: "configured-limits",
  documentFragments: "configured-limits",
  documentComplexity: "configured-limits",
  answerCharacters: "configured-limits",
  requestTimeoutMs: "../plugins/use-request-timeout",
  statementTimeoutMs: "configured-limits",
  resultBytes: "configured-limits",
  subscriptionBytes: "configured-limits",
  subscriptionsPerSocket: "../plugins/use-document-limits",
  subscriptionsPerViewer: "../plugins/use-document-limits",
  connectionInitTimeoutMs: "../plugins/use-document-limits",
  shutdownGraceMs: "configured-limits",
  addressRequests: "rate-limits",
  viewerOperations: "rate-limits",
  viewerPoints: "rate-limits",
  executing: "admission",
  waiting: "admission",
  waitMs: "configured-limits",
  connections: "connections",
  addressConnections: "connections",
  greetingBytes: "connections",
  headersMs: "admission",
  bodyMs: "admission",
  keepAliveMs: "../http/keep-alive",
  answerMs: "admission",
  idleSocketMs: "admission",
  pingMs: "admission",
  transfers: "../../mlflow/artifacts/transfers",
  transferIdleMs: "../../mlflow/artifacts/transfers",
  variableDepth: "../plugins/operation-list",
  variableList: "../plugins/operation-list",
};

test.each(Object.entries(TESTED_IN))("the limit %s has a test in %s", (limit, file) => {
  const { variable } = LIMIT_RULES[limit as keyof Limits];
  const text = readFileSync(new URL(`${file}.test.ts`, import.meta.url), "utf8");
  expect(text).toMatch(new RegExp(`\\b${variable}: "\\d+"`));
});

let servers: Awaited<ReturnType<typeof openServers>>;
beforeAll(async () => {
  servers = await openServers();
});
afterAll(() => servers.stop());

const SELECTED = "{ __typename }";
const summary = ({ errors }: GraphQLAnswer) => (errors ? `${errors[0]?.extensions.code}: ${errors[0]?.message}` : "ok");
const many = (count: number, each: (i: number) => string) => Array.from({ length: count }, (_, i) => each(i)).join(" ");
const tooMany = (what: string, max: number) =>
  `TOO_COMPLEX: The document has too many ${what}; at most ${max} are allowed.`;

describe("documents are bounded by configuration", () => {
  const SETTINGS = {
    SHELFMARK_LIMIT_TOKENS: "150",
    SHELFMARK_LIMIT_DEPTH: "5",
    SHELFMARK_LIMIT_ALIASES: "30",
    SHELFMARK_LIMIT_DIRECTIVES: "2",
    SHELFMARK_LIMIT_FRAGMENTS: "10",
    SHELFMARK_LIMIT_COMPLEXITY: "200",
  };
  const aliases = (count: number) => `{ ${many(count, (i) => `a${i}: __typename`)} }`;
  const directives = (count: number) => `{ __typename ${many(count, () => `... @include(if: true) ${SELECTED}`)} }`;
  const fragments = (count: number) =>
    `{ ${many(count, (i) => `...F${i}`)} } ${many(count, (i) => `fragment F${i} on Query ${SELECTED}`)}`;
  const fields = (count: number) => `{ ${many(count, () => "__typename")} }`;
  const page = (first: number) => `{ models(first: ${first}) { nodes { id name } } }`;

  test.each([
    ["tokens", fields(140), fields(150), tooMany("tokens", 150)],
    [
      "levels of fields",
      "{ models { nodes { latestVersion { model { id } } } } }",
      "{ models { nodes { latestVersion { model { latestVersion { id } } } } } }",
      tooMany("levels of fields", 5),
    ],
    ["aliases", aliases(30), aliases(31), tooMany("aliases", 30)],
    ["directives", directives(2), directives(3), tooMany("directives", 2)],
    ["fragments", fragments(10), fragments(11), tooMany("fragments", 10)],
    ["complexity", page(20), page(200), expect.stringMatching(/^TOO_COMPLEX: .* at most 200 is allowed/)],
  ])("%s, over HTTP and WebSocket", async (_what, within, past, refusal) => {
    const url = await servers.serve(SETTINGS);
    const token = await mintTestToken();
    const socket = await openSocket(url, token);
    for (const [query, expected] of [
      [within, "ok"],
      [past, refusal],
    ]) {
      const http = (await (await post(url, token, { query })).json()) as GraphQLAnswer;
      expect([summary(http), summary(await socket.answer(query, query))]).toEqual([expected, expected]);
    }
    await socket.close();
  });
});

test("the text of an answer is bounded over HTTP and WebSocket, whichever fields it is in", async () => {
  const url = await servers.serve({ SHELFMARK_LIMIT_ANSWER_CHARACTERS: "5000" });
  const token = await mintTestToken();
  const ask = async (query: string) => (await (await post(url, token, { query })).json()) as GraphQLAnswer;
  const value = "x".repeat(1_000);
  const made = await ask(`mutation {
    registerModel(input: { name: "wordy", tags: [{ key: "a", value: "${value}" }, { key: "b", value: "${value}" }] }) { created }
    createModelVersion(input: { model: { name: "wordy" }, source: "s3://b/x", signature: { inputs: "${value}" } }) { modelVersion { id } }
  }`);
  expect(made.errors).toBeUndefined();
  const tags = (count: number) => `{ ${many(count, (i) => `m${i}: model(name: "wordy") { tags { value } }`)} }`;
  const others = (count: number) =>
    `{ ${many(
      count,
      (i) => `v${i}: modelVersion(ref: {number: {model: "wordy", number: 1}}) { signature tag(key: "none") }
      m${i}: model(name: "wordy") { tag(key: "a") }`,
    )} }`;
  const socket = await openSocket(url, token);
  for (const [within, past] of [
    [tags(2), tags(3)],
    [others(2), others(3)],
  ] as const) {
    expect(summary(await ask(within))).toBe("ok");
    const refused = await ask(past);
    for (const answer of [refused, await socket.answer(past, past)])
      expect(summary(answer)).toMatch(/^TOO_COMPLEX: The answer has more text than the 5000 characters/);
    expect(JSON.stringify(refused.data).length).toBeLessThan(6_000);
  }
  await socket.close();
});

test("the request for a subscription is bounded in bytes", async () => {
  const url = await servers.serve({ SHELFMARK_LIMIT_SUBSCRIPTION_BYTES: "1024" });
  const socket = await openSocket(url, await mintTestToken());
  const padded = (length: number) => BOOKMARKS.padEnd(length);
  const first = async (id: string, query: string) => {
    socket.subscribe(id, query);
    return summary((await socket.nextFor(id)).payload);
  };
  expect(await first("within", padded(800))).toBe("ok");
  expect(await first("past", padded(1_100))).toMatch(/^TOO_COMPLEX: .* 1024 bytes at most/);
  await socket.close();
});

/** Does the work while nothing can read models. */
async function whileModelsAreLocked(pool: typeof servers.database.pool, work: () => Promise<void>): Promise<void> {
  const client = await pool.connect();
  await client.query("BEGIN");
  await client.query('LOCK TABLE "Model" IN ACCESS EXCLUSIVE MODE');
  try {
    await work();
  } finally {
    await client.query("ROLLBACK");
    client.release();
  }
}

const MODELS = { query: "{ models { totalCount } }" };

test("an operation that waits too long for its place in the queue is refused with 503", async () => {
  const url = await servers.serve({ SHELFMARK_LIMIT_EXECUTING: "1", SHELFMARK_LIMIT_WAIT_MS: "150" });
  const [first, second] = [await mintTestToken({ subject: "first" }), await mintTestToken({ subject: "second" })];
  const models = holdField("Query", "models");
  onTestFinished(models.restore);
  const executing = post(url, first, MODELS);
  await expect.poll(models.asked).toBe(1);
  const refused = await post(url, second, MODELS);
  expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "2"]);
  models.release();
  expect((await executing).status).toBe(200);
});

test("a server that stops waits a bounded time for running requests", async () => {
  const hasty = await startServerOn(servers.database, { SHELFMARK_LIMIT_SHUTDOWN_MS: "200" });
  const patient = await startServerOn(servers.database, { SHELFMARK_LIMIT_SHUTDOWN_MS: "3600000" });
  const token = await mintTestToken();
  const models = holdField("Query", "models");
  onTestFinished(models.restore);
  const [cut, answered] = [hasty, patient].map(({ url }) =>
    post(url, token, MODELS).then(
      ({ status }) => status,
      () => "cut off",
    ),
  );
  await expect.poll(models.asked).toBe(2);
  const stopped = Promise.all([hasty.stop(), patient.stop()]);
  expect(await cut).toBe("cut off");
  models.release();
  expect(await answered).toBe(200);
  await stopped;
});

// The embedded database runs in the thread of the server, where nothing can interrupt a statement.
test.skipIf(TEST_DATABASE_KIND === "pglite")(
  "a statement that takes too long is cancelled, and its transaction is rolled back",
  async () => {
    const name = await createTestDatabase(inject("templateDatabase"));
    const settings = { DATABASE_URL: addressOf(name), SHELFMARK_LIMIT_STATEMENT_MS: "1000" };
    const app = createApp(testConfig(settings), { log: pino({ level: "error" }) });
    await app.start();
    const token = await mintTestToken();
    const { default: pg } = await import("pg");
    const pool = new pg.Pool({ connectionString: addressOf(name) });
    const register = { query: 'mutation { registerModel(input: { name: "late" }) { created } }' };
    await whileModelsAreLocked(pool, async () => {
      for (const body of [MODELS, register]) {
        const { errors } = (await (await post(app.url, token, body)).json()) as GraphQLAnswer;
        expect(errors).toMatchObject([{ message: /one statement/, extensions: { code: "TIMEOUT", retryable: true } }]);
      }
    });
    await eventually(async () =>
      expect(await (await post(app.url, token, MODELS)).json()).toEqual({ data: { models: { totalCount: 0 } } }),
    );
    await app.stop();
    await pool.end();
    await dropTestDatabase(name);
  },
);

// The results of the embedded database are in this process before anything can count them.
test.skipIf(TEST_DATABASE_KIND === "pglite")(
  "the result of a statement is bounded in bytes, whoever stored it",
  async () => {
    const name = await createTestDatabase(inject("templateDatabase"));
    const settings = {
      DATABASE_URL: addressOf(name),
      SHELFMARK_LIMIT_RESULT_BYTES: "1048576",
      SHELFMARK_POOL_SIZE: "1",
    };
    const app = createApp(testConfig(settings), { log: pino({ level: "error" }) });
    await app.start();
    const token = await mintTestToken();
    const ask = async (query: string) => (await (await post(app.url, token, { query })).json()) as GraphQLAnswer;
    const value = "x".repeat(90_000);
    for (let i = 0; i < 4; i++) {
      const tags = many(4, (tag) => `{ key: "t${tag}", value: "${value}" }`);
      const made = await ask(`mutation { registerModel(input: { name: "m${i}", tags: [${tags}] }) { created } }`);
      expect(made.errors).toBeUndefined();
    }
    const texts = (count: number) => ask(`{ models(first: ${count}) { nodes { tags { value } } } }`);
    for (let round = 0; round < 2; round++) {
      expect((await texts(2)).data.models.nodes).toHaveLength(2);
      const { errors } = await texts(4);
      expect(errors).toMatchObject([
        { message: /Ask for less/, extensions: { code: "TOO_COMPLEX", retryable: false } },
      ]);
    }
    await app.stop();
    await dropTestDatabase(name);
  },
);
