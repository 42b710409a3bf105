import { connect } from "node:net";
import { getIntrospectionQuery } from "graphql";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { createRateLimits } from "../../../src/server/limits/rate-limits.js";
import { mintTestToken } from "../../support/server.js";
import { openServers } from "../../support/servers.js";
import { stopClock } from "../../support/stop-clock.js";
import { BOOKMARKS, openSocket, post, raw, upgrade } from "../../support/transports.js";

let servers: Awaited<ReturnType<typeof openServers>>;
beforeAll(async () => {
  servers = await openServers();
});
afterAll(() => servers.stop());

beforeEach(stopClock);

const ME = { query: "{ viewer { actor { subject } } }" };
const refusal = (what: string) => ({
  message: expect.stringMatching(new RegExp(`^There were more than \\d+ ${what} in 10 s\\. Try again in \\d+ s\\.$`)),
  extensions: {
    ...{ code: "RATE_LIMITED", retryable: true, retryAfterSeconds: expect.any(Number), requestId: expect.any(String) },
  },
});

/** The first answer that is refused, and how many were not. */
async function until429(ask: () => Promise<Response>) {
  for (let taken = 0; taken < 100; taken++) {
    const response = await ask();
    if (response.status === 429) return { taken, response, body: await response.json() };
    await response.text();
  }
  throw new Error("Nothing was refused.");
}

function expectRefused(response: Response, body: unknown, what: string): void {
  expect(Number(response.headers.get("retry-after"))).toBeGreaterThan(0);
  expect(Number(response.headers.get("retry-after"))).toBeLessThanOrEqual(10);
  expect(response.headers.get("x-request-id")).toBeTruthy();
  expect(body).toMatchObject({ errors: [refusal(what)] });
}

describe("an address", () => {
  test("is refused after its requests, before its token is looked at, and so are its sockets", async () => {
    const url = await servers.serve({ SHELFMARK_LIMIT_ADDRESS_REQUESTS: "5" });
    const token = await mintTestToken();
    const { taken, response, body } = await until429(() => post(url, token, ME));
    expect(taken).toBe(5);
    expectRefused(response, body, "requests from your address");
    expect((await post(url, null, ME)).status).toBe(429);
    const refused = await upgrade(url, {});
    expect([refused.status, Number(refused.headers["retry-after"]) > 0]).toEqual([429, true]);
    expect((await raw(url, { method: "GET", path: "/healthz" })).status, "probes are not counted").toBe(200);
  });

  test("is refused what is no request like one, and not heard at all past its rate", async () => {
    const url = await servers.serve({ SHELFMARK_LIMIT_ADDRESS_REQUESTS: "3" });
    const { hostname, port } = new URL(url);
    const heard = () =>
      new Promise<string>((resolve) => {
        let all = "";
        const socket = connect(Number(port), hostname, () => socket.write("HELO\r\n\r\n"));
        socket.on("error", () => {});
        socket.on("data", (data) => {
          all += data;
        });
        socket.on("close", () => resolve(all.split("\r\n")[0] ?? ""));
      });
    const answers = [await heard(), await heard(), await heard(), await heard()];
    expect(answers).toEqual([...Array(3).fill("HTTP/1.1 400 Bad Request"), ""]);
    expect((await post(url, await mintTestToken(), ME)).status).toBe(429);
  });

  test("pays more for a token that is refused", async () => {
    const url = await servers.serve({ SHELFMARK_LIMIT_ADDRESS_REQUESTS: "50" });
    const { taken } = await until429(() => post(url, "guess", ME));
    expect(taken).toBe(3);
  });

  test("is the client's, behind a proxy that is trusted, and nobody's word otherwise", async () => {
    const limits = { SHELFMARK_LIMIT_ADDRESS_REQUESTS: "3" };
    const [trusting, wary] = [
      await servers.serve({ ...limits, SHELFMARK_TRUSTED_PROXIES: "127.0.0.1" }),
      await servers.serve(limits),
    ];
    const token = await mintTestToken();
    const from = (url: string, address: string) => post(url, token, ME, { "x-forwarded-for": address });
    const { taken } = await until429(() => from(trusting, "198.51.100.1"));
    expect(taken).toBe(3);
    expect((await from(trusting, "198.51.100.2")).status).toBe(200);
    let next = 0;
    const faked = await until429(() => from(wary, `198.51.100.${++next}`));
    expect(faked.taken).toBe(3);
  });
});

