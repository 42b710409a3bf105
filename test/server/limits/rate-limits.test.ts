import { connect } from "node:net";
import { getIntrospectionQuery } from "graphql";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { toLimits } from "../../../src/config/limits.js";
import { createRateLimits } from "../../../src/server/limits/rate-limits.js";
import { WindowLimit } from "../../../src/server/limits/window-limit.js";
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
const refusal = (excess: string) => ({
  message: expect.stringMatching(new RegExp(`^${excess} in 10 s\\. Try again in \\d+ s\\.$`)),
  extensions: {
    code: "RATE_LIMITED",
    retryable: true,
    retryAfterSeconds: expect.any(Number),
    requestId: expect.any(String),
  },
});
const REQUESTS = "Your address sent more than \\d+ requests";
const OPERATIONS = "You sent more than \\d+ operations";
const POINTS = "Your operations cost more than \\d+ points of complexity";

/** Repeats a request until it is refused. Returns the refusal, and how many requests were accepted before. */
async function until429(ask: () => Promise<Response>) {
  for (let accepted = 0; accepted < 100; accepted++) {
    const response = await ask();
    if (response.status === 429) return { accepted, response, body: await response.json() };
    await response.text();
  }
  throw new Error("Nothing was refused.");
}

function expectRefused(response: Response, body: unknown, excess: string): void {
  expect(Number(response.headers.get("retry-after"))).toBeGreaterThan(0);
  expect(Number(response.headers.get("retry-after"))).toBeLessThanOrEqual(10);
  expect(response.headers.get("x-request-id")).toBeTruthy();
  expect(body).toMatchObject({ errors: [refusal(excess)] });
}

describe("an address", () => {
  test("is refused past its rate before its token is verified, over HTTP and WebSocket", async () => {
    const url = await servers.serve({ SHELFMARK_LIMIT_ADDRESS_REQUESTS: "5" });
    const token = await mintTestToken();
    const { accepted, response, body } = await until429(() => post(url, token, ME));
    expect(accepted).toBe(5);
    expectRefused(response, body, REQUESTS);
    expect((await post(url, null, ME)).status).toBe(429);
    const refused = await upgrade(url, {});
    expect([refused.status, Number(refused.headers["retry-after"]) > 0]).toEqual([429, true]);
    expect((await raw(url, { method: "GET", path: "/healthz" })).status, "probes are not counted").toBe(200);
  });

  test("is charged for malformed requests, and is not answered past its rate", async () => {
    const url = await servers.serve({ SHELFMARK_LIMIT_ADDRESS_REQUESTS: "3" });
    const { hostname, port } = new URL(url);
    const statusLine = () =>
      new Promise<string>((resolve) => {
        let all = "";
        const socket = connect(Number(port), hostname, () => socket.write("HELO\r\n\r\n"));
        socket.on("error", () => {});
        socket.on("data", (data) => {
          all += data;
        });
        socket.on("close", () => resolve(all.split("\r\n")[0] ?? ""));
      });
    const answers = [await statusLine(), await statusLine(), await statusLine(), await statusLine()];
    expect(answers).toEqual([...Array(3).fill("HTTP/1.1 400 Bad Request"), ""]);
    expect((await post(url, await mintTestToken(), ME)).status).toBe(429);
  });

  test("is charged more for a refused token", async () => {
    const url = await servers.serve({ SHELFMARK_LIMIT_ADDRESS_REQUESTS: "50" });
    const { accepted } = await until429(() => post(url, "guess", ME));
    expect(accepted).toBe(3);
  });

  test("is that of X-Forwarded-For behind a trusted proxy only", async () => {
    const limits = { SHELFMARK_LIMIT_ADDRESS_REQUESTS: "3" };
    const [trusting, wary] = [
      await servers.serve({ ...limits, SHELFMARK_TRUSTED_PROXIES: "127.0.0.1" }),
      await servers.serve(limits),
    ];
    const token = await mintTestToken();
    const from = (url: string, address: string) => post(url, token, ME, { "x-forwarded-for": address });
    const { accepted } = await until429(() => from(trusting, "198.51.100.1"));
    expect(accepted).toBe(3);
    expect((await from(trusting, "198.51.100.2")).status).toBe(200);
    let next = 0;
    const faked = await until429(() => from(wary, `198.51.100.${++next}`));
    expect(faked.accepted).toBe(3);
  });
});

