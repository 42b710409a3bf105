import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { createOriginLog } from "../../../src/server/kit/cross-origin.js";
import { startTestServer, type TestServer } from "../../support/server.js";
import { BOOKMARKS, initSocket, openSocket, openSse, post, raw, upgrade } from "../../support/transports.js";
import { startServerOn } from "../../support/wiring.js";

const FRIEND = "https://app.example";
const STRANGER = "https://evil.example";

let server: TestServer;
let token: string;
let friendly: { url: string; stop(): Promise<void> };
beforeAll(async () => {
  server = await startTestServer();
  token = await server.token();
  friendly = await startServerOn(server.database, {
    SHELFMARK_CORS_ORIGINS: FRIEND,
    SHELFMARK_LIMIT_BODY_BYTES: "2048",
    SHELFMARK_LIMIT_FRAME_BYTES: "2048",
  });
});
afterAll(async () => {
  await friendly?.stop();
  await server?.stop();
});

const QUERY = "{ viewer { actor { subject } } }";
const REGISTER = 'mutation { registerModel(input: { name: "must-not-exist" }) { created } }';
const authorized = () => ({ authorization: `Bearer ${token}` });
const refusal = (code: string, message: unknown = expect.any(String)) => ({
  errors: [{ message, extensions: { code, retryable: false, requestId: expect.any(String) } }],
});

async function registered(): Promise<number> {
  return (await server.data("{ models { totalCount } }")).models.totalCount;
}

describe("bodies", () => {
  test.each([
    ["application/x-www-form-urlencoded", new URLSearchParams({ query: REGISTER }).toString()],
    ["multipart/form-data; boundary=x", '--x\r\ncontent-disposition: form-data; name="query"\r\n\r\n{a}\r\n--x--'],
    ["text/plain", JSON.stringify({ query: REGISTER })],
    ["application/graphql", REGISTER],
    ["application/jsonx", JSON.stringify({ query: REGISTER })],
    ["", JSON.stringify({ query: REGISTER })],
  ])("of type %j are refused with 415 before anything is written", async (type, body) => {
    const response = await post(server.url, token, body, { "content-type": type });
    expect(response.status).toBe(415);
    expect(await response.json()).toEqual(refusal("INVALID_DOCUMENT", "A request's body must be application/json."));
    expect(await registered()).toBe(0);
  });

  test.each(["APPLICATION/JSON", "application/json ; charset=utf-8", "application/graphql+json"])(
    "of type %j are JSON (RFC 9110 §8.3.1)",
    async (type) => {
      const response = await post(server.url, token, { query: QUERY }, { "content-type": type });
      expect(await response.json()).toEqual({ data: { viewer: { actor: { subject: "tester" } } } });
    },
  );

  test("with several operations are refused", async () => {
    const one = { query: REGISTER };
    for (const batch of [[one], [one, one], []]) {
      const response = await post(server.url, token, batch);
      expect(response.status).toBe(400);
      expect(await response.json()).toEqual(refusal("INVALID_DOCUMENT"));
    }
    expect(await registered()).toBe(0);
  });

  test.each([
    "{",
    "null",
    "7",
    '"text"',
    "{}",
    '{"query":7}',
    '{"query":"{a}","x":1}',
    '{"query":"{a}","variables":[]}',
  ])("that are not a GraphQL request are refused with 400 (%s)", async (body) => {
    const response = await post(server.url, token, body);
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual(refusal("INVALID_DOCUMENT"));
  });

  test("past the limit are refused with 413 before they are read", async () => {
    const long = JSON.stringify({ query: `${QUERY} #${"x".repeat(2048)}` });
    const tooLong = await raw(friendly.url, {
      headers: { ...authorized(), "content-type": "application/json", "content-length": String(long.length) },
      body: long,
    });
    expect(tooLong.status).toBe(413);
    expect(JSON.parse(tooLong.body)).toEqual(
      refusal("INVALID_DOCUMENT", "A request's body may have 2048 bytes at most."),
    );
    expect((await post(server.url, token, long)).status).toBe(200);
  });

  test("of any configured length are read", async () => {
    const spacious = await startServerOn(server.database, { SHELFMARK_LIMIT_BODY_BYTES: "30000000" });
    const long = JSON.stringify({ query: QUERY }) + " ".repeat(26_000_000);
    expect(await (await post(spacious.url, token, long)).json()).toHaveProperty("data.viewer");
    await spacious.stop();
  });

  test("in a frame past the limit close the socket and free its memory", async () => {
    const socket = await openSocket(friendly.url, token);
    socket.send("x".repeat(2049));
    expect(await socket.closed).toMatchObject({ code: 1009 });
    const other = await openSocket(friendly.url, token);
    expect(await other.answer("1", QUERY)).toMatchObject({ data: {} });
    await other.close();
  });

  test.each(["no json", "[]", '{"type":"nonsense"}', '{"type":"subscribe"}'])(
    "in a frame that is not a message of the protocol close the socket with 4400 (%s)",
    async (text) => {
      const socket = await openSocket(server.url, token);
      socket.send(text);
      expect(await socket.closed).toMatchObject({ code: 4400, reason: expect.any(String) });
    },
  );
});

