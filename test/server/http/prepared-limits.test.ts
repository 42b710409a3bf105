import { connect } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { prepareEveryQuery } from "../../support/reference-operations.js";
import { mintTestToken } from "../../support/server.js";
import { openServers } from "../../support/servers.js";
import { stopClock } from "../../support/stop-clock.js";
import { post } from "../../support/transports.js";

const prepared = prepareEveryQuery();
const PAGE = { query: "query Page($n: Int!) { models(first: $n) { nodes { name } } }", variables: { n: 9 } };
const ME = { query: "{ viewer { actor { subject } } }" };
/** It is refused for this token: the prepared operation gives up, and the plain path answers. */
const REFUSED = { query: "{ webhooks { nodes { url } } }" };
/** Introspection costs points too, wherever it is selected. */
const HIDDEN = { query: "{ ... { __schema { types { name } } } }" };

let servers: Awaited<ReturnType<typeof openServers>>;
let token: string;
beforeAll(async () => {
  servers = await openServers();
  token = await mintTestToken({ scopes: ["models:read"] });
});
afterAll(() => servers.stop());
beforeEach(() => {
  prepared.forget();
  prepared.counts.executed = 0;
  prepared.interruptWith(async () => {});
});

/** How many requests are accepted before one is refused, and that refusal. */
async function acceptedOf(url: string, body: object, isPrepared: boolean) {
  for (let accepted = 0; accepted < 100; accepted++) {
    if (!isPrepared) prepared.forget();
    const response = await post(url, token, body);
    const text = await response.text();
    if (response.status === 429)
      return { accepted, refusal: text.replace(/"requestId":"[^"]+"|\d+ s\.|Seconds":\d+/g, "") };
  }
  throw new Error("Nothing was refused.");
}

describe.each([
  ["requests of an address", { SHELFMARK_LIMIT_ADDRESS_REQUESTS: "7" }, ME],
  ["operations of a viewer", { SHELFMARK_LIMIT_VIEWER_OPERATIONS: "7" }, ME],
  ["points of a viewer", { SHELFMARK_LIMIT_VIEWER_POINTS: "500" }, PAGE],
  ["points for what is refused in the end", { SHELFMARK_LIMIT_VIEWER_POINTS: "500" }, REFUSED],
  ["points for introspection", { SHELFMARK_LIMIT_VIEWER_POINTS: "20000" }, HIDDEN],
] as const)("%s", (_, limits, body) => {
  beforeEach(stopClock);

  test("count alike for prepared and plain operations", async () => {
    const plain = await acceptedOf(await servers.serve(limits), body, false);
    const again = await acceptedOf(await servers.serve(limits), body, true);
    expect(again).toEqual(plain);
    expect(plain.accepted).toBeGreaterThan(1);
  });
});

test("a prepared operation that takes too long ends with TIMEOUT, and is executed once", async () => {
  const url = await servers.serve({ SHELFMARK_LIMIT_REQUEST_MS: "150" });
  await post(url, token, ME);
  let finish = () => {};
  prepared.interruptWith(
    () =>
      new Promise((done) => {
        finish = done;
      }),
  );
  const json = await post(url, token, ME);
  expect([json.status, (await json.json()).errors[0].extensions.code]).toEqual([200, "TIMEOUT"]);
  finish();
  const response = await post(url, token, ME, { accept: "application/graphql-response+json" });
  expect([response.status, (await response.json()).errors[0].extensions.code]).toEqual([504, "TIMEOUT"]);
  finish();
  expect(prepared.counts.executed).toBe(2);
});

test("prepared operations wait for a place to execute, and are refused past the queue", async () => {
  const url = await servers.serve({ SHELFMARK_LIMIT_EXECUTING: "1", SHELFMARK_LIMIT_WAITING: "2" });
  await post(url, token, ME);
  const held: (() => void)[] = [];
  prepared.interruptWith(() => new Promise((done) => held.push(done)));
  const [first, second] = [post(url, token, ME), post(url, token, ME)];
  await expect.poll(() => held.length).toBe(1);
  const third = await post(url, token, ME);
  expect([third.status, (await third.json()).errors[0].extensions.code]).toEqual([503, "UNAVAILABLE"]);
  held[0]?.();
  expect((await first).status).toBe(200);
  await expect.poll(() => held.length).toBe(2);
  held[1]?.();
  expect((await second).status).toBe(200);
  prepared.interruptWith(async () => {});
  expect((await post(url, token, ME)).status, "every place is free again").toBe(200);
});