describe("a viewer", () => {
  test("is refused past its operations over HTTP and WebSocket together, whichever token it uses; others are not", async () => {
    const url = await servers.serve({ SHELFMARK_LIMIT_VIEWER_OPERATIONS: "5" });
    const socket = await openSocket(url, await mintTestToken());
    for (let i = 0; i < 3; i++) expect((await socket.answer(`${i}`, ME.query)).errors).toBeUndefined();
    const { accepted, response, body } = await until429(async () => post(url, await mintTestToken(), ME));
    expect(accepted).toBe(2);
    expectRefused(response, body, OPERATIONS);
    expect((await socket.answer("4", ME.query)).errors).toMatchObject([refusal(OPERATIONS)]);
    expect((await socket.answer("5", BOOKMARKS)).errors).toMatchObject([refusal(OPERATIONS)]);
    expect((await post(url, await mintTestToken({ subject: "other" }), ME)).status).toBe(200);
    await socket.close();
  });

  test("is charged more for long requests, over HTTP and WebSocket", async () => {
    const url = await servers.serve({ SHELFMARK_LIMIT_VIEWER_OPERATIONS: "20" });
    const long = { query: ME.query, variables: { unused: "x".repeat(100_000) } };
    for (const subject of ["of-http", "of-socket"]) {
      const token = await mintTestToken({ subject });
      const socket = await openSocket(url, token);
      for (const id of ["1", "2"]) {
        if (subject === "of-http") expect((await post(url, token, long)).status).toBe(200);
        else {
          socket.send({ id, type: "subscribe", payload: long });
          await socket.nextFor(id);
        }
      }
      const { accepted } = await until429(() => post(url, token, ME));
      expect(accepted).toBeLessThan(20 - 2 * 6);
      await socket.close();
    }
  });

  test("is charged the complexity of its operations before they are executed", async () => {
    const url = await servers.serve({ SHELFMARK_LIMIT_VIEWER_POINTS: "1000" });
    const token = await mintTestToken();
    const page = (first: number) => ({ query: `{ models(first: ${first}) { nodes { id } } }` });
    const { accepted, response, body } = await until429(() => post(url, token, page(100)));
    expect(accepted).toBeGreaterThan(1);
    expect(accepted).toBeLessThan(10);
    expectRefused(response, body, POINTS);
    const socket = await openSocket(url, token);
    expect((await socket.answer("1", page(100).query)).errors).toMatchObject([refusal(POINTS)]);
    await socket.close();
  });

  test("is charged for introspection", async () => {
    const url = await servers.serve({ SHELFMARK_LIMIT_VIEWER_POINTS: "40000" });
    const token = await mintTestToken({ subject: "curious", scopes: [] });
    const { accepted, body } = await until429(() => post(url, token, { query: getIntrospectionQuery() }));
    expect(accepted).toBe(1);
    expect(body).toMatchObject({ errors: [refusal(POINTS)] });
  });

  test("cannot execute a mutation that exceeds its points", async () => {
    const url = await servers.serve({ SHELFMARK_LIMIT_VIEWER_POINTS: "1" });
    const mutation = { query: `mutation { a: registerModel(input: {name: "charged"}) { model { id name } } }` };
    expect((await post(url, await mintTestToken({ subject: "poor" }), mutation)).status).toBe(429);
    expect(await servers.database.prisma.model.count({ where: { name: "charged" } })).toBe(0);
  });
});

test("one token may look up keys for a whole team: by default, load refuses long before a count does", () => {
  const defaults = toLimits({});
  const rates = createRateLimits(defaults);
  const actor = { issuer: "i", subject: "dashboard", name: null, kind: "MACHINE" as const };
  // what `{ model(name: …) { name latestVersion { number stage } } }` counts, several times what a process can serve in 10 s
  for (let i = 0; i < 20_000; i++) {
    rates.countRequest("192.0.2.1");
    rates.countOperation(actor, 500);
    rates.charge(actor, 100);
  }
  // neither the address nor the points stop what the operations allow
  expect(defaults.addressRequests).toBeGreaterThanOrEqual(defaults.viewerOperations);
  expect(defaults.viewerPoints / defaults.viewerOperations).toBeGreaterThan(100);
});

test("the counters use bounded memory, however many addresses send requests", () => {
  const use = vi.spyOn(WindowLimit.prototype, "use").mockReturnValue(0);
  const rates = createRateLimits({ addressRequests: 1_000_000, viewerOperations: 1, viewerPoints: 1 });
  for (let i = 0; i < 300_000; i++) rates.countRequest(`10.${(i >> 16) & 255}.${(i >> 8) & 255}.${i & 255}`);
  const keys = new Set(use.mock.calls.map(([key]) => key));
  use.mockRestore();
  expect(keys.size).toBeGreaterThan(2 ** 15);
  expect(keys.size).toBeLessThanOrEqual(2 ** 16);
});

test("a window begins with its first point, counts what it refuses, and is forgotten after its end", () => {
  const limit = new WindowLimit(2, 10_000);
  expect([limit.use(1, 2), limit.use(1, 1), limit.use(2, 1)]).toEqual([0, 10_000, 0]);
  vi.advanceTimersByTime(9_999);
  expect([limit.use(1, 0), limit.use(3, 3)]).toEqual([1, 10_000]);
  vi.advanceTimersByTime(1);
  expect(limit.use(1, 2)).toBe(0);
  // the first two ended, and key 1 has a new one
  expect(limit.size).toBe(2);
});
