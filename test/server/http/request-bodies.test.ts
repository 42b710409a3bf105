import { connect } from "node:net";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { eventually } from "../../support/eventually.js";
import { startTestServer, type TestServer } from "../../support/server.js";
import { BOOKMARKS, openSocket, post, raw, type Socket } from "../../support/transports.js";
import { startServerOn } from "../../support/wiring.js";

const LIMIT = 4096;
let server: TestServer;
let small: { url: string; stop(): Promise<void> };
let token: string;
beforeAll(async () => {
  server = await startTestServer();
  token = await server.token();
  small = await startServerOn(server.database, {
    SHELFMARK_LIMIT_BODY_BYTES: String(LIMIT),
    SHELFMARK_LIMIT_SUBSCRIPTION_BYTES: "1024",
  });
});
afterAll(async () => {
  await small?.stop();
  await server?.stop();
});

const QUERY = JSON.stringify({ query: "{ viewer { actor { subject } } }" });
const ANSWER = { data: { viewer: { actor: { subject: "tester" } } } };
const send = async (body: string | Uint8Array, headers: Record<string, string> = {}, url = small.url) => {
  const answer = await raw(url, {
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json", ...headers },
    body,
  });
  return { ...answer, json: JSON.parse(answer.body) };
};
const CHUNKED = { "transfer-encoding": "chunked" };
const refusal = (message: string) => ({ errors: [{ message, extensions: { code: "INVALID_DOCUMENT" } }] });

describe("a body in chunks", () => {
  test("is read", async () => {
    expect((await send(QUERY, CHUNKED)).json).toEqual(ANSWER);
  });

  test("past the limit is refused with 413, and the connection closed", async () => {
    const { status, headers, json } = await send(QUERY + " ".repeat(200_000), CHUNKED);
    expect([status, headers.connection]).toEqual([413, "close"]);
    expect(json).toMatchObject(refusal(`A request's body may have ${LIMIT} bytes at most.`));
  });
});

describe("a compressed body", () => {
  test.each([
    ["gzip", gzipSync(QUERY)],
    ["x-gzip", gzipSync(QUERY)],
    ["GZIP", gzipSync(QUERY)],
    ["br", brotliCompressSync(QUERY)],
    ["identity", Buffer.from(QUERY)],
  ])("in %s is decompressed, with a length and in chunks", async (coding, body) => {
    expect((await send(body, { "content-encoding": coding })).json).toEqual(ANSWER);
    expect((await send(body, { "content-encoding": coding, ...CHUNKED })).json).toEqual(ANSWER);
  });

  test.each([
    ["gzip", gzipSync],
    ["br", brotliCompressSync],
  ])("in %s counts decompressed: a bomb is refused as soon as it is past the limit", async (coding, compress) => {
    const bomb = compress(Buffer.alloc(50_000_000, " "));
    const { status, json } = await send(bomb.subarray(0, LIMIT), { "content-encoding": coding });
    expect(status).toBe(413);
    expect(json).toMatchObject(refusal(`A request's body may have ${LIMIT} bytes at most.`));
  });

  test.each(["deflate", "zstd", "gzip, br", "compress", "constructor", "__proto__"])(
    "in %s is refused with 415",
    async (coding) => {
      const { status, headers, json } = await send(QUERY, { "content-encoding": coding });
      expect([status, headers["accept-encoding"]]).toEqual([415, "gzip, br"]);
      expect(json).toMatchObject(refusal("A request's body may have one Content-Encoding: gzip, br."));
    },
  );

  test.each([
    ["that is not compressed", Buffer.from(QUERY)],
    ["that ends early", gzipSync(QUERY).subarray(0, 20)],
  ])("%s is refused with 400", async (_case, body) => {
    const { status, json } = await send(body, { "content-encoding": "gzip" });
    expect(status).toBe(400);
    expect(json).toMatchObject(refusal("The body is not valid gzip, as its Content-Encoding says."));
  });

  test("of a subscription counts decompressed, because its document is held", async () => {
    const body = gzipSync(JSON.stringify({ query: BOOKMARKS + " ".repeat(2000) }));
    const { body: stream } = await raw(small.url, {
      headers: {
        authorization: `Bearer ${token}`,
        "content-type": "application/json",
        "content-encoding": "gzip",
        accept: "text/event-stream",
      },
      body,
    });
    expect(stream).toContain("A subscription may have 1024 bytes at most");
  });

  test("counts in the rate of its actor by its decompressed length", async () => {
    const slow = await startServerOn(server.database, { SHELFMARK_LIMIT_VIEWER_OPERATIONS: "20" });
    const body = gzipSync(QUERY + " ".repeat(1_000_000));
    expect((await send(body, { "content-encoding": "gzip" }, slow.url)).status).toBe(429);
    await slow.stop();
  });
});

describe("a body that is refused in the middle", () => {
  test.each([
    ["no gzip", Buffer.from(`not gzip${"x".repeat(300_000)}`)],
    ["rubbish after gzip", Buffer.concat([gzipSync(QUERY), Buffer.alloc(300_000, "x")])],
  ])("closes the connection, on which the rest would stand before the next request (%s)", async (_case, body) => {
    const answer = await raw(server.url, {
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json", "content-encoding": "gzip" },
      body,
    });
    expect([answer.status, answer.headers.connection]).toEqual([400, "close"]);
  });

  test("counts in the rate of its actor", async () => {
    const slow = await startServerOn(server.database, {
      SHELFMARK_LIMIT_VIEWER_OPERATIONS: "600",
      SHELFMARK_LIMIT_BODY_BYTES: "4000000",
    });
    const bomb = gzipSync(Buffer.alloc(9_000_000, " "));
    const statuses: number[] = [];
    for (let i = 0; i < 4; i++) statuses.push((await send(bomb, { "content-encoding": "gzip" }, slow.url)).status);
    expect(statuses.slice(0, 2)).toEqual([413, 413]);
    expect(statuses.at(-1)).toBe(429);
    await slow.stop();
  });
});

