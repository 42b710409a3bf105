import { syncBuiltinESMExports } from "node:module";
import { connect } from "node:net";
import timers from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { CLOSE_GRACE_MS } from "../../../src/server/websocket/close-codes.js";
import { eventually } from "../../support/eventually.js";
import { holdField } from "../../support/hold-field.js";
import { type GraphQLAnswer, startTestServer, type TestServer } from "../../support/server.js";
import { BOOKMARKS, openSocket, openSse, post, raw } from "../../support/transports.js";
import { startServerOn } from "../../support/wiring.js";

const WATCH = `subscription ($after: String) { stageChanged(after: $after) {
  cursor event { revision from to modelName versionNumber }
} }`;
const TAGS = `subscription ($after: String) { registryEvents(where: { types: [MODEL_TAG_SET] }, after: $after) {
  event { ... on ModelTagSetEvent { value } }
} }`;
const SET_TAG = `mutation ($value: String!) { setTag(input: { on: { model: { name: "m" } }, key: "k", value: $value }) { __typename } }`;
const SCRAPER = "0123456789abcdef";
const SCRAPE = { method: "GET", path: "/metrics" };
const STAGES = ["STAGING", "PRODUCTION", "ARCHIVED"];

let server: TestServer;
let token: string;
beforeAll(async () => {
  server = await startTestServer();
  token = await server.token();
  await server.data(
    'mutation { createModelVersion(input: { model: { name: "m" }, createModel: true, source: "s3://b/x" }) { modelVersion { id } } }',
  );
});
afterAll(() => server?.stop());

async function moveAll(): Promise<void> {
  for (const to of STAGES)
    await server.data(
      `mutation { transitionModelVersion(input: { version: { number: { model: "m", number: 1 } }, to: ${to} }) { __typename } }`,
    );
}

const codeOf = (answer: GraphQLAnswer | null) => answer?.errors?.[0]?.extensions.code;

/** One subscription over either transport. */
interface Stream {
  next(): Promise<GraphQLAnswer | null>;
  /** Starts or stops reading from the network. Over SSE this is not needed: it reads little more than `next` takes. */
  read(isReading: boolean): void;
  leave(): void;
}

type Open = (url: string, as: string, variables?: object, query?: string) => Promise<Stream>;

const TRANSPORTS: readonly [string, Open][] = [
  ["SSE", async (url, as, variables, query = WATCH) => ({ ...(await openSse(url, as, query, variables)), read() {} })],
  [
    "WebSocket",
    async (url, as, variables, query = WATCH) => {
      const socket = await openSocket(url, as);
      socket.subscribe("s", query, variables);
      return {
        read: (isReading) => (isReading ? socket.ws.resume() : socket.ws.pause()),
        async next() {
          const { type, payload } = await socket.nextFor("s");
          return type === "complete" ? null : type === "error" ? { errors: payload } : payload;
        },
        leave: () => socket.ws.terminate(),
      };
    },
  ],
];

test("SSE has the headers that keep proxies from buffering", async () => {
  const stream = await openSse(server.url, token, BOOKMARKS);
  expect(Object.fromEntries(stream.response.headers)).toMatchObject({
    "content-type": "text/event-stream",
    "cache-control": expect.stringContaining("no-store"),
    "x-accel-buffering": "no",
  });
  stream.leave();
});

describe.each(TRANSPORTS)("over %s", (_name, open) => {
  test("a bookmark comes first, then each event in order, and a stream resumes after any cursor", async () => {
    const stream = await open(server.url, token);
    const first = (await stream.next())?.data.stageChanged;
    expect(first).toEqual({ cursor: expect.any(String), event: null });
    await moveAll();
    const told = [await stream.next(), await stream.next(), await stream.next()].map((it) => it?.data.stageChanged);
    expect(told.map(({ event }) => event.to)).toEqual(STAGES);
    const revisions = told.map(({ event }) => event.revision);
    expect(revisions).toEqual([revisions[0], revisions[0] + 1, revisions[0] + 2]);
    stream.leave();

    const again = await open(server.url, token, { after: told[0].cursor });
    expect((await again.next())?.data.stageChanged).toEqual({ cursor: told[0].cursor, event: null });
    expect((await again.next())?.data.stageChanged).toEqual(told[1]);
    expect((await again.next())?.data.stageChanged).toEqual(told[2]);
    again.leave();
  });

  test("a subscriber who does not read is held back in the table, and not in memory, and misses nothing", async () => {
    const app = await startServerOn(server.database, { SHELFMARK_METRICS_TOKEN: SCRAPER });
    const { cursor } = (await server.data("{ head { cursor } }")).head;
    const stream = await open(app.url, token, { after: cursor }, TAGS);
    await stream.next();
    stream.read(false);
    const values = Array.from({ length: 30 }, (_, i) => `${i} ${"€".repeat(90_000)}`);
    for (const value of values) await server.data(SET_TAG, { value });
    const lag = async () => {
      const { body } = await raw(app.url, { ...SCRAPE, headers: { authorization: `Bearer ${SCRAPER}` } });
      return Number(/^shelfmark_event_log_lag_revisions\{consumer="streams"\} (\d+)$/m.exec(body)?.[1]);
    };
    // of eight megabytes the network holds some by itself
    await expect.poll(lag).toBeGreaterThan(6);
    stream.read(true);
    const told: string[] = [];
    for (const _ of values) told.push((await stream.next())?.data.registryEvents.event.value);
    expect(told).toEqual(values);
    stream.leave();
    await app.stop();
  });

  test("an unknown cursor is refused, and the stream ends", async () => {
    const stream = await open(server.url, token, { after: "nonsense" });
    expect(codeOf(await stream.next())).toBe("INVALID_INPUT");
    stream.leave();
  });

  test("a token that ended within the half minute by which clocks may differ opens a stream that ends at once", async () => {
    const at = new Date();
    // the clock stands still, so that the half minute does not run out
    const app = await startServerOn(server.database, {}, () => at);
    const stream = await open(app.url, await server.token({ ttlSeconds: -5 }));
    let last = await stream.next();
    while (last?.data) last = await stream.next();
    expect(codeOf(last)).toBe("UNAUTHENTICATED");
    stream.leave();
    await app.stop();
  });
});

