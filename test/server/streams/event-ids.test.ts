import { request as httpRequest } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestServer, type TestServer } from "../../support/server.js";
import { initSocket } from "../../support/transports.js";

let server: TestServer;
let token: string;
beforeAll(async () => {
  server = await startTestServer();
  token = await server.token();
  await register("first");
});
afterAll(() => server.stop());

const WATCH = `subscription ($after: String, $since: DateTime) {
  m: registryEvents(where: {types: [MODEL_REGISTERED]}, after: $after, since: $since) {
    at: cursor event { ... on ModelRegisteredEvent { modelName } } } }`;
const head = async (): Promise<string> => (await server.data("{ head { cursor } }")).head.cursor;
const register = (name: string) =>
  server.data("mutation ($name: String!) { registerModel(input: {name: $name}) { created } }", { name });

interface Wire {
  readonly status: number;
  readonly rawHeaders: readonly string[];
  readonly blocks: readonly string[];
}

/** The first blocks of a stream, byte for byte as they are sent, without pings. */
function read(count: number, variables: object, lastEventId?: string, query = WATCH): Promise<Wire> {
  const url = new URL(server.url);
  url.search = new URLSearchParams({ query, variables: JSON.stringify(variables) }).toString();
  const headers = {
    accept: "text/event-stream",
    authorization: `Bearer ${token}`,
    ...(lastEventId === undefined ? {} : { "last-event-id": lastEventId }),
  };
  return new Promise((resolve, reject) => {
    httpRequest(url, { headers }, (response) => {
      let text = "";
      const { statusCode = 0, rawHeaders } = response;
      const blocksOf = () =>
        text
          .split("\n\n")
          .slice(0, -1)
          .filter((block) => block !== ":");
      const done = () => resolve({ status: statusCode, rawHeaders, blocks: blocksOf() });
      response.setEncoding("utf8").on("data", (chunk) => {
        text += chunk;
        if (blocksOf().length < count) return;
        done();
        response.destroy();
      });
      response.on("end", done);
    })
      .on("error", reject)
      .end();
  });
}

const dataOf = (block: string | undefined) => JSON.parse(/^data: (.*)$/m.exec(block ?? "")?.[1] ?? "null");
const namesIn = ({ blocks }: Wire) => blocks.map((block) => dataOf(block).data.m.event?.modelName ?? null);

test("each message has its cursor as id, bookmarks too, whatever the document selects", async () => {
  const after = await head();
  await register("wire-a");
  await register("wire-b");
  const { status, blocks } = await read(3, { after });
  expect(status).toBe(200);
  expect(blocks.map((block) => block.split("\n").map((line) => line.split(": ")[0]))).toEqual(
    Array.from({ length: 3 }, () => ["event", "data", "id"]),
  );
  const cursors = blocks.map((block) => dataOf(block).data.m.at);
  expect(blocks.map((block) => /^id: (.*)$/m.exec(block)?.[1])).toEqual(cursors);
  expect([cursors[0], new Set(cursors).size]).toEqual([after, 3]);
  const plain = await read(3, { after }, undefined, WATCH.replace("at: cursor", ""));
  expect(plain.blocks.map((block) => /^id: (.*)$/m.exec(block)?.[1])).toEqual(cursors);
});

test("the headers of a stream, each once", async () => {
  for (const { rawHeaders } of [await read(1, {}), await read(1, { after: "no cursor" })]) {
    const names = rawHeaders.filter((_, i) => i % 2 === 0).map((name) => name.toLowerCase());
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
    const headers = Object.fromEntries(names.map((name, i) => [name, rawHeaders[2 * i + 1]]));
    expect(headers).toMatchObject({
      "content-type": "text/event-stream",
      "cache-control": "no-store",
      "x-accel-buffering": "no",
    });
    expect(headers).not.toHaveProperty("content-encoding");
  }
});

describe("Last-Event-ID", () => {
  test("wins over after and since, which a reconnecting EventSource repeats", async () => {
    const started = new Date().toISOString();
    const after = await head();
    for (const name of ["resume-1", "resume-2"]) await register(name);
    const [, first] = (await read(2, { after })).blocks;
    const id = /^id: (.*)$/m.exec(first ?? "")?.[1] ?? "";
    for (const variables of [{}, { after }, { since: started }, { after: "no cursor" }])
      expect(namesIn(await read(2, variables, id)), JSON.stringify(variables)).toEqual([null, "resume-2"]);
    expect(namesIn(await read(3, { after })), "without it").toEqual([null, "resume-1", "resume-2"]);
  });

  test("that is empty says nothing", async () => {
    const after = await head();
    await register("empty");
    expect(namesIn(await read(2, { after }, ""))).toEqual([null, "empty"]);
  });

  test("with a time in the future keeps to that time", async () => {
    const after = await head();
    await register("too-early");
    const { blocks } = await read(1, { since: new Date(Date.now() + 3_600_000).toISOString() }, after);
    expect(dataOf(blocks[0]).data.m).toEqual({ at: after, event: null });
    // the position moves on without the event: the next message is a bookmark
    const next = await read(2, { since: new Date(Date.now() + 3_600_000).toISOString() }, after);
    expect(namesIn(next)).toEqual([null, null]);
  });

  test("is refused like an after that is no cursor, or is one of another log", async () => {
    const codeOf = async (variables: object, id?: string) => {
      const { blocks } = await read(2, variables, id);
      expect(blocks.at(-1)).toBe("event: complete\ndata:");
      expect(blocks[0]).not.toMatch(/^id:/m);
      const [{ extensions, message }] = dataOf(blocks[0]).errors;
      return [extensions.code, extensions.field, message];
    };
    expect(await codeOf({}, "no cursor")).toEqual([
      "INVALID_INPUT",
      "Last-Event-ID",
      "Last-Event-ID is not a cursor of a stream.",
    ]);
    expect((await codeOf({ after: "no cursor" })).slice(0, 2)).toEqual(["INVALID_INPUT", "after"]);
    const [logId = "", ...rest] = Buffer.from(await head(), "base64url")
      .toString()
      .split(".");
    const foreign = Buffer.from([logId.replace(/^./, (digit) => (digit === "0" ? "1" : "0")), ...rest].join("."));
    expect((await codeOf({}, foreign.toString("base64url")))[0]).toBe("HISTORY_DIVERGED");
  });

  test("is nothing to a query and to a socket", async () => {
    const headers = {
      "content-type": "application/json",
      authorization: `Bearer ${token}`,
      "last-event-id": "no cursor",
    };
    const answer = await fetch(server.url, { method: "POST", headers, body: `{"query":"{ head { revision } }"}` });
    expect(await answer.json()).toEqual({ data: { head: { revision: expect.any(Number) } } });
    const after = await head();
    const { socket } = await initSocket(
      server.url,
      { authorization: `Bearer ${token}` },
      { "last-event-id": "no cursor" },
    );
    socket.subscribe("s", WATCH, { after });
    expect((await socket.nextFor("s")).payload.data.m.at).toBe(after);
    await socket.close();
  });
});
