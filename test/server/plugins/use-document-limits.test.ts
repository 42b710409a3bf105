import { getIntrospectionQuery } from "graphql";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { App } from "../../../src/app.js";
import { type GraphQLAnswer, startTestServer, type TestServer } from "../../support/server.js";
import { BOOKMARKS, openSocket, openSse, post, Socket } from "../../support/transports.js";
import { startServerOn } from "../../support/wiring.js";

let server: TestServer;
let strict: App;
let token: string;
let socket: Socket;
beforeAll(async () => {
  server = await startTestServer();
  strict = await startServerOn(server.database, {
    SHELFMARK_LIMIT_SUBSCRIPTIONS_PER_SOCKET: "3",
    SHELFMARK_LIMIT_SUBSCRIPTIONS_PER_VIEWER: "4",
  });
  token = await server.token();
  socket = await openSocket(server.url, token);
});
afterAll(async () => {
  await socket?.close();
  await strict?.stop();
  await server?.stop();
});

const aliases = (count: number) => `{ ${Array.from({ length: count }, (_, i) => `a${i}: __typename`).join(" ")} }`;
const nested = (depth: number) => {
  const levels = Array.from({ length: depth - 2 }, (_, i) => (i % 2 ? "model { latestVersion { " : ""));
  const count = levels.join("").split("{").length - 1;
  return `{ models { nodes { latestVersion { ${levels.join("")} id ${"} ".repeat(count)} } } } }`;
};
const pages = (outer: number, inner: number) =>
  `{ models(first: ${outer}) { nodes { versions(first: ${inner}) { nodes { id } } } } }`;
const spread = (count: number) => {
  const fragments = Array.from({ length: count }, (_, i) => `fragment F${i} on Query { ...F${i + 1} ...F${i + 1} }`);
  return `{ ...F0 } ${fragments.join(" ")} fragment F${count} on Query { __typename }`;
};

const fragments = (count: number) => {
  const names = Array.from({ length: count }, (_, i) => `F${i}`);
  return `{ ...${names.join(" ...")} } ${names.map((name) => `fragment ${name} on Query { __typename }`).join(" ")}`;
};
const schemaTimes = (count: number, selection: string) =>
  `{ ${Array.from({ length: count }, (_, i) => `a${i}: __schema { types { ...T } }`).join(" ")} } fragment T on __Type { ${selection} }`;
const TOO_MUCH_OF_SCHEMA =
  "TOO_COMPLEX: The document requests more than twice the whole schema. Request each part of it once.";

const tooMany = (what: string, max: number) =>
  `TOO_COMPLEX: The document has too many ${what}; at most ${max} are allowed.`;
const tooComplex = (points: number) =>
  `TOO_COMPLEX: The document has a complexity of ${points}; at most 20000 is allowed. Request smaller pages.`;

