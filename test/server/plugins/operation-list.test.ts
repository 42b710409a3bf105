import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { reconcile } from "../../../src/client/index.js";
import { ConfigError, loadConfig } from "../../../src/config/load-config.js";
import { sha256 } from "../../../src/util/sha256.js";
import { runCommand } from "../../support/command-fixture.js";
import { type GraphQLAnswer, startTestServer, type TestServer } from "../../support/server.js";
import { BOOKMARKS, openSocket, openSse, post, type Socket } from "../../support/transports.js";
import { startServerOn } from "../../support/wiring.js";

const LISTED = "query Me { viewer { actor { subject } } }";
const WRITE = 'mutation { registerModel(input: {name: "by-get"}) { created } }';
const NESTED = "query Find($where: ModelFilter) { models(where: $where) { totalCount } }";
let server: TestServer;
let app: { url: string; stop(): Promise<void> };
let token: string;
let socket: Socket;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "shelfmark-operations-"));
  const file = join(folder, "operations.json");
  writeFileSync(file, JSON.stringify({ relay1: LISTED, [sha256(BOOKMARKS)]: BOOKMARKS, find: NESTED, write: WRITE }));
  server = await startTestServer();
  token = await server.token();
  app = await startServerOn(server.database, {
    SHELFMARK_OPERATIONS: file,
    SHELFMARK_LIMIT_VARIABLE_DEPTH: "6",
    SHELFMARK_LIMIT_VARIABLE_LIST: "10",
  });
  socket = await openSocket(app.url, token);
});
afterAll(async () => {
  await socket.close();
  await app.stop();
  await server.stop();
  rmSync(folder, { recursive: true });
});

let asked = 0;
/** The response to a body, which must be the same over HTTP and WebSocket. */
async function said(body: object, url = app.url, on = socket): Promise<string> {
  const http = (await (await post(url, token, body)).json()) as GraphQLAnswer;
  const id = String(++asked);
  on.send({ id, type: "subscribe", payload: { query: "", ...body } });
  const { type, payload } = await on.nextFor(id);
  if (type === "next") await on.nextFor(id);
  const [first, second] = [http, type === "error" ? { errors: payload } : payload].map(({ data, errors }) =>
    errors ? `${errors[0].extensions.code}: ${errors[0].message}` : JSON.stringify(data),
  );
  expect(second).toBe(first);
  return first ?? "";
}

const ANSWER = '{"viewer":{"actor":{"subject":"tester"}}}';
const UNLISTED = "INVALID_DOCUMENT: This server executes only the operations of its list. This one is not in it.";
const hashed = (sha256Hash: unknown) => ({ extensions: { persistedQuery: { version: 1, sha256Hash } } });

describe("a list of operations", () => {
  test.each<[string, object, string]>([
    ["the text itself", { query: LISTED }, ANSWER],
    ["the hash of the text", hashed(sha256(LISTED)), ANSWER],
    ["the hash and the text", { query: LISTED, ...hashed(sha256(LISTED)) }, ANSWER],
    ["the id of the file", { documentId: "relay1" }, ANSWER],
    ["another text", { query: "{ viewer { scopes } }" }, UNLISTED],
    ["the same text with one more blank", { query: `${LISTED} ` }, UNLISTED],
    ["introspection", { query: "{ __schema { types { name } } }" }, UNLISTED],
    ["a mutation", { query: 'mutation { registerModel(input: {name: "x"}) { created } }' }, UNLISTED],
    ["a hash that is not listed", hashed(sha256("x")), UNLISTED],
    ["a listed hash with another text", { query: "{ viewer { scopes } }", ...hashed(sha256(LISTED)) }, UNLISTED],
    ["a listed id with another text", { query: "{ viewer { scopes } }", documentId: "relay1" }, UNLISTED],
    ["the name of a member that every object has", { documentId: "__proto__" }, UNLISTED],
    ["a hash that is not a string", hashed({ a: 1 }), UNLISTED],
    ["nothing", {}, UNLISTED],
  ])("%s", async (_name, body, expected) => expect(await said(body)).toBe(expected));

  test("takes the same parameters by GET", async () => {
    const asked = async (parameters: Record<string, string>) => {
      const headers = { authorization: `Bearer ${token}` };
      return (await fetch(`${app.url}?${new URLSearchParams(parameters)}`, { headers })).text();
    };
    expect(await asked({ documentId: "relay1" })).toContain(ANSWER);
    expect(await asked({ extensions: JSON.stringify(hashed(sha256(LISTED)).extensions) })).toContain(ANSWER);
    expect(await asked({ documentId: "relay1", query: "{ viewer { scopes } }" })).toContain("INVALID_DOCUMENT");
  });

  test("does not let GET execute a listed mutation, by any kind of id", async () => {
    for (const body of [{ documentId: "write" }, { query: WRITE }, hashed(sha256(WRITE))]) {
      const parameters = Object.entries(body).map(([name, value]) => [
        name,
        typeof value === "string" ? value : JSON.stringify(value),
      ]);
      const headers = { authorization: `Bearer ${token}`, "x-http-method-override": "POST" };
      const answer = await fetch(`${app.url}?${new URLSearchParams(parameters)}`, { headers });
      expect([answer.status, (await answer.json()).errors[0].extensions.code]).toEqual([405, "INVALID_DOCUMENT"]);
    }
    expect(await server.data('{ model(name: "by-get") { id } }')).toEqual({ model: null });
  });

  test("applies to subscriptions, too", async () => {
    expect((await (await openSse(app.url, token, BOOKMARKS)).next())?.data).toBeTruthy();
    const refused = await openSse(app.url, token, "subscription { aliasChanged { cursor } }");
    expect(JSON.stringify(await refused.next().catch(() => refused.response.status))).toMatch(/INVALID_DOCUMENT|400/);
  });

  test.each([
    ["no file", null, /it cannot be read \(ENOENT\)/],
    ["invalid JSON", "{", /it is not JSON/],
    ["not an object", "[]", /it must be a JSON object that maps ids to documents/],
    ["not a text", '{"a": 1}', /"a" is not a text/],
    ["not a document", '{"a": "{ viewer"}', /"a" is not a GraphQL document: Syntax Error/],
  ])("%s stops the start", (name, text, sentence) => {
    const path = join(folder, name);
    if (text !== null) writeFileSync(path, text);
    expect(() => loadConfig({ SHELFMARK_OPERATIONS: path })).toThrow(ConfigError);
    expect(() => loadConfig({ SHELFMARK_OPERATIONS: path })).toThrow(sentence);
  });
});

