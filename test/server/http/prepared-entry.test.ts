import { request as httpRequest } from "node:http";
import { gzipSync } from "node:zlib";
import { pino } from "pino";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type App, createApp } from "../../../src/app.js";
import type { Database } from "../../../src/store/connection/database.js";
import { openTestDatabase } from "../../support/database/database.js";
import { prepareEveryQuery } from "../../support/reference-operations.js";
import { mintTestToken } from "../../support/token.js";
import { openSocket, post } from "../../support/transports.js";
import { testConfig } from "../../support/wiring.js";

const FRIEND = "https://app.example";
const prepared = prepareEveryQuery();
const lines: string[] = [];
let database: Database;
let app: App;
let token: string;
let narrow: string;
beforeAll(async () => {
  database = await openTestDatabase();
  const log = pino({}, { write: (line: string) => void lines.push(line) });
  app = createApp(
    testConfig({
      SHELFMARK_CORS_ORIGINS: FRIEND,
      SHELFMARK_LIMIT_BODY_BYTES: "20000",
      SHELFMARK_METRICS_TOKEN: "scrape-the-metrics",
    }),
    {
      log,
      database,
    },
  );
  await app.start();
  token = await mintTestToken();
  narrow = await mintTestToken({ scopes: ["models:read"], models: ["m-1*"] });
  for (let n = 0; n < 30; n++) {
    const query = `mutation { registerModel(input: { name: "m-${n}" }) { created } }`;
    await post(app.url, token, { query });
  }
});
afterAll(async () => {
  await app?.stop();
  await database?.close();
});
beforeEach(() => {
  prepared.forget();
  prepared.counts.executed = 0;
});

interface Sent {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | object;
  readonly token?: string | null;
  readonly method?: string;
}

/** The status line, headers and bytes of an answer; what differs from request to request is left out. */
interface Received {
  readonly status: string;
  readonly headers: readonly string[];
  readonly body: string;
  readonly line: unknown;
  readonly metrics: readonly string[];
}

const FIXED = [/^date: /i, /^x-request-id: (?!mine)/i];

function exchange({
  headers = {},
  body,
  token: own = token,
  method = "POST",
}: Sent): Promise<Omit<Received, "line" | "metrics">> {
  const { hostname, port, pathname } = new URL(app.url);
  const authorization: Record<string, string> = own === null ? {} : { authorization: `Bearer ${own}` };
  const bytes = typeof body === "string" || body instanceof Uint8Array ? body : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      {
        hostname,
        port,
        path: pathname,
        method,
        agent: false,
        headers: { "content-type": "application/json", ...authorization, ...headers },
      },
      (response) => {
        const parts: Buffer[] = [];
        response.on("data", (part: Buffer) => parts.push(part));
        response.on("error", reject);
        response.on("end", () => {
          const { rawHeaders, statusCode, statusMessage } = response;
          const named = rawHeaders.flatMap((name, i) => (i % 2 === 0 ? [`${name}: ${rawHeaders[i + 1]}`] : []));
          const text = Buffer.concat(parts).toString("latin1");
          resolve({
            status: `${statusCode} ${statusMessage}`,
            headers: named.filter((header) => !FIXED.some((pattern) => pattern.test(header))),
            body: text.replace(/"requestId":"[^"]+"/g, '"requestId":"…"'),
          });
        });
      },
    );
    request.on("error", reject);
    request.end(method === "GET" ? undefined : bytes);
  });
}

/** One request with its log line, and by how much it raised the metrics of requests. */
async function send(sent: Sent): Promise<Received> {
  lines.length = 0;
  const before = await counters();
  const answer = await exchange(sent);
  const logged = () => lines.map((line) => JSON.parse(line)).filter(({ msg }) => msg === "request");
  await expect.poll(() => logged().length).toBe(1);
  const [{ time, ms, requestId, ...line }] = logged();
  const raised = (await counters()).filter((counter) => !before.includes(counter));
  return { ...answer, line, metrics: raised.map((counter) => counter.replace(/ \d+$/, "")) };
}

/** The counters of operations, without those of time and of the path. */
async function counters(): Promise<string[]> {
  const { origin } = new URL(app.url);
  const headers = { authorization: "Bearer scrape-the-metrics" };
  const text = await (await fetch(`${origin}/metrics`, { headers })).text();
  return text
    .split("\n")
    .filter((line) =>
      /^shelfmark_(operations_total|operation_duration_seconds_count|http_responses|authent)/.test(line),
    );
}

const NAMES = "query Names($first: Int!) { models(first: $first) { nodes { name } } }";
const BIG = "{ models(first: 30) { totalCount nodes { name createdAt createdBy { subject } tags { key } } } }";
const TWO = "query A { viewer { scopes } } query B { __typename }";

/** By a name: the members of the body beside the document. */
const BODIES = {
  "without a name": { query: "{ __typename }" },
  "with an empty name and null variables": { query: "{ __typename }", operationName: "", variables: null },
  "with a name": { query: "query Who { viewer { actor { subject } } }" },
  "with variables": { query: NAMES, variables: { first: 2 }, operationName: "Names" },
  "one of two operations": { query: TWO, operationName: "B" },
  "a long answer": { query: BIG },
  "the head of the log": { query: "{ head { revision } models { totalCount } }" },
  "null extensions": { query: "{ __typename }", extensions: null },
} as const;