const DOCUMENTS: readonly [string, string, unknown][] = [
  ["an ordinary query", "{ viewer { actor { subject } } }", "ok"],
  ["the introspection that tools send", getIntrospectionQuery(), "ok"],
  [
    "the introspection of later tools",
    getIntrospectionQuery({ specifiedByUrl: true, inputValueDeprecation: true, oneOf: true, schemaDescription: true }),
    "ok",
  ],
  ["the names of all types, 60 times", schemaTimes(60, "name"), "ok"],
  ["all of the schema, 40 times", schemaTimes(40, "fields { name description args { name } }"), TOO_MUCH_OF_SCHEMA],
  [
    "aliases within the schema",
    `{ __schema { ${Array.from({ length: 40 }, (_, i) => `a${i}: types { fields { type { name description } } }`).join(" ")} } }`,
    TOO_MUCH_OF_SCHEMA,
  ],
  ["31 aliases", aliases(31), "ok"],
  ["60 aliases", aliases(60), "ok"],
  ["61 aliases", aliases(61), tooMany("aliases", 60)],
  ["1000 aliases", aliases(1000), tooMany("aliases", 60)],
  ["aliases in fragments", `{ ...F } fragment F on Query ${aliases(61)}`, tooMany("aliases", 60)],
  [
    "50 directives",
    `{ __typename @include(if: true) ${Array.from({ length: 49 }, () => "... @include(if: true) { __typename }").join(" ")} }`,
    "ok",
  ],
  [
    "51 directives",
    `{ ${Array.from({ length: 51 }, () => "... @include(if: true) { __typename }").join(" ")} }`,
    tooMany("directives", 50),
  ],
  ["5000 tokens", `{ ${"__typename ".repeat(5000)} }`, tooMany("tokens", 4000)],
  ["50 000 open braces", "{a".repeat(50_000), tooMany("tokens", 4000)],
  ["9 levels of fields", nested(9), "ok"],
  ["33 levels of fields", nested(33), tooMany("levels of fields", 16)],
  ["pages in pages", pages(200, 200), tooComplex(80_401)],
  ["small pages in pages", pages(50, 3), "ok"],
  ["fragments that double 12 times", spread(12), "ok"],
  ["fragments that double 60 times", spread(60), tooComplex(2 ** 60)],
  ["100 fragments", fragments(100), "ok"],
  ["101 fragments", fragments(101), tooMany("fragments", 100)],
  [
    "a fragment in itself",
    "{ ...F } fragment F on Query { viewer { scopes } ...F }",
    expect.stringMatching(/^INVALID_DOCUMENT: Cannot spread fragment "F" within itself/),
  ],
  [
    "two fragments in each other",
    "{ ...F } fragment F on Query { ...G } fragment G on Query { ...F }",
    expect.stringMatching(/^INVALID_DOCUMENT: Cannot spread/),
  ],
  ...["@skip(if: true)", "@include(if: false)", "@include(if: true)"].flatMap((condition): typeof DOCUMENTS => {
    const conditional = `INVALID_DOCUMENT: A subscription must not have ${condition.split("(")[0]} at its root: it selects one field, always.`;
    return [
      [`a stream ${condition}`, `subscription { stageChanged ${condition} { cursor } }`, conditional],
      [
        `a stream in a fragment ${condition}`,
        `subscription { ... ${condition} { stageChanged { cursor } } }`,
        conditional,
      ],
      [
        `a stream in a fragment of a fragment ${condition}`,
        `subscription { ...F } fragment F on Subscription { ...G ...G } fragment G on Subscription { stageChanged ${condition} { cursor } }`,
        conditional,
      ],
    ];
  }),
  ["a page of 201", "{ models(first: 201) { totalCount } }", expect.stringMatching(/^INVALID_INPUT: .*200/)],
  ["a page of -1", "{ models(last: -1) { totalCount } }", expect.stringMatching(/^INVALID_INPUT: .*200/)],
  ["a page of 0", "{ models(first: 0) { totalCount } }", "ok"],
];

function summary({ errors }: GraphQLAnswer): string {
  return errors ? `${errors[0]?.extensions.code}: ${errors[0]?.message}` : "ok";
}

describe("the same limits hold over HTTP and WebSocket", () => {
  test.each(DOCUMENTS)("%s", async (name, query, expected) => {
    const http = await (await post(server.url, token, { query })).json();
    expect([summary(http), summary(await socket.answer(name, query))]).toEqual([expected, expected]);
  });

  test("a limit applies before execution: the refused document changes nothing", async () => {
    const query = `mutation { ${aliases(61).slice(1, -1)} registerModel(input: { name: "flooded" }) { created } }`;
    const refused = tooMany("aliases", 60);
    expect(summary(await (await post(server.url, token, { query })).json())).toBe(refused);
    expect(summary(await socket.answer("mutation", query))).toBe(refused);
    const watch = `subscription { stageChanged { ${aliases(61).slice(1, -1)} cursor } }`;
    expect(summary(await socket.answer("subscription", watch))).toBe(refused);
    expect((await (await openSse(server.url, token, watch)).next())?.errors?.[0]?.extensions.code).toBe("TOO_COMPLEX");
    expect(await server.data('{ model(name: "flooded") { id } }')).toEqual({ model: null });
  });
});

const LIMITED = { code: "RATE_LIMITED", retryable: true, requestId: expect.any(String) };

