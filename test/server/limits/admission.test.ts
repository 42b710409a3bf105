import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { Admission } from "../../../src/server/limits/admission.js";
import { MemoryBudget } from "../../../src/server/limits/memory-budget.js";
import { recordStatements } from "../../support/database/statements.js";
import { mintTestToken } from "../../support/server.js";
import { openServers } from "../../support/servers.js";
import { BOOKMARKS, openSocket, openSse, post, raw } from "../../support/transports.js";

let servers: Awaited<ReturnType<typeof openServers>>;
let url: string;
beforeAll(async () => {
  servers = await openServers();
  url = await servers.serve({ SHELFMARK_LIMIT_HEADERS_MS: "200", SHELFMARK_LIMIT_BODY_MS: "400" });
});
afterAll(() => servers.stop());

const actor = (subject: string) => ({ issuer: "i", subject, name: null, kind: "USER" as const });

describe("admission", () => {
  test("counts the bytes of a body whose length was not known, and releases them with the request", () => {
    const memory = new MemoryBudget({ heldBytes: 400, bodyBytes: 1, frameBytes: 1 });
    const admission = new Admission({ executing: 2, waiting: 4, waitMs: 600_000 }, memory);
    const arrival = admission.arrive();
    arrival.addBytes(1_000_000); // before the token is verified nobody is charged
    arrival.assignTo(actor("a"), 60);
    arrival.addBytes(40);
    expect(() => arrival.addBytes(1)).toThrow("The server is overloaded.");
    expect(memory.tryAcquire(actor("a"), 1)).toBe(false);
    arrival.end();
    expect(memory.tryAcquire(actor("a"), 100)).toBe(true);
  });

  test("executes a number at once, queues a number in order, and refuses the rest at once", async () => {
    const admission = new Admission({ executing: 2, waiting: 4, waitMs: 600_000 });
    const [first, second] = [await admission.enter(actor("a")), await admission.enter(actor("a"))];
    const entered: string[] = [];
    const wait = (who: string) =>
      admission.enter(actor(who)).then((leave) => {
        entered.push(who);
        return leave;
      });
    const [a, b, c, d] = [wait("a"), wait("b"), wait("c"), wait("d")];
    expect(admission.isFull()).toBe(true);
    await expect(admission.enter(actor("e"))).rejects.toMatchObject({
      code: "UNAVAILABLE",
      details: { retryAfterSeconds: 2 },
    });
    first();
    first();
    await a;
    expect(entered).toEqual(["a"]);
    second();
    (await b)();
    (await c)();
    await d;
    expect([entered, admission.isFull()]).toEqual([["a", "b", "c", "d"], false]);
  });

  test("lets one actor fill at most half of the queue", async () => {
    const admission = new Admission({ executing: 1, waiting: 4, waitMs: 600_000 });
    const leave = await admission.enter(actor("flood"));
    const waiting = ["flood", "flood", "flood", "other"].map((who) => admission.enter(actor(who)));
    const [first, second, third, other] = waiting;
    await expect(third).rejects.toMatchObject({ code: "UNAVAILABLE" });
    leave();
    for (const place of [first, second, other]) (await place)?.();
    expect(admission.isFull()).toBe(false);
  });

  test("lets one actor use at most three quarters of the places: others overtake its waiting operations", async () => {
    const admission = new Admission({ executing: 4, waiting: 4, waitMs: 600_000 });
    const first = await admission.enter(actor("flood"));
    for (let taken = 1; taken < 3; taken++) await admission.enter(actor("flood"));
    const entered: string[] = [];
    const wait = (who: string) => admission.enter(actor(who)).then(() => entered.push(who));
    void wait("flood");
    await wait("other");
    expect(entered).toEqual(["other"]);
    first();
    await expect.poll(() => entered).toEqual(["other", "flood"]);
  });

  test("admits no more arrivals of one actor than can execute and wait, because shedding them later costs more", async () => {
    const admission = new Admission({ executing: 8, waiting: 4, waitMs: 600_000 });
    let arrived = 0;
    const arrive = () => {
      admission.arrive().assignTo(actor("flood"));
      arrived++;
    };
    expect(() => {
      for (;;) arrive();
    }).toThrow("overloaded");
    expect(arrived).toBe(8);
    const places = Array.from({ length: arrived }, () => admission.enter(actor("flood")));
    await expect(admission.enter(actor("flood"))).rejects.toMatchObject({ code: "UNAVAILABLE" });
    for (const place of places) (await place)();
  });

  test("refuses what waits too long, and frees its place in the queue", async () => {
    const admission = new Admission({ executing: 1, waiting: 1, waitMs: 20 });
    const leave = await admission.enter(actor("a"));
    await expect(admission.enter(actor("b"))).rejects.toMatchObject({ code: "UNAVAILABLE" });
    leave();
    const [again, next] = [await admission.enter(actor("c")), admission.enter(actor("d"))];
    again();
    (await next)();
    expect(admission.isFull()).toBe(false);
  });

  test("does not count a request against its actor if the client leaves before its token is verified", () => {
    const admission = new Admission({ executing: 1, waiting: 2, waitMs: 20 });
    for (let left = 0; left < 3; left++) {
      const arrival = admission.arrive();
      arrival.end();
      arrival.assignTo(actor("a"));
    }
    const places = [admission.arrive(), admission.arrive(), admission.arrive()];
    for (const place of places.slice(0, 2)) place.assignTo(actor("a"));
    expect(() => places[2]?.assignTo(actor("a"))).toThrow("overloaded");
  });
});