test("a server without a list requires the document itself", async () => {
  const open = await openSocket(server.url, token);
  expect(await said({ documentId: sha256(LISTED) }, server.url, open)).toBe(
    "INVALID_DOCUMENT: This server has no list of operations. Send the document itself.",
  );
  // by this message alone Apollo's links know to send the document
  expect(await said(hashed(sha256(LISTED)), server.url, open)).toBe("INVALID_DOCUMENT: PersistedQueryNotSupported");
  const both = { ...hashed(sha256(LISTED)), query: LISTED };
  expect(await said(both, server.url, open)).toBe(ANSWER);
  await open.close();
});

describe("variables", () => {
  const nest = (depth: number): object => (depth === 0 ? {} : { NOT: nest(depth - 1) });
  test.each<[string, object, string]>([
    ["within their bounds", { where: { name: { in: ["a", "b"] } } }, '{"models":{"totalCount":0}}'],
    ["too deep", { where: nest(8) }, "INVALID_INPUT: The variables are nested in more than 6 levels."],
    [
      "a list that is too long",
      { where: { name: { in: Array.from({ length: 11 }, () => "a") } } },
      "INVALID_INPUT: where holds 11 elements; at most 10 are allowed.",
    ],
  ])("%s", async (_name, variables, expected) => expect(await said({ query: NESTED, variables })).toBe(expected));

  test("so deep that recursion would exhaust the stack", async () => {
    const deep = `{"query":${JSON.stringify(NESTED)},"variables":{"where":${'{"NOT":'.repeat(100_000)}null${"}".repeat(100_000)}}}`;
    const response = await post(app.url, token, deep);
    expect(await response.json()).toMatchObject({
      errors: [{ extensions: { code: "INVALID_INPUT", field: "variables" } }],
    });
  });
});

test("the list that `shelfmark operations` prints allows `shelfmark watch`, and nothing else", async () => {
  const { out } = await runCommand(["operations"]);
  const file = join(folder, "own.json");
  writeFileSync(file, out);
  const strict = await startServerOn(server.database, { SHELFMARK_OPERATIONS: file });
  await server.data(
    `mutation { createModelVersion(input: { model: { name: "listed" }, createModel: true, source: "s3://b/x", aliases: ["champion"] }) { modelVersion { id } }
      transitionModelVersion(input: { version: { number: { model: "listed", number: 1 } }, to: PRODUCTION }) { transition { id } } }`,
  );
  const env = { SHELFMARK_URL: strict.url, SHELFMARK_TOKEN: token };
  const since = new Date(Date.now() - 3_600_000).toISOString();
  const follow = ["watch", "--json", "--once", "--since", since];
  expect(await runCommand([...follow, "--model", "listed"], env)).toMatchObject({ code: 0 });
  expect(await runCommand([...follow, "--alias", "champion"], env)).toMatchObject({ code: 0 });
  for (const at of [{ stage: "PRODUCTION" }, { alias: "champion" }] as const) {
    const stop = new AbortController();
    const stood: string[] = [];
    const apply = async ({ modelName }: { modelName: string }) => {
      stood.push(modelName);
      stop.abort();
    };
    await reconcile({ url: strict.url, token, at, apply, signal: stop.signal });
    expect(stood).toEqual(["listed"]);
  }
  const refused = (await (await post(strict.url, token, { query: LISTED })).json()) as GraphQLAnswer;
  expect(refused.errors?.[0]?.extensions.code).toBe("INVALID_DOCUMENT");
  await strict.stop();
});
