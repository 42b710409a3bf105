import { connect } from "node:net";
import { pino } from "pino";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type App, createApp } from "../../src/app.js";
import type { Database } from "../../src/store/connection/database.js";
import { openTestDatabase } from "../support/database/database.js";
import { type GraphQLAnswer, mintTestToken } from "../support/server.js";
import { openSocket, post } from "../support/transports.js";
import { testConfig } from "../support/wiring.js";

let database: Database;
let app: App;
let token: string;
const log: string[] = [];
beforeAll(async () => {
  database = await openTestDatabase();
  app = createApp(testConfig(), { log: pino({}, { write: (line: string) => void log.push(line) }), database });
  await app.start();
  token = await mintTestToken();
});
afterAll(async () => {
  await app?.stop();
  await database?.close();
});

const PROTOTYPE = JSON.stringify(Object.getOwnPropertyNames(Object.prototype).sort());
const isPure = () => {
  expect(JSON.stringify(Object.getOwnPropertyNames(Object.prototype).sort())).toBe(PROTOTYPE);
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
};

/** Sends the body as it is: JSON.stringify would change it. */
async function send(body: string | object): Promise<GraphQLAnswer> {
  return (await (await post(app.url, token, body)).json()) as GraphQLAnswer;
}
async function data(query: string, variables: object = {}) {
  const { data: answer, errors } = await send({ query, variables });
  if (errors) throw new Error(JSON.stringify(errors));
  return answer;
}

const KEYS = [
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "hasOwnProperty",
  "__defineGetter__",
  "then",
  "toJSON",
];

test("names of built-in properties are ordinary keys of tags, params and metrics, aliases and names", async () => {
  const list = KEYS.map((key) => ({ key, value: `of ${key}` }));
  const metrics = KEYS.map((key, i) => ({ key, value: i, step: 1, timestamp: "2026-01-01T00:00:00Z" }));
  for (const [i, name] of KEYS.entries()) {
    await data(
      `mutation ($name: String!, $tags: [TagInput!], $params: [ParamInput!], $metrics: [MetricInput!], $run: String, $id: ID!) {
        registerModel(input: {name: $name, tags: $tags}) { created }
        createRun(input: {experiment: {name: $name}, createExperiment: true, runId: $run, params: $params, tags: $tags}) { run { id } }
        logBatch(input: {run: $id, metrics: $metrics}) { run { id } }
        createModelVersion(input: {model: {name: $name}, source: "s3://b/x", run: $id, tags: $tags, aliases: [$name]}) { modelVersion { id } }
      }`,
      {
        name,
        tags: list,
        params: list,
        metrics,
        run: `${name.replaceAll("_", "")}-${i}`,
        id: `${name.replaceAll("_", "")}-${i}`,
      },
    );
  }
  const versions = KEYS.map((model) => ({ alias: { model, alias: model } }));
  const { compareVersions, models, runs, metricSeries } = await data(
    `query ($versions: [ModelVersionRef!]!, $keys: [String!]!, $runs: [ID!]!) {
      compareVersions(versions: $versions) { tags { key values } params { key values } metrics { key values } }
      models(orderBy: {field: NAME}) { nodes { name proto: tag(key: "__proto__") tags(keys: $keys) { key } versionByAlias(alias: "constructor") { number } } }
      runs { nodes { param(key: "__proto__") metrics(keys: $keys) { key value } } }
      metricSeries(runs: $runs, keys: $keys) { key count }
    }`,
    { versions, keys: KEYS, runs: KEYS.map((name, i) => `${name.replaceAll("_", "")}-${i}`) },
  );
  const rows = (values: (i: number) => unknown) =>
    [...KEYS].map((key, i) => ({ key, values: KEYS.map(() => values(i)) })).sort((a, b) => (a.key < b.key ? -1 : 1));
  const sorted = (found: { key: string }[]) => [...found].sort((a, b) => (a.key < b.key ? -1 : 1));
  expect(sorted(compareVersions.tags)).toEqual(rows((i) => `of ${KEYS[i]}`));
  expect(sorted(compareVersions.params)).toEqual(rows((i) => `of ${KEYS[i]}`));
  expect(sorted(compareVersions.metrics)).toEqual(rows((i) => i));
  expect(models.nodes.map(({ name }: { name: string }) => name)).toEqual([...KEYS].sort());
  for (const { name, proto, tags, versionByAlias } of models.nodes) {
    expect({ proto, tags: tags.length, version: versionByAlias?.number ?? null }).toEqual({
      proto: "of __proto__",
      tags: KEYS.length,
      version: name === "constructor" ? 1 : null,
    });
  }
  for (const { param, metrics: found } of runs.nodes) {
    expect({ param, found: found.length }).toEqual({ param: "of __proto__", found: KEYS.length });
  }
  expect(metricSeries).toHaveLength(KEYS.length ** 2);
  isPure();
});