describe("open streams", () => {
  /** The first message of the stream: "open" or an error code. */
  async function sse(as: string) {
    const stream = await openSse(strict.url, as, BOOKMARKS);
    const first = await stream.next();
    return { ...stream, said: first?.errors?.[0]?.extensions.code ?? "open" };
  }

  async function subscribe(on: Socket, id: string): Promise<string> {
    on.subscribe(id, BOOKMARKS);
    const { payload } = await on.nextFor(id);
    return payload.data ? "open" : (payload[0]?.extensions.code ?? payload.errors[0].extensions.code);
  }

  /** A place is free once the server knows that the client has left. */
  const freed = (as: string) =>
    expect
      .poll(async () => {
        const stream = await sse(as);
        stream.leave();
        return stream.said;
      })
      .toBe("open");

  test("of one socket: one more than allowed is refused, the others go on", async () => {
    const one = await openSocket(strict.url, await server.token({ subject: "socket" }));
    for (const id of ["1", "2", "3"]) expect(await subscribe(one, id)).toBe("open");
    one.subscribe("4", BOOKMARKS);
    expect((await one.nextFor("4")).payload).toMatchObject([{ extensions: LIMITED }]);
    expect((await one.answer("5", "{ __typename }")).errors).toMatchObject([{ extensions: LIMITED }]);
    one.send({ id: "1", type: "complete" });
    expect(await subscribe(one, "6")).toBe("open");
    await one.close();
  });

  test("of one viewer: counted over both transports, and freed however they end", async () => {
    const as = await server.token({ subject: "viewer" });
    const first = await openSocket(strict.url, as);
    expect([await subscribe(first, "1"), await subscribe(first, "2")]).toEqual(["open", "open"]);
    const streams = [await sse(as), await sse(as)];
    expect(streams.map(({ said }) => said)).toEqual(["open", "open"]);
    const refused = await openSse(strict.url, as, BOOKMARKS);
    expect((await refused.next())?.errors).toMatchObject([
      { message: "You have 4 subscriptions open; at most 4 are allowed.", extensions: LIMITED },
    ]);
    const second = await openSocket(strict.url, as);
    expect(await subscribe(second, "1")).toBe("RATE_LIMITED");
    const other = await sse(await server.token({ subject: "other viewer" }));
    expect(other.said).toBe("open");
    other.leave();
    first.send({ id: "1", type: "complete" });
    await first.answer("processed", "{ __typename }");
    expect(await subscribe(second, "2")).toBe("open");
    expect((await sse(as)).said).toBe("RATE_LIMITED");
    streams[0]?.leave();
    await freed(as);
    await second.close();
    await freed(as);
    first.ws.terminate();
    await freed(as);
    streams[1]?.leave();
  });

  test("have short documents and variables, since these are held; a query may be as long as a body", async () => {
    const as = await server.token({ subject: "wordy" });
    const variables = { unused: "x".repeat(64 * 1024) };
    const refusal = {
      message: expect.stringMatching(/^A subscription may have 65536 bytes at most, .* has 65\d{3}\.$/),
      extensions: { code: "TOO_COMPLEX", retryable: false },
    };
    const socket = await openSocket(strict.url, as);
    expect((await socket.answer("1", BOOKMARKS, variables)).errors).toMatchObject([refusal]);
    expect((await socket.answer("2".repeat(65_500), BOOKMARKS)).errors).toMatchObject([refusal]);
    expect((await socket.answer("3", "{ __typename }", variables)).data).toEqual({ __typename: "Query" });
    for (const asked of [{ query: BOOKMARKS, variables }, { query: `${BOOKMARKS}${" ".repeat(64 * 1024)}` }]) {
      const answer = await post(strict.url, as, asked, { accept: "text/event-stream" });
      expect(await answer.text()).toContain("A subscription may have 65536 bytes at most");
    }
    expect(await subscribe(socket, "4")).toBe("open");
    await socket.close();
  });

  test("that were refused or failed are not counted", async () => {
    const as = await server.token({ subject: "clumsy" });
    for (let i = 0; i < 6; i++) {
      const failed = await openSse(strict.url, as, 'subscription { stageChanged(after: "nonsense") { cursor } }');
      expect((await failed.next())?.errors?.[0]?.extensions.code).toBe("INVALID_INPUT");
      expect(await failed.next()).toBeNull();
    }
    const streams = [await sse(as), await sse(as), await sse(as), await sse(as)];
    expect(streams.map(({ said }) => said)).toEqual(["open", "open", "open", "open"]);
    for (const { leave } of streams) leave();
  });
});

test("a socket that does not say hello in time is closed", async () => {
  const hasty = await startServerOn(server.database, { SHELFMARK_LIMIT_CONNECTION_INIT_MS: "100" });
  const silent = new Socket(hasty.url);
  expect(await silent.closed).toEqual({ code: 4408, reason: "Connection initialisation timeout" });
  await hasty.stop();
});
