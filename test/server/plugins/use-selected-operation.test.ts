import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { App } from "../../../src/app.js";
import { type GraphQLAnswer, startTestServer, type TestServer } from "../../support/server.js";
import { openSocket, openSse, post, type Socket } from "../../support/transports.js";
import { startServerOn } from "../../support/wiring.js";

let server: TestServer;
let token: string;
let socket: Socket;
beforeAll(async () => {
  server = await startTestServer();
  token = await server.token();
  socket = await openSocket(server.url, token);
});
afterAll(async () => {
  await socket?.close();
  await server?.stop();
});

const CHEAP = "query Cheap { head { revision } }";
const repeat = (count: number, part: (index: number) => string) => Array.from({ length: count }, (_, i) => part(i));
const DEEP = `${"model { latestVersion { ".repeat(9)} id ${"} } ".repeat(9)}`;
const SCHEMA_40_TIMES = repeat(40, (i) => `a${i}: __schema { types { fields { name description args { name } } } }`);

/** What each limit looks at, by its name: the expensive operation, and the sentence of the limit. */
const EXPENSIVE: readonly [string, string, string][] = [
  ["complexity", "{ models(first: 200) { nodes { versions(first: 200) { nodes { id } } } } }", "has a complexity of"],
  ["depth", `{ models { nodes { latestVersion { ${DEEP} } } } }`, "too many levels of fields"],
  ["aliases", `{ ${repeat(61, (i) => `a${i}: __typename`).join(" ")} }`, "too many aliases"],
  ["directives", `{ ${repeat(51, () => "... @include(if: true) { __typename }").join(" ")} }`, "too many directives"],
  ["introspection", `{ ${SCHEMA_40_TIMES.join(" ")} }`, "more than twice the whole schema"],
  [
    "complexity of its fragments",
    "{ ...Wide } fragment Wide on Query { models(first: 200) { nodes { versions(first: 200) { nodes { id } } } } }",
    "has a complexity of",
  ],
];

let operations = 0;
/** The answers of HTTP and of a WebSocket to the operation of this name. */
async function answers(query: string, operationName: string | null | undefined, as = token, on = socket) {
  const http = await post(server.url, as, { query, operationName });
  const id = String(operations++);
  on.send({ id, type: "subscribe", payload: { query, operationName } });
  const { type, payload } = await on.nextFor(id);
  return [await http.json(), type === "error" ? { errors: payload } : payload] as GraphQLAnswer[];
}
const summaries = async (query: string, operationName: string | null | undefined) =>
  (await answers(query, operationName)).map(({ errors }) => errors?.[0]?.message ?? "ok");

describe.each(EXPENSIVE)("the limit of %s", (_limit, expensive, sentence) => {
  const files = [`${CHEAP} query Expensive ${expensive}`, `query Expensive ${expensive} ${CHEAP}`];

  test("holds for the selected operation, wherever it stands in the file", async () => {
    const refusal = expect.stringContaining(sentence);
    for (const file of files) expect(await summaries(file, "Expensive")).toEqual([refusal, refusal]);
  });

  test("does not hold for an operation that is not selected", async () => {
    for (const file of files) expect(await summaries(file, "Cheap")).toEqual(["ok", "ok"]);
  });

  test("does not refuse a stream of the same file", async () => {
    const query = `query Expensive ${expensive} subscription Watch { stageChanged { cursor } }`;
    socket.send({ id: "watch", type: "subscribe", payload: { query, operationName: "Watch" } });
    const { payload } = await socket.nextFor("watch");
    expect(payload).toMatchObject({ data: { stageChanged: { cursor: expect.any(String) } } });
    socket.send({ id: "watch", type: "complete" });
    const sse = await openSse(server.url, token, query, {}, "Watch");
    expect(await sse.next()).toMatchObject({ data: { stageChanged: { cursor: expect.any(String) } } });
    sse.leave();
  });
});

test("an operation that is not selected may have required variables", async () => {
  const file = `query One($name: String!) { model(name: $name) { id } } ${CHEAP}`;
  expect(await summaries(file, "Cheap")).toEqual(["ok", "ok"]);
});

test("the points of the selected operation are charged", async () => {
  const poor: App = await startServerOn(server.database, { SHELFMARK_LIMIT_VIEWER_POINTS: "100" });
  const as = await server.token({ subject: "poor" });
  const file = `${CHEAP} query Wide { models(first: 100) { nodes { id } } }`;
  expect((await post(poor.url, as, { query: file, operationName: "Cheap" })).status).toBe(200);
  expect((await post(poor.url, as, { query: file, operationName: "Wide" })).status).toBe(429);
  await poor.stop();
});

test("`head` is read first in the selected operation, and not for another one of the file", async () => {
  const file = `query Names { models(first: 1) { nodes { name } } } query Both { models(first: 1) { totalCount } head { cursor } }`;
  for (const { data } of await answers(file, "Both")) expect(Object.keys(data)).toEqual(["models", "head"]);
  for (const { data } of await answers(file, "Names")) expect(Object.keys(data)).toEqual(["models"]);
});

test("the whole document must be valid, also what is not selected", async () => {
  const refusal = expect.stringContaining('Cannot query field "nonsense"');
  expect(await summaries(`${CHEAP} query Wrong { nonsense }`, "Cheap")).toEqual([refusal, refusal]);
});

test.each([
  ["an unknown name", `${CHEAP} query Other { __typename }`, "Nope", 'named "Nope". It has "Cheap", "Other".'],
  ["a name for an anonymous operation", "{ __typename }", "Nope", 'named "Nope". Its operation has no name.'],
  ["no name for two", `${CHEAP} query Other { __typename }`, null, "has 2 operations; operationName must say which"],
  ["an empty name for two", `${CHEAP} query Other { __typename }`, "", "has 2 operations; operationName must say"],
  ["no operation", "fragment F on Query { __typename }", null, "The document has no operation."],
])("%s is refused by that name", async (_case, query, operationName, sentence) => {
  for (const { errors } of await answers(query, operationName)) {
    expect(errors).toMatchObject([{ message: expect.any(String), extensions: { code: "INVALID_DOCUMENT" } }]);
    if (query.startsWith("fragment")) continue; // validation speaks first, of the fragment that nobody uses
    expect(errors?.[0]?.message).toContain(sentence);
  }
});

test.each(["", null, undefined])("the name %j of a single operation is as good as none", async (operationName) => {
  expect(await summaries(CHEAP, operationName)).toEqual(["ok", "ok"]);
});

test("an operationName that is no text is refused", async () => {
  const response = await post(server.url, token, { query: CHEAP, operationName: 5 });
  expect([response.status, (await response.json()).errors]).toMatchObject([
    400,
    [{ extensions: { code: "INVALID_DOCUMENT" } }],
  ]);
});