const KEEP = `mutation ($flavors: JSON) {
  createModelVersion(input: {model: {name: "json"}, createModel: true, source: "s3://b/x", flavors: $flavors}) { modelVersion { flavors } }
}`;
const keep = (flavors: string) => send(`{"query":${JSON.stringify(KEEP)},"variables":{"flavors":${flavors}}}`);

test("stored JSON is returned unchanged, and pollutes no prototype", async () => {
  const json = '{"a":{"constructor":{"prototype":{"polluted":1}}},"toString":"x","toJSON":"y","n":[1e308,-0.5,5e-324]}';
  const { data: kept } = await keep(json);
  expect(kept.createModelVersion.modelVersion.flavors).toEqual(JSON.parse(json));
  isPure();
});

test.each([
  ['{"__proto__":{"polluted":1}}', "input.flavors"],
  ['{"a":[{"__proto__":1}]}', "input.flavors.a[0]"],
])("%s is refused: it would not be returned unchanged", async (json, field) => {
  const refusal = { code: "INVALID_INPUT", field };
  expect((await keep(json)).errors?.[0]?.extensions).toMatchObject(refusal);
  const literal = json.replaceAll('"', "");
  const { errors } = await send({
    query: KEEP.replace("flavors: $flavors", `flavors: ${literal}`).replace("($flavors: JSON)", ""),
  });
  expect(errors?.[0]?.extensions).toMatchObject(refusal);
  isPure();
});

test.each([
  [
    '{"query":"query ($constructor: String) { models(where: {name: {equals: $constructor}}) { totalCount } }","variables":{}}',
    "ok",
  ],
  [
    '{"query":"query ($__proto__: String!) { model(name: $__proto__) { id } }","variables":{"__proto__":"json"}}',
    "any",
  ],
  [
    '{"query":"query ($n: String!) { model(name: $n) { id } }","variables":{"__proto__":{"n":"json"}}}',
    "INVALID_INPUT",
  ],
  [
    '{"query":"query ($w: ModelFilter) { models(where: $w) { totalCount } }","variables":{"w":{"__proto__":{"name":{"equals":"x"}}}}}',
    "INVALID_INPUT",
  ],
  [
    '{"query":"query ($w: ModelFilter) { models(where: $w) { totalCount } }","variables":{"w":{"constructor":1}}}',
    "INVALID_INPUT",
  ],
  [
    '{"query":"query ($r: ModelVersionRef!) { modelVersion(ref: $r) { id } }","variables":{"r":{"__proto__":{"id":"x"}}}}',
    "INVALID_INPUT",
  ],
  ['{"__proto__":{"query":"{ viewer { scopes } }"}}', "any"],
  ['{"query":"{ viewer { scopes } }","__proto__":{"variables":1}}', "any"],
  ['{"query":"{ viewer { scopes } }","extensions":{"__proto__":{"persistedQuery":1}}}', "ok"],
  ['{"query":"{ viewer { scopes } }","operationName":"__proto__"}', "INVALID_DOCUMENT"],
  ['{"query":"query toString { viewer { scopes } }","operationName":"toString"}', "ok"],
])("%s", async (body, expected) => {
  const { data: answer, errors = [] } = await send(body);
  const code = errors[0]?.extensions.code ?? "ok";
  if (expected === "any") expect(code).not.toBe("INTERNAL");
  else expect(code).toBe(expected);
  expect(JSON.stringify(answer ?? null)).not.toContain("polluted");
  isPure();
});

test("numbers at the limits of their types are stored exactly, and refused beyond", async () => {
  const at = "2026-01-01T00:00:00Z";
  const values = [
    5e-324,
    -5e-324,
    1.7976931348623157e308,
    -1.7976931348623157e308,
    0.1,
    2 ** 53,
    "NaN",
    "Infinity",
    "-Infinity",
  ];
  const steps = [2 ** 53 - 1, -(2 ** 53) + 1, 0, 1, -1, 2 ** 31, -(2 ** 31) - 1, 2 ** 32, 7];
  const log = `mutation ($metrics: [MetricInput!]) { logBatch(input: {run: "edges", metrics: $metrics}) { run { id } } }`;
  await data(
    `mutation { createRun(input: {experiment: {name: "edges"}, createExperiment: true, runId: "edges"}) { run { id } } }`,
  );
  await data(log, { metrics: values.map((value, i) => ({ key: "m", value, step: steps[i], timestamp: at })) });
  const { run } = await data(`{ run(id: "edges") { metricHistory(key: "m", first: 200) { nodes { step value } } } }`);
  const expected = values.map((value, i) => ({ step: steps[i] as number, value })).sort((a, b) => a.step - b.step);
  expect(run.metricHistory.nodes).toEqual(expected);
  const metric = (text: string) => `{"query":${JSON.stringify(log)},"variables":{"metrics":[${text}]}}`;
  const refused = [
    ...["1e309", "-1e309", '"1e5"', '"nan"', '"Inf"', "true", "[]", "{}", "null"].map(
      (value) => `{"key":"m","value":${value}}`,
    ),
    ...["9007199254740992", "-9007199254740992", "1.5", '"1"', "1e300"].map(
      (step) => `{"key":"m","value":1,"step":${step}}`,
    ),
    ...['"1969-12-31T23:59:59Z"', '"+275760-09-13T00:00:01Z"', "0", '"2026-02-30T00:00:00Z"'].map(
      (time) => `{"key":"m","value":1,"timestamp":${time}}`,
    ),
  ];
  for (const text of refused) {
    expect((await send(metric(text))).errors?.[0]?.extensions.code, text).toBe("INVALID_INPUT");
  }
  for (const number of ["2147483648", "-2147483649", "1.5", "1e10", '"1"']) {
    const body = `{"query":"query ($n: Int!) { model(name: \\"m\\") { version(number: $n) { id } } }","variables":{"n":${number}}}`;
    expect((await send(body)).errors?.[0]?.extensions.code, number).toBe("INVALID_INPUT");
  }
});