describe("answers", () => {
  test.each([
    "image/png",
    "text/html",
    "multipart/mixed",
    "application/json;q=0",
    "application/json;charset=utf-16",
    "nonsense",
  ])("in none of the accepted types (%s) are refused with 406 before anything is written", async (accept) => {
    const response = await post(server.url, token, { query: REGISTER }, { accept });
    expect(response.status).toBe(406);
    expect(await response.json()).toEqual(
      refusal("INVALID_DOCUMENT", expect.stringContaining("application/json, application/graphql-response+json")),
    );
    expect(await registered()).toBe(0);
  });

  test.each([
    ["*/*", "application/json; charset=utf-8"],
    ["", "application/json; charset=utf-8"],
    ["application/*;q=0.5", "application/json; charset=utf-8"],
    ["APPLICATION/JSON; Charset=UTF-8", "application/json; charset=utf-8"],
    ["application/graphql-response+json, application/json;q=0.9", "application/graphql-response+json; charset=utf-8"],
    ["application/json;q=0.1, application/graphql-response+json", "application/graphql-response+json; charset=utf-8"],
    ["application/json;q=0, */*;q=0.1", "application/graphql-response+json; charset=utf-8"],
    ["multipart/mixed;deferSpec=20220824, application/json", "application/json; charset=utf-8"],
    ["text/*", "text/event-stream"],
  ])("are written as the client prefers (RFC 9110 §12.5.1): %s", async (accept, type) => {
    const headers = { ...authorized(), accept };
    const path = `/graphql?query=${encodeURIComponent(QUERY)}`;
    const answer = await raw(server.url, { method: "GET", path, headers });
    expect(answer).toMatchObject({ status: 200, headers: { "content-type": type } });
    expect(answer.body).toContain('{"data":{"viewer":{"actor":{"subject":"tester"}}}}');
  });

  test("of a subscription whose client accepts no stream are refused with 406 and do not count", async () => {
    const small = await startServerOn(server.database, { SHELFMARK_LIMIT_SUBSCRIPTIONS_PER_VIEWER: "1" });
    for (const accept of ["application/json", "text/event-stream;q=0, */*"]) {
      const response = await post(small.url, token, { query: BOOKMARKS }, { accept });
      expect(response.status).toBe(406);
      expect(await response.json()).toEqual(refusal("INVALID_DOCUMENT", expect.stringContaining("text/event-stream")));
    }
    const stream = await openSse(small.url, token, BOOKMARKS);
    expect(await stream.next()).toMatchObject({ data: { stageChanged: { event: null } } });
    stream.leave();
    await small.stop();
  });
});

describe("methods and paths", () => {
  const by = (method: string, query: string) =>
    raw(server.url, { method, path: `/graphql?query=${encodeURIComponent(query)}`, headers: authorized() });

  test("GET executes queries and no mutations", async () => {
    expect(JSON.parse((await by("GET", QUERY)).body)).toEqual({ data: { viewer: { actor: { subject: "tester" } } } });
    const refused = await by("GET", REGISTER);
    expect(refused).toMatchObject({ status: 405, headers: { allow: "POST" } });
    expect(JSON.parse(refused.body)).toEqual(refusal("INVALID_DOCUMENT"));
    expect(await registered()).toBe(0);
  });

  test("GET takes variables and extensions as JSON, and names the one that is invalid", async () => {
    const asking = (parameters: Record<string, string>) =>
      raw(server.url, {
        method: "GET",
        path: `/graphql?${new URLSearchParams({ query: "query ($n: Int) { models(first: $n) { totalCount } }", ...parameters })}`,
        headers: authorized(),
      });
    expect(JSON.parse((await asking({ variables: '{"n":1}', extensions: "{}" })).body)).toEqual({
      data: { models: { totalCount: 0 } },
    });
    for (const name of ["variables", "extensions"]) {
      const refused = await asking({ [name]: "hunter2" });
      expect(refused.status).toBe(400);
      expect(JSON.parse(refused.body)).toEqual(
        refusal("INVALID_DOCUMENT", `The URL parameter "${name}" is not valid JSON.`),
      );
    }
    expect((await asking({ variables: "[]" })).status).toBe(400);
    expect((await asking({ variables: `{"n":${"[".repeat(100)}${"]".repeat(100)}}` })).body).toContain("INVALID_INPUT");
  });

  test.each(["PUT", "PATCH", "DELETE", "OPTIONS"])("%s is refused", async (method) => {
    const refused = await by(method, REGISTER);
    expect(refused).toMatchObject({ status: 405, headers: { allow: "GET, POST" } });
    expect(await registered()).toBe(0);
  });

  test.each(["/", "/graphql/", "/graphql/x", "/GraphQL", "//graphql", "/graphql%2f", "/.well-known/x"])(
    "%s: 404",
    async (path) => {
      const answer = await raw(server.url, { method: "GET", path, headers: authorized() });
      expect(answer.status).toBe(404);
      expect(JSON.parse(answer.body)).toEqual(refusal("NOT_FOUND", "There is nothing here; GraphQL is at /graphql."));
      expect((await upgrade(server.url, authorized(), path)).status).toBe(404);
    },
  );
});