describe("when the token expires", () => {
  let clock: number;
  let app: Awaited<ReturnType<typeof startServerOn>>;
  beforeAll(async () => {
    app = await startServerOn(server.database, {}, () => new Date(clock));
  });
  afterAll(() => app.stop());
  // the server closes a socket LAST_WORDS_MS after its token expires: not before the test has read its last messages
  beforeEach(() => {
    clock = Date.now();
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  });
  afterEach(() => void vi.useRealTimers());
  const expire = () => {
    clock += 3_600_000;
  };

  test("a stream says so and ends, over both transports, and nothing that comes later is told", async () => {
    const streams = await Promise.all(TRANSPORTS.map(([, open]) => open(app.url, token)));
    for (const stream of streams) expect((await stream.next())?.data.stageChanged.event).toBeNull();
    expire();
    const extensions = { code: "UNAUTHENTICATED", retryable: false, requestId: expect.any(String) };
    for (const last of await Promise.all(streams.map((stream) => stream.next())))
      expect(last?.errors).toMatchObject([{ message: expect.stringContaining("expired"), extensions }]);
    await moveAll();
    for (const stream of streams) expect(await stream.next()).toBeNull();
  });

  test("a socket is closed with 4403, with no stream open and after one has said why", async () => {
    const [idle, watching] = [await openSocket(app.url, token), await openSocket(app.url, token)];
    watching.subscribe("s", BOOKMARKS);
    expect((await watching.nextFor("s")).payload.data.stageChanged.event).toBeNull();
    expire();
    expect((await watching.nextFor("s")).payload.errors[0].extensions.code).toBe("UNAUTHENTICATED");
    expect((await watching.nextFor("s")).type).toBe("complete");
    vi.advanceTimersByTime(CLOSE_GRACE_MS);
    const closed = { code: 4403, reason: "Forbidden: the token has expired" };
    expect(await Promise.all([idle.closed, watching.closed])).toEqual([closed, closed]);
  });
});

test("a client that leaves frees its place at once, also while it waits for the next event", async () => {
  const small = await startServerOn(server.database, { SHELFMARK_LIMIT_SUBSCRIPTIONS_PER_VIEWER: "1" });
  for (const [, open] of TRANSPORTS) {
    for (let i = 0; i < 3; i++) {
      // the last one that left may not have been heard yet
      const stream = await eventually(async () => {
        const next = await open(small.url, token);
        if ((await next.next())?.data) return next;
        next.leave();
        throw new Error("There is no room.");
      });
      const refused = await openSse(small.url, token, BOOKMARKS);
      expect(codeOf(await refused.next())).toBe("RATE_LIMITED");
      stream.leave();
      await expect.poll(() => firstCode(small.url)).toBe("open");
    }
  }
  await small.stop();
});

async function firstCode(url: string): Promise<string> {
  const stream = await openSse(url, token, BOOKMARKS);
  const code = codeOf(await stream.next());
  stream.leave();
  return code ?? "open";
}

/** Sends a request over a keep-alive connection. Returns all that it receives until the server closes it. */
function askAndKeep(url: string, body: object): Promise<string> {
  const text = JSON.stringify(body);
  const head = `POST /graphql HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${token}\r\ncontent-type: application/json\r\n`;
  const connection = connect(Number(new URL(url).port), "127.0.0.1", () =>
    connection.write(`${head}content-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`),
  );
  let heard = "";
  connection.on("data", (data) => {
    heard += data;
  });
  return new Promise((resolve) => connection.on("close", () => resolve(heard)));
}