test("a forged cursor cannot bring in text that the database cannot store", async () => {
  const query = `query ($after: String) {
    models(first: 1, after: $after, orderBy: { field: NAME, direction: ASC }) { pageInfo { endCursor } }
  }`;
  await send({ query: `mutation { registerModel(input: { name: "paged" }) { created } }` });
  const { endCursor } = (await send({ query })).data.models.pageInfo;
  const [list, , id] = JSON.parse(Buffer.from(endCursor, "base64url").toString());
  for (const name of ["\\ud800", "a\\udfff", "\\u0000"]) {
    const after = Buffer.from(`["${list}","${name}","${id}"]`).toString("base64url");
    const { errors } = await send({ query, variables: { after } });
    expect(errors, name).toMatchObject([{ extensions: { code: "INVALID_INPUT", field: "after" } }]);
  }
});

/** A request of these bytes, and the bytes of its answer. */
function raw(head: string, body: string): Promise<string> {
  const { hostname, port } = new URL(app.url);
  return new Promise((resolve, reject) => {
    let answer = "";
    const socket = connect(Number(port), hostname, () => {
      const lines = [
        `POST /graphql HTTP/1.1`,
        `host: ${hostname}:${port}`,
        `content-length: ${Buffer.byteLength(body)}`,
      ];
      socket.write(`${[...lines, "content-type: application/json", "connection: close"].join("\r\n")}\r\n`, "latin1");
      socket.write(`authorization: Bearer ${token}\r\n${head}\r\n\r\n`, "latin1");
      socket.write(body);
    });
    socket.setEncoding("latin1").on("data", (text) => {
      answer += text;
    });
    socket.on("end", () => resolve(answer)).on("error", reject);
  });
}

const HOSTILE_HEADS = [
  "x-request-id: a\u0085b",
  "x-request-id: a b",
  "x-request-id: \u009b31m",
  `x-request-id: ${"a".repeat(200)}`,
  "x-request-id: a\r\n folded: b",
  "x-request-id: a\nset-cookie: b=c",
  "x-request-id: a\rset-cookie: b=c",
  "user-agent: \u009b2J\u00ad\u0085",
  'user-agent: evil\t{"level":60}',
  "x-forwarded-for: 1.1.1.1, \u0085evil",
  "traceparent: 00-\u0085-evil-01",
];

// characters that a terminal or a line-based reader does not treat as text
// biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the point
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/;

test("no text of a client starts a header or a log line, or controls a terminal", async () => {
  log.length = 0;
  const names = ["\u202egnp", "a\u0085b", "a\u2028b", "\u009b31m", "\u001b[31m", 'x"}\n{"level":60,"msg":"forged"}'];
  for (const head of HOSTILE_HEADS) {
    const answer = await raw(head, '{"query":"{ viewer { scopes } }"}');
    const [headers = ""] = answer.split("\r\n\r\n");
    expect(headers, head).not.toMatch(/^(set-cookie|folded):/im);
    expect(headers.replaceAll("\r\n", ""), head).not.toMatch(UNPRINTABLE);
  }
  const socket = await openSocket(app.url, token);
  for (const [i, operationName] of names.entries()) {
    await send({ query: "{ viewer { scopes } }", operationName });
    socket.send({ id: String(i), type: "subscribe", payload: { query: "{ viewer { scopes } }", operationName } });
    await socket.nextFor(String(i));
    // what cannot be parsed names no operation that anybody could check the name by
    socket.send({ id: `${i} broken`, type: "subscribe", payload: { query: "{", operationName } });
    await socket.nextFor(`${i} broken`);
  }
  await socket.close();
  const requested = () => log.filter((line) => JSON.parse(line).msg === "request").length;
  await expect.poll(requested).toBeGreaterThanOrEqual(names.length);
  for (const line of log) {
    expect(line.trimEnd()).not.toMatch(UNPRINTABLE);
    expect(JSON.parse(line).msg).not.toBe("forged");
  }
});