describe("request ids", () => {
  test("of the client are kept if they are valid", async () => {
    for (const id of ["ci-4711", "a".repeat(128), "0197:x.y_z"]) {
      const response = await post(server.url, token, { query: QUERY }, { "x-request-id": id });
      expect(response.headers.get("x-request-id")).toBe(id);
    }
    for (const id of ["", "two words", "a".repeat(129), "<script>"]) {
      const response = await post(server.url, token, { query: QUERY }, { "x-request-id": id });
      expect(response.headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
    }
  });

  test("are in every response: of pages, handshakes, sockets and malformed requests", async () => {
    const named = { "x-request-id": "mine" };
    const handshakes = [
      await upgrade(server.url, { ...named, origin: "https://evil.example" }),
      await upgrade(server.url, named, "/elsewhere"),
      await upgrade(server.url, { ...named, "sec-websocket-version": "7" }),
      await upgrade(server.url, { ...named, "sec-websocket-key": "short" }),
    ];
    const pages = await Promise.all(
      ["/healthz", "/readyz", "/metrics"].map((path) => raw(server.url, { method: "GET", path, headers: named })),
    );
    const expecting = await raw(server.url, { method: "GET", headers: { ...named, expect: "the-unexpected" } });
    const answers = [...handshakes, ...pages, expecting];
    expect(answers.map(({ status, headers }) => [status, headers["x-request-id"]])).toEqual(
      [403, 404, 400, 400, 200, 200, 404, 401].map((status) => [status, "mine"]),
    );
    const { socket } = await initSocket(server.url, { authorization: `Bearer ${token}` }, named);
    const ids = [(await socket.answer("1", QUERY)).extensions?.requestId];
    socket.subscribe("2", BOOKMARKS);
    ids.push((await socket.nextFor("2")).payload.extensions.requestId);
    for (const id of ids) expect(id, "its own, not that of the handshake").toMatch(/^[0-9a-f-]{36}$/);
    expect(new Set(ids).size).toBe(2);
    await socket.close();
  });

  test.each([
    ["a head that is too long", `GET /graphql HTTP/1.1\r\nauthorization: Bearer ${"x".repeat(20_000)}\r\n\r\n`, 431],
    ["something else than HTTP", "HELO\r\n\r\n", 400],
    ["two lengths", "POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}", 400],
  ])("and a code are in the answer to %s", async (_name, text, status) => {
    const { hostname, port } = new URL(server.url);
    const received = await new Promise<string>((resolve) => {
      let all = "";
      const socket = connect(Number(port), hostname, () => socket.write(text));
      socket.on("data", (data) => {
        all += data;
      });
      socket.on("close", () => resolve(all));
    });
    const [head = "", body = ""] = received.split("\r\n\r\n");
    const { extensions } = JSON.parse(body).errors[0];
    expect(extensions).toEqual({ code: "INVALID_DOCUMENT", retryable: false, requestId: expect.any(String) });
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} [^]*x-request-id: ${extensions.requestId}$`));
  });

  test("are in every refusal over HTTP and WebSocket", async () => {
    const named = { "x-request-id": "mine" };
    const refused = [
      await post(server.url, token, { query: "{ nothing }" }, named),
      await post(server.url, null, { query: QUERY }, named),
      await post(server.url, token, QUERY, { ...named, "content-type": "text/plain" }),
      await fetch(server.url.replace("/graphql", "/x"), { headers: named }),
    ];
    for (const response of refused) {
      expect(response.headers.get("x-request-id")).toBe("mine");
      expect((await response.json()).errors[0].extensions.requestId).toBe("mine");
    }
    const socket = await openSocket(server.url, token);
    const ids = [await socket.answer("1", "{ nothing }"), await socket.answer("2", "{ nothing }")];
    const [first, second] = ids.map(({ errors }) => errors?.[0]?.extensions.requestId);
    expect(first).toMatch(/^[0-9a-f-]{36}$/);
    expect(second).not.toBe(first);
    await socket.close();
  });
});

describe("origins", () => {
  const preflight = (url: string, origin: string) =>
    raw(url, {
      method: "OPTIONS",
      headers: {
        origin,
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization,content-type",
      },
    });
  const corsOf = (headers: object) =>
    Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith("access-control-")));

  test("are not allowed unless they are configured", async () => {
    expect(corsOf((await preflight(server.url, FRIEND)).headers)).toEqual({});
    expect(corsOf((await preflight(friendly.url, STRANGER)).headers)).not.toHaveProperty(
      "access-control-allow-origin",
      STRANGER,
    );
    for (const [url, origin] of [
      [server.url, FRIEND],
      [friendly.url, STRANGER],
    ] as const) {
      const response = await post(url, token, { query: QUERY }, { origin });
      expect(response.headers.get("access-control-allow-origin")).not.toBe(origin);
      expect(response.headers.get("access-control-allow-origin")).not.toBe("*");
    }
  });

  test("that are configured are allowed, without credentials", async () => {
    const asked = await preflight(friendly.url, FRIEND);
    expect(asked.status).toBeLessThan(300);
    expect(corsOf(asked.headers)).toMatchObject({
      "access-control-allow-origin": FRIEND,
      "access-control-allow-headers": "authorization,content-type",
      "access-control-allow-methods": "GET, POST",
    });
    expect(corsOf(asked.headers)).not.toHaveProperty("access-control-allow-credentials", "true");
    const response = await post(friendly.url, token, { query: QUERY }, { origin: FRIEND });
    expect(response.headers.get("access-control-allow-origin")).toBe(FRIEND);
  });

  test("read also the refusals that come before GraphQL, with their code and Retry-After", async () => {
    const limited = await startServerOn(server.database, {
      SHELFMARK_CORS_ORIGINS: FRIEND,
      SHELFMARK_LIMIT_BODY_BYTES: "2048",
      SHELFMARK_LIMIT_ADDRESS_REQUESTS: "40", // a refused token counts as 20
    });
    const ask = (body: string, headers: Record<string, string> = {}, path = "/graphql") =>
      fetch(new URL(path, limited.url), {
        method: "POST",
        headers: { ...authorized(), "content-type": "application/json", origin: FRIEND, ...headers },
        body,
      });
    const refused = [
      await ask("x".repeat(2049)),
      await ask("{}", { "content-type": "text/plain" }),
      await ask("{}", { "content-encoding": "zstd" }),
      await ask("{}", {}, "/nothing"),
      await ask("{}", { authorization: "Bearer nonsense" }),
      await ask("{"),
    ];
    let last = await ask("{}");
    while (last.status !== 429) last = await ask("{}");
    expect([...refused, last].map(({ status }) => status)).toEqual([413, 415, 415, 404, 401, 400, 429]);
    for (const { headers } of [...refused, last]) {
      expect(corsOf(Object.fromEntries(headers))).toMatchObject({
        "access-control-allow-origin": FRIEND,
        "access-control-expose-headers": expect.stringContaining("retry-after"),
      });
    }
    expect(corsOf(Object.fromEntries((await ask("{}", { origin: STRANGER })).headers))).toEqual({});
    await limited.stop();
  });

  test("that are refused are logged by name, once a minute each; those of the server's own pages are not", () => {
    const warn = vi.fn();
    const logOrigin = createOriginLog({ warn }, { isLocal: false, corsOrigins: [FRIEND] });
    const ask = (origin?: string) => logOrigin({ headers: { origin, host: "models.example" } });
    for (const origin of [STRANGER, STRANGER, FRIEND, undefined, "https://models.example", "null\u001b[31m"])
      ask(origin);
    expect(warn.mock.calls.map(([{ origin }]) => origin)).toEqual([STRANGER, "null\ufffd[31m"]);
    for (let i = 0; i < 300; i++) ask(`https://made-up-${i}.example`);
    expect(warn.mock.calls.length, "a client that makes up origins does not fill the log").toBe(20);
  });

  test.each([
    [STRANGER, 403, 403],
    [FRIEND, 403, 101],
    [`${FRIEND}:8443`, 403, 403],
    ["http://app.example", 403, 403],
    ["null", 403, 403],
    ["http://127.0.0.1:3000", 403, 403],
    [undefined, 101, 101],
  ])("of a socket: %s", async (origin, byDefault, configured) => {
    const headers = { ...authorized(), ...(origin ? { origin } : {}) };
    expect((await upgrade(server.url, headers)).status).toBe(byDefault);
    expect((await upgrade(friendly.url, headers)).status).toBe(configured);
  });
});