describe("a viewer", () => {
  test("is refused after so many operations, on both doors, whatever token is shown; others are not", async () => {
    const url = await servers.serve({ SHELFMARK_LIMIT_VIEWER_OPERATIONS: "5" });
    const socket = await openSocket(url, await mintTestToken());
    for (let i = 0; i < 3; i++) expect((await socket.answer(`${i}`, ME.query)).errors).toBeUndefined();
    const { taken, response, body } = await until429(async () => post(url, await mintTestToken(), ME));
    expect(taken).toBe(2);
    expectRefused(response, body, "operations of yours");
    expect((await socket.answer("4", ME.query)).errors).toMatchObject([refusal("operations of yours")]);
    expect((await socket.answer("5", BOOKMARKS)).errors).toMatchObject([refusal("operations of yours")]);
    expect((await post(url, await mintTestToken({ subject: "other" }), ME)).status).toBe(200);
    await socket.close();
  });

  test("pays more for what is long to read, on both doors", async () => {
    const url = await servers.serve({ SHELFMARK_LIMIT_VIEWER_OPERATIONS: "20" });
    const long = { query: ME.query, variables: { unused: "x".repeat(100_000) } };
    for (const subject of ["of-http", "of-socket"]) {
      const token = await mintTestToken({ subject });
      const socket = await openSocket(url, token);
      for (const id of ["1", "2"]) {
        if (subject === "of-http") expect((await post(url, token, long)).status).toBe(200);
        else {
          socket.say({ id, type: "subscribe", payload: long });
          await socket.about(id);
        }
      }
      const { taken } = await until429(() => post(url, token, ME));
      expect(taken).toBeLessThan(20 - 2 * 6);
      await socket.close();
    }
  });

  test("is charged what its operations cost, before they are executed", async () => {
    const url = await servers.serve({ SHELFMARK_LIMIT_VIEWER_POINTS: "1000" });
    const token = await mintTestToken();
    const page = (first: number) => ({ query: `{ models(first: ${first}) { nodes { id } } }` });
    const { taken, response, body } = await until429(() => post(url, token, page(100)));
    expect(taken).toBeGreaterThan(1);
    expect(taken).toBeLessThan(10);
    expectRefused(response, body, "points of complexity of yours");
    const socket = await openSocket(url, token);
    expect((await socket.answer("1", page(100).query)).errors).toMatchObject([
      refusal("points of complexity of yours"),
    ]);
    await socket.close();
  });

  test("is charged for what it asks of the schema", async () => {
    const url = await servers.serve({ SHELFMARK_LIMIT_VIEWER_POINTS: "30000" });
    const token = await mintTestToken({ subject: "curious", scopes: [] });
    const { taken, body } = await until429(() => post(url, token, { query: getIntrospectionQuery() }));
    expect(taken).toBe(1);
    expect(body).toMatchObject({ errors: [refusal("points of complexity of yours")] });
  });

  test("is not charged for a mutation that was not done", async () => {
    const url = await servers.serve({ SHELFMARK_LIMIT_VIEWER_POINTS: "1" });
    const mutation = { query: `mutation { a: registerModel(input: {name: "charged"}) { model { id name } } }` };
    expect((await post(url, await mintTestToken({ subject: "poor" }), mutation)).status).toBe(429);
    expect(await servers.database.prisma.model.count({ where: { name: "charged" } })).toBe(0);
  });
});

test("the counters take no more memory however many addresses come", async () => {
  const rates = createRateLimits({ addressRequests: 1_000_000, viewerOperations: 1, viewerPoints: 1 });
  const flood = async (from: number, count: number) => {
    for (let i = from; i < from + count; i++)
      await rates.countRequest(`10.${(i >> 16) & 255}.${(i >> 8) & 255}.${i & 255}`);
  };
  const before = vi.getTimerCount();
  await flood(0, 300_000);
  // each counter has a timer that ends it
  const counters = vi.getTimerCount() - before;
  expect(counters).toBeGreaterThan(2 ** 15);
  expect(counters).toBeLessThanOrEqual(2 ** 16);
});