test("an overloaded server answers 503 quickly, keeps answering its probes, and recovers", async () => {
  const busy = await servers.serve({ SHELFMARK_LIMIT_EXECUTING: "1", SHELFMARK_LIMIT_WAITING: "2" });
  const client = await servers.database.pool.connect();
  await client.query("BEGIN");
  await client.query(`LOCK TABLE "Model" IN ACCESS EXCLUSIVE MODE`);
  const came: Response[] = [];
  const ask = async (subject: string) => {
    const response = await post(busy, await mintTestToken({ subject }), { query: "{ models { totalCount } }" });
    came.push(response);
    return response.status;
  };
  const asked = Array.from({ length: 6 }, (_, i) => ask(`one of many ${i}`));
  await expect.poll(() => came.length).toBe(3);
  for (const shed of came.slice(0, 3)) {
    expect([shed.status, shed.headers.get("retry-after")]).toEqual([503, "2"]);
    expect(await shed.json()).toMatchObject({
      errors: [{ extensions: { code: "UNAVAILABLE", retryable: true, requestId: expect.any(String) } }],
    });
  }
  expect((await raw(busy, { method: "GET", path: "/healthz" })).status).toBe(200);
  await client.query("ROLLBACK");
  client.release();
  expect((await Promise.all(asked)).sort()).toEqual([200, 200, 200, 503, 503, 503]);
  expect(await ask("later")).toBe(200);
});

test("one actor that tests webhooks against a host that never answers does not lock others out", async () => {
  const held: Socket[] = [];
  const tarPit = createServer((socket) => void held.push(socket.on("error", () => {})));
  await new Promise<void>((resolve) => void tarPit.listen(0, "127.0.0.1", resolve));
  const { port } = tarPit.address() as AddressInfo;
  // whoever had to wait for a place would be refused
  const busy = await servers.serve({
    SHELFMARK_LIMIT_EXECUTING: "4",
    SHELFMARK_LIMIT_WAIT_MS: "100",
    SHELFMARK_WEBHOOK_ALLOW: "127.0.0.1",
  });
  const token = await mintTestToken({ subject: "flood" });
  const create = `mutation { createWebhook(input: { url: "https://127.0.0.1:${port}/" }) { webhook { id } } }`;
  const { data } = await (await post(busy, token, { query: create })).json();
  const test = `mutation { testWebhook(input: { id: "${data.createWebhook.webhook.id}" }) { delivered } }`;
  const tests = Array.from({ length: 6 }, () => post(busy, token, { query: test }));
  const sockets = () => new Promise<number>((resolve) => tarPit.getConnections((_, count) => resolve(count)));
  await expect.poll(sockets).toBe(3);
  const other = await post(busy, await mintTestToken({ subject: "other" }), { query: "{ models { totalCount } }" });
  expect(other.status).toBe(200);
  tarPit.on("connection", (socket) => socket.destroy());
  for (const socket of held) socket.destroy();
  await Promise.all(tests);
  await new Promise((resolve) => tarPit.close(resolve));
});

