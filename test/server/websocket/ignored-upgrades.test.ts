import { connect } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestServer, type TestServer } from "../../support/server.js";

let server: TestServer;
let token: string;
beforeAll(async () => {
  server = await startTestServer();
  token = await server.token();
});
afterAll(() => server.stop());

/** Sends what Java's HttpClient sends over plain HTTP by default. Returns all that comes until the connection is closed. */
function askForHttp2(path: string, body: string, headers: readonly string[] = []): Promise<string> {
  const { hostname, port } = new URL(server.url);
  const head = [
    `POST ${path} HTTP/1.1`,
    `host: ${hostname}:${port}`,
    "connection: Upgrade, HTTP2-Settings",
    "upgrade: h2c",
    "http2-settings: AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA",
    "content-type: application/json",
    `content-length: ${Buffer.byteLength(body)}`,
    ...headers,
  ];
  return new Promise((resolve, reject) => {
    let answer = "";
    const socket = connect(Number(port), hostname);
    socket.on("error", reject).on("close", () => resolve(answer));
    socket.setEncoding("utf8").on("data", (text) => {
      answer += text;
    });
    socket.write(`${head.join("\r\n")}\r\n\r\n${body.slice(0, 10)}`);
    setTimeout(() => socket.write(body.slice(10)), 50);
  });
}

const ME = JSON.stringify({
  query: '{ viewer { actor { subject } } models(where: { name: { equals: "naïve" } }) { totalCount } }',
});

test("a request for HTTP/2 is answered in HTTP/1.1, also if its body comes later, and its connection is closed", async () => {
  const answer = await askForHttp2("/graphql", ME, [`authorization: Bearer ${token}`]);
  expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  expect(answer).toMatch(/\r\nconnection: close\r\n/i);
  expect(answer).toContain('{"data":{"viewer":{"actor":{"subject":"tester"}},"models":{"totalCount":0}}}');
});

test.each([
  ["without a token", "/graphql", ME, [], 401],
  ["at another address", "/elsewhere", ME, [], 404],
  ["with a body that is too long", "/graphql", ME, ["content-length: 99999999"], 400],
  ["with an invalid body", "/graphql", "{", [], 400],
] as const)("%s it is refused like a plain request", async (_name, path, body, headers, status) => {
  const authorization = status === 401 ? [] : [`authorization: Bearer ${token}`];
  const answer = await askForHttp2(path, body, [...authorization, ...headers]);
  expect(answer.split(" ")[1]).toBe(String(status));
  expect(answer).toMatch(/"requestId":"[^"]+"/);
});

test("later requests on its connection are ignored", async () => {
  const two = `${ME}GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n`;
  const { hostname, port } = new URL(server.url);
  const answer = await new Promise<string>((resolve) => {
    let all = "";
    const socket = connect(Number(port), hostname, () =>
      socket.write(
        `POST /graphql HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: h2c\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(ME)}\r\nauthorization: Bearer ${token}\r\n\r\n${two}`,
      ),
    );
    socket.on("error", () => {}).on("close", () => resolve(all));
    socket.setEncoding("utf8").on("data", (text) => {
      all += text;
    });
  });
  expect(answer.match(/HTTP\/1\.1 /g)).toHaveLength(1);
});