test("a body that will be refused is not asked for (RFC 9110 §10.1.1)", async () => {
  const heads = async (length: number) => {
    const { hostname, port } = new URL(small.url);
    const socket = connect(Number(port), hostname);
    let text = "";
    socket.setEncoding("utf8").on("data", (part) => {
      text += part;
    });
    socket.write(
      `POST /graphql HTTP/1.1\r\nhost: ${hostname}:${port}\r\nauthorization: Bearer ${token}\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\nexpect: 100-continue\r\n\r\n`,
    );
    await eventually(() => expect(text).toContain("\r\n\r\n"));
    socket.destroy();
    return text.split("\r\n", 1)[0];
  };
  expect(await heads(LIMIT + 1)).toBe("HTTP/1.1 413 Payload Too Large");
  expect(await heads(LIMIT)).toBe("HTTP/1.1 100 Continue");
});

describe("text", () => {
  const latin1 = Buffer.from(`{"query":"{ model(name: \\"caf\xe9\\") { id } }"}`, "latin1");
  const NOT_UTF8 = "The body is not valid UTF-8, which JSON must be (RFC 8259, section 8.1).";

  test("that is not UTF-8 is refused with 400", async () => {
    const { status, json } = await send(latin1);
    expect(status).toBe(400);
    expect(json).toMatchObject(refusal(NOT_UTF8));
    expect((await send(gzipSync(latin1), { "content-encoding": "gzip" })).json).toMatchObject(refusal(NOT_UTF8));
  });

  test.each(["iso-8859-1", '"utf-16"', "windows-1252"])("in the charset %s is refused with 415", async (charset) => {
    const { status, json } = await send(latin1, { "content-type": `application/json; charset=${charset}` });
    expect(status).toBe(415);
    expect(json).toMatchObject(refusal("A request's body must be UTF-8, which JSON is (RFC 8259, section 8.1)."));
  });

  test.each(["utf-8", "UTF-8", '"utf-8"', "utf8", "us-ascii"])("in the charset %s is read", async (charset) => {
    expect((await send(QUERY, { "content-type": `application/json; charset=${charset}` })).json).toEqual(ANSWER);
  });

  test("that is not UTF-8 in the URL of a GET is refused with 400", async () => {
    const path = "/graphql?query=%7B%20model(name:%22caf%E9%22)%20%7B%20id%20%7D%20%7D";
    const answer = await raw(small.url, { method: "GET", path, headers: { authorization: `Bearer ${token}` } });
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.body)).toMatchObject(refusal("The URL parameters are not percent-encoded UTF-8."));
  });

  test("that is not UTF-8 in a binary message closes the socket", async () => {
    const socket: Socket = await openSocket(small.url, token);
    socket.ws.send(Buffer.from(`{"id":"1","type":"subscribe","payload":{"query":"# caf\xe9"}}`, "latin1"));
    expect(await socket.closed).toEqual({ code: 1007, reason: "A message must be UTF-8" });
  });

  test("with a byte order mark is read, as RFC 8259 allows", async () => {
    expect((await send(`\ufeff${QUERY}`)).json).toEqual(ANSWER);
  });
});

describe("a refusal says what is wrong with the JSON", () => {
  test.each([
    ["NaN", '{"query":"{ a }","variables":{"value":NaN}}', /JSON has no NaN and no Infinity .* as the text "NaN"/],
    ["-Infinity", '{"variables":{"value": -Infinity}}', /JSON has no NaN and no Infinity/],
    ["NaN in a text", '{"query":"NaN",}', /^The body is not valid JSON\.$/],
    ["nothing", " ", /^The body is empty\./],
    ["a cut body", '{"query":"{ a', /^The body is not valid JSON\.$/],
    ["null", "null", /must be a JSON object with the member "query"; it is null\.$/],
    ["a number", "7", /it is a number\.$/],
  ])("%s", async (_case, body, message) => {
    const { status, json } = await send(body);
    expect(status).toBe(400);
    expect(json.errors[0].message).toMatch(message);
  });
});

test("long answers are compressed when the request accepts it, and streams never", async () => {
  const long = { query: "{ __schema { types { name description } } }" };
  for (const coding of ["gzip", "br"]) {
    const answer = await post(server.url, token, long, { "accept-encoding": coding });
    expect(answer.headers.get("content-encoding")).toBe(coding);
    expect(answer.headers.get("vary")).toContain("Accept-Encoding");
    expect((await answer.json()).data.__schema.types.length).toBeGreaterThan(10);
  }
  const plain = await post(server.url, token, long, { "accept-encoding": "identity" });
  expect(plain.headers.get("content-encoding")).toBeNull();
  const short = await post(server.url, token, QUERY, { "accept-encoding": "gzip" });
  expect(short.headers.get("content-encoding")).toBeNull();
  const stream = await post(
    server.url,
    token,
    { query: BOOKMARKS },
    {
      "accept-encoding": "gzip",
      accept: "text/event-stream",
    },
  );
  expect(stream.headers.get("content-encoding")).not.toBe("gzip");
  await stream.body?.cancel();
});