test("concurrent readiness probes share one statement", async () => {
  const { pool } = servers.database;
  const { hostname, port } = new URL(await servers.serve({}));
  const clients = await Promise.all(Array.from({ length: pool.options.max }, () => pool.connect()));
  const get = (connection: string) => `GET /readyz HTTP/1.1\r\nhost: x\r\nconnection: ${connection}\r\n\r\n`;
  const { statements } = await recordStatements(async () => {
    let heard = "";
    // in one write, so that the server has heard all of them before it waits
    const socket = connect(Number(port), hostname, () => socket.write(get("keep-alive").repeat(19) + get("close")));
    const closed = new Promise((resolve) => socket.on("close", resolve));
    socket.on("data", (data) => {
      heard += data;
    });
    await expect.poll(() => pool.waitingCount).toBeGreaterThan(0);
    for (const client of clients) client.release();
    await closed;
    expect(heard.match(/^HTTP\/1\.1 200 /gm)).toHaveLength(20);
  });
  expect(statements.filter(({ text }) => text === "SELECT 1")).toHaveLength(1);
});

/** Sends text over a raw connection. Returns what it receives until it is closed. */
function sendSlowly(text: string, drip?: string): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname, () => socket.write(text));
    let received = "";
    const timer = drip ? setInterval(() => socket.write(drip), 40) : undefined;
    socket.on("error", () => {});
    socket.on("data", (data) => {
      received += data;
    });
    socket.on("close", () => {
      clearInterval(timer);
      resolve(received);
    });
  });
}

describe("a connection that is slow on purpose is closed", () => {
  const HEAD = "POST /graphql HTTP/1.1\r\nhost: x\r\n";
  test.each([
    ["slow headers", HEAD, "x-a: b\r\n"],
    ["an unfinished head and then nothing", HEAD, undefined],
    [
      "a slow body",
      `${HEAD}authorization: Bearer TOKEN\r\ncontent-type: application/json\r\ncontent-length: 100000\r\n\r\n{`,
      " ",
    ],
  ])("%s", async (_name, text, drip) => {
    expect(await sendSlowly(text.replace("TOKEN", await mintTestToken()), drip)).toMatch(/^HTTP\/1\.1 408 |^$/);
  });
});