test("a client that leaves frees its place once its operation is done", async () => {
  const url = await servers.serve({ SHELFMARK_LIMIT_EXECUTING: "1", SHELFMARK_LIMIT_WAITING: "1" });
  await post(url, token, ME);
  const held: (() => void)[] = [];
  prepared.interruptWith(() => new Promise((done) => held.push(done)));
  const leave = new AbortController();
  const left = fetch(url, {
    method: "POST",
    signal: leave.signal,
    headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
    body: JSON.stringify(ME),
  }).catch(() => "left");
  await expect.poll(() => held.length).toBe(1);
  leave.abort();
  expect(await left).toBe("left");
  prepared.interruptWith(async () => {});
  held[0]?.();
  await expect.poll(async () => (await post(url, token, ME)).status).toBe(200);
});

test("a token that expires while the body arrives is refused", async () => {
  let aheadMs = 0;
  const url = await servers.serve({}, () => new Date(Date.now() + aheadMs));
  await post(url, token, ME);
  const { hostname, port } = new URL(url);
  const body = JSON.stringify(ME);
  const socket = connect(Number(port), hostname);
  let answer = "";
  socket.setEncoding("utf8").on("data", (text) => {
    answer += text;
  });
  const head = `POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\nauthorization: Bearer ${token}\r\ncontent-length: ${body.length}\r\n\r\n`;
  socket.write(head + body.slice(0, 5));
  await new Promise((done) => setTimeout(done, 200));
  aheadMs = 7_200_000;
  socket.write(body.slice(5));
  await expect.poll(() => answer).toContain("The token has expired.");
  expect(answer).toMatch(/^HTTP\/1.1 401 /);
  expect(prepared.counts.executed).toBe(0);
  socket.destroy();
});

test("a token that is revoked after its operation was prepared is refused", async () => {
  const url = await servers.serve({});
  const stolen = await mintTestToken({ tokenId: "stolen", scopes: ["models:read"] });
  for (let round = 0; round < 2; round++) expect((await post(url, stolen, ME)).status).toBe(200);
  expect(prepared.counts.executed).toBe(1);
  const query = `mutation { revokeTokens(input: { tokens: { tokenId: "stolen" } }) { revocation { id } } }`;
  expect((await post(url, await mintTestToken({ scopes: ["admin"] }), { query })).status).toBe(200);
  await expect.poll(async () => (await post(url, stolen, ME)).status).toBe(401);
  const executed = prepared.counts.executed;
  const answer = await post(url, stolen, ME);
  expect([answer.status, await answer.text()]).toEqual([401, expect.stringContaining("The token has been revoked.")]);
  expect(prepared.counts.executed).toBe(executed);
});

test("pipelined requests are answered in their order, prepared or not", async () => {
  const url = await servers.serve({});
  await post(url, token, ME);
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  let answers = "";
  socket.setEncoding("utf8").on("data", (text) => {
    answers += text;
  });
  const requestOf = (body: object) => {
    const text = JSON.stringify(body);
    return `POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\nauthorization: Bearer ${token}\r\ncontent-length: ${text.length}\r\n\r\n${text}`;
  };
  socket.write(
    [{ query: "{ first: __typename, viewer { scopes } }" }, ME, { query: "{ third: __typename }" }, ME]
      .map(requestOf)
      .join(""),
  );
  await expect.poll(() => answers.match(/HTTP\/1.1 200 OK/g)?.length).toBe(4);
  await expect
    .poll(() => answers.match(/\{"data":\{"\w+"/g))
    .toEqual(['{"data":{"first"', '{"data":{"viewer"', '{"data":{"third"', '{"data":{"viewer"']);
  socket.destroy();
});