const HEADERS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "no more headers": {},
  "the JSON of GraphQL over HTTP": { accept: "application/graphql-response+json" },
  "a preferred stream": { accept: "text/event-stream, application/json;q=0.5" },
  "any type": { accept: "*/*", "user-agent": "a\u00adb" },
  gzip: { "accept-encoding": "gzip" },
  "br or gzip": { "accept-encoding": "gzip, br" },
  identity: { "accept-encoding": "identity" },
  "no coding": { "accept-encoding": "gzip;q=0, br;q=0" },
  "a known origin": { origin: FRIEND },
  "another origin": { origin: "https://evil.example" },
  "an id": { "x-request-id": "mine" },
  "a trace": { traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" },
  "no kept connection": { connection: "close" },
  "an expectation": { expect: "100-continue" },
  chunks: { "transfer-encoding": "chunked" },
};

describe.each(Object.entries(HEADERS))("with %s", (_, headers) => {
  test.each(Object.entries(BODIES))("a prepared operation is answered as a plain one: %s", async (_name, body) => {
    const plain = await send({ headers, body });
    const again = await send({ headers, body });
    expect(again).toEqual(plain);
    expect(plain.status).toBe("200 OK");
    expect(prepared.counts.executed).toBe(1);
  });
});

test("a compressed body is read as before", async () => {
  const body = gzipSync(JSON.stringify(BODIES["with variables"]));
  const headers = { "content-encoding": "gzip" };
  expect(await send({ headers, body })).toEqual(await send({ headers, body }));
  expect(prepared.counts.executed).toBe(1);
});

const deep = (levels: number): unknown => (levels === 0 ? 1 : { x: deep(levels - 1) });

describe("the plain path answers", () => {
  const good = { query: NAMES, variables: { first: 2 } };
  test.each<[string, Sent]>([
    ["a missing variable", { body: { query: NAMES } }],
    ["a wrong variable", { body: { query: NAMES, variables: { first: "x" } } }],
    ["variables in a list", { body: { query: NAMES, variables: [] } }],
    ["variables that are text", { body: { query: NAMES, variables: "x" } }],
    ["deep variables", { body: { query: NAMES, variables: { first: 2, x: deep(60) } } }],
    ["text that is not Unicode", { body: '{"query":"{ __typename }","variables":{"x":"\\ud800"}}' }],
    ["a name that is no text", { body: { ...good, operationName: 7 } }],
    ["a name that the document does not have", { body: { ...good, operationName: "Other" } }],
    ["an unknown parameter", { body: { ...good, more: 1 } }],
    ["an id of a document", { body: { ...good, documentId: "x" } }],
    ["an operation that is too complex", { body: { query: NAMES, variables: { first: 100_000 } } }],
    ["a field that is refused", { body: { query: "{ webhooks { nodes { url } } }" }, token: "narrow" }],
    ["a type that is not ours", { body: good, headers: { accept: "image/png" } }],
    ["a query as a stream", { body: good, headers: { accept: "text/event-stream" } }],
    ["no token", { body: good, token: null }],
    ["a wrong token", { body: good, token: "x" }],
    ["a list", { body: [good] }],
    ["no JSON", { body: "{" }],
    ["no body", { body: "" }],
    ["bytes that are not UTF-8", { body: Buffer.from([0x22, 0xff, 0x22]) }],
    ["a body that is too long", { body: { ...good, variables: { first: 2, x: "x".repeat(30_000) } } }],
    [
      "a long body in chunks",
      { body: `{"query":"${"#".repeat(30_000)}"}`, headers: { "transfer-encoding": "chunked" } },
    ],
    ["an unknown coding", { body: good, headers: { "content-encoding": "zstd" } }],
    ["a coding that is not one", { body: good, headers: { "content-encoding": "gzip" } }],
    ["another method", { body: "", method: "PUT" }],
    ["a header of preflights", { body: good, headers: { origin: FRIEND, "access-control-request-headers": "x" } }],
    ["a preflight", { body: "", method: "OPTIONS", headers: { origin: FRIEND } }],
    ["a GET", { body: "", method: "GET" }],
  ])("%s, before and after its document is prepared", async (_, sent) => {
    const given = sent.token === "narrow" ? { ...sent, token: narrow } : sent;
    const plain = await send(given);
    await post(app.url, token, good);
    await post(app.url, token, { query: "{ webhooks { nodes { url } } }" });
    expect(await send(given)).toEqual(plain);
  });
});

test("operations of sockets and of GET are executed as prepared ones too", async () => {
  const { query } = BODIES["with a name"];
  await post(app.url, token, { query });
  const socket = await openSocket(app.url, token);
  expect(await socket.answer("1", query)).toMatchObject({ data: { viewer: { actor: { subject: "tester" } } } });
  await socket.close();
  const got = await fetch(`${app.url}?query=${encodeURIComponent(query)}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  expect(await got.json()).toEqual({ data: { viewer: { actor: { subject: "tester" } } } });
  expect(prepared.counts.executed).toBe(2);
});

test("mutations, subscriptions and introspection are never prepared", async () => {
  for (const query of [
    'mutation { registerModel(input: { name: "m-1" }) { created } }',
    "{ __schema { types { name } } }",
  ]) {
    await post(app.url, token, { query });
    await post(app.url, token, { query });
  }
  expect(prepared.counts.executed).toBe(0);
});