/** Holds the pauses of the server, on a clock that stands still. Calling an entry ends that pause. */
function holdPauses() {
  const held: (() => void)[] = [];
  const clock = vi.spyOn(performance, "now").mockReturnValue(performance.now());
  const pause = vi
    .spyOn(timers, "setTimeout")
    .mockImplementation(() => new Promise<undefined>((go) => held.push(() => go(undefined))));
  syncBuiltinESMExports();
  return {
    held,
    restore() {
      clock.mockRestore();
      pause.mockRestore();
      syncBuiltinESMExports();
      for (const go of held.splice(0)) go();
    },
  };
}

describe("a server that stops", () => {
  test("finishes running requests, ends streams and sockets with a reason, and then does not listen", async () => {
    const app = await startServerOn(server.database);
    const sse = await openSse(app.url, token, BOOKMARKS);
    await sse.next();
    const socket = await openSocket(app.url, token);
    socket.subscribe("s", BOOKMARKS);
    await socket.nextFor("s");
    const rows = Array.from({ length: 40 }, (_, i) => `m${i}: registerModel(input: { name: "m${i}" }) { created }`);
    const underWay = post(app.url, token, { query: `mutation { ${rows.join(" ")} }` });
    const registered = async () => (await server.data('{ model(name: "m0") { name } }')).model;
    await expect.poll(registered).not.toBeNull();

    const stopped = app.stop();
    expect(await raw(app.url, { method: "GET", path: "/readyz" }).catch(({ code }) => code)).toBe("ECONNREFUSED");
    const answer = (await (await underWay).json()) as GraphQLAnswer;
    expect(answer.errors).toBeUndefined();
    expect(Object.keys(answer.data)).toHaveLength(40);
    // the forty models are not stage changes, but a bookmark may come for them
    let last = await sse.next();
    while (last?.data) last = await sse.next();
    expect(last?.errors).toMatchObject([{ extensions: { code: "UNAVAILABLE", retryable: true } }]);
    expect(await sse.next()).toBeNull();
    expect(await socket.closed).toMatchObject({ code: 1001 });
    await stopped;
    await expect(fetch(app.url)).rejects.toThrow();
  });

  test("refuses new operations on open connections, and finishes the running ones, also of sockets", async () => {
    const app = await startServerOn(server.database);
    const register = (name: string) => `mutation { registerModel(input: { name: "${name}" }) { created } }`;
    const [busy, idle] = [await openSocket(app.url, token), await openSocket(app.url, token)];
    const held = holdField("Mutation", "registerModel");
    onTestFinished(held.restore);
    const heard = askAndKeep(app.url, { query: register("asked-before") });
    const underWay = busy.answer("u", register("under-way"));
    await expect.poll(held.asked).toBe(2);

    const stopped = app.stop();
    expect(codeOf(await idle.answer("late", register("late")))).toBe("UNAVAILABLE");
    idle.subscribe("s", BOOKMARKS);
    expect((await idle.nextFor("s")).payload).toMatchObject([{ extensions: { code: "UNAVAILABLE", retryable: true } }]);
    held.release();
    expect((await underWay).data).toEqual({ registerModel: { created: true } });
    expect(await heard).toMatch(/^HTTP\/1\.1 200 .*^connection: close\r.*"created":true/ims);
    for (const socket of [busy, idle]) expect(await socket.closed).toMatchObject({ code: 1001 });
    await stopped;
    expect((await server.data('{ model(name: "late") { name } }')).model).toBeNull();
  });

  test.each(TRANSPORTS)(
    "ends streams over %s one after the other, so that not all come to the next server at once",
    async (_name, open) => {
      const app = await startServerOn(server.database);
      const streams = await Promise.all(Array.from({ length: 40 }, () => open(app.url, token)));
      await Promise.all(streams.map((stream) => stream.next()));
      let ended = 0;
      const ends = streams.map(async (stream) => {
        while (await stream.next().catch(() => null));
        ended++;
      });
      const pauses = holdPauses();
      const stopped = app.stop();
      const paused = () => expect.poll(() => pauses.held.length).toBe(1);
      for (let called = 1; called < 6; called++) {
        await paused();
        pauses.held.shift()?.();
      }
      await paused();
      // the server itself also waits for events
      await expect.poll(() => ended).toBeGreaterThan(0);
      expect(ended).toBeLessThanOrEqual(6);
      pauses.restore();
      await stopped;
      await Promise.all(ends);
    },
  );

  test("does not wait for idle clients", async () => {
    const app = await startServerOn(server.database);
    const idle = await openSocket(app.url, token);
    const sse = await openSse(app.url, token, BOOKMARKS);
    await sse.next();
    idle.ws.pause();
    await app.stop();
    idle.ws.resume();
    sse.leave();
  });
});