describe("an answer that exceeds the buffers of the system", () => {
  const aliases = Array.from({ length: 50 }, (_, i) => `a${i}: model(name: "fat") { tags { value } }`);
  let token: string;
  let patient: string;
  let hasty: string;
  beforeAll(async () => {
    token = await mintTestToken();
    patient = await servers.serve({});
    hasty = await servers.serve({ SHELFMARK_LIMIT_ANSWER_MS: "100" });
    const value = "x".repeat(99_000);
    const tags = Array.from({ length: 5 }, (_, i) => ({ key: String(i), value }));
    const query = `mutation ($tags: [TagInput!]) { registerModel(input: { name: "fat", tags: $tags }) { created } }`;
    expect(await (await post(patient, token, { query, variables: { tags } })).json()).not.toHaveProperty("errors");
  });

  /** How many bytes a client receives until its connection is closed. A late one starts to read when the server has closed its end. */
  function read(from: string, isLate: boolean): Promise<number> {
    const { hostname, port } = new URL(from);
    const body = JSON.stringify({ query: `{ ${aliases.join(" ")} }` });
    const lines = [
      "POST /graphql HTTP/1.1",
      "host: x",
      "connection: close",
      "content-type: application/json",
      `authorization: Bearer ${token}`,
      `content-length: ${body.length}`,
    ];
    return new Promise((resolve) => {
      let bytes = 0;
      const socket = connect(Number(port), hostname, () => socket.write(`${lines.join("\r\n")}\r\n\r\n${body}`));
      socket.on("error", () => {}).on("close", () => resolve(bytes));
      const count = () =>
        socket.on("data", (data) => {
          bytes += data.length;
        });
      const accepted = (message: unknown) => {
        unsubscribe("net.server.socket", accepted);
        (message as { socket: Socket }).socket.on("close", count);
      };
      if (isLate) subscribe("net.server.socket", accepted);
      else count();
    });
  }

  test("is dropped if its client does not read it", async () => {
    const whole = 50 * 5 * 99_000;
    expect(await read(patient, false)).toBeGreaterThan(whole);
    expect(await read(hasty, true)).toBeLessThan(whole);
  });

  test("is distinguished from a stream, which goes on", async () => {
    const change = async (mutation: string) => {
      const answer = await post(patient, token, { query: `mutation { ${mutation} }` });
      expect(await answer.json()).not.toHaveProperty("errors");
    };
    await change(`createModelVersion(input: { model: { name: "fat" }, source: "s3://b/x" }) { modelVersion { id } }`);
    const stream = await openSse(hasty, await mintTestToken({ subject: "patient" }), BOOKMARKS);
    expect(await stream.next()).toMatchObject({ data: { stageChanged: { event: null } } });
    // an answer that began later is cut off
    await read(hasty, true);
    const version = `{ number: { model: "fat", number: 1 } }`;
    await change(`transitionModelVersion(input: { version: ${version}, to: STAGING }) { transition { id } }`);
    expect(await stream.next()).toMatchObject({ data: { stageChanged: { event: { to: "STAGING" } } } });
    stream.leave();
  });
});

describe("a socket", () => {
  /** Sockets are looked at by this clock, which stands still until a test moves it. */
  const stopClock = () => vi.spyOn(performance, "now").mockReturnValue(performance.now());
  afterEach(() => void vi.restoreAllMocks());

  test("is closed without an operation, and stays open with one", async () => {
    const url = await servers.serve({ SHELFMARK_LIMIT_IDLE_SOCKET_MS: "150" });
    const clock = stopClock();
    const [idle, busy] = [await openSocket(url, await mintTestToken()), await openSocket(url, await mintTestToken())];
    busy.subscribe("1", BOOKMARKS);
    await busy.nextFor("1");
    clock.mockReturnValue(performance.now() + 150);
    expect(await idle.closed).toEqual({ code: 1000, reason: "Idle" });
    expect((await busy.answer("2", "{ __typename }")).data).toEqual({ __typename: "Query" });
    clock.mockRestore();
    busy.send({ id: "1", type: "complete" });
    expect(await busy.closed).toEqual({ code: 1000, reason: "Idle" });
  });

  test("is terminated if its client stops reading", async () => {
    const url = await servers.serve({
      SHELFMARK_LIMIT_PING_MS: "100",
      SHELFMARK_LIMIT_SUBSCRIPTIONS_PER_VIEWER: "1",
    });
    const clock = stopClock();
    const token = await mintTestToken({ subject: "mute" });
    const socket = await openSocket(url, token);
    socket.subscribe("1", BOOKMARKS);
    await socket.nextFor("1");
    const codes = async () => {
      const stream = await openSse(url, token, BOOKMARKS);
      const first = await stream.next();
      stream.leave();
      return first?.errors?.[0]?.extensions.code ?? "open";
    };
    expect(await codes(), "the viewer may hold one subscription").toBe("RATE_LIMITED");
    socket.ws.pause();
    clock.mockRestore();
    await expect.poll(codes).toBe("open");
    socket.ws.terminate();
  });
});
