import { request } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { MLFLOW_ROUTES } from "../../src/mlflow/mlflow-api.js";
import { revision } from "../security/authorization/fixture.js";
import { startTestServer, type TestServer } from "../support/server.js";

let server: TestServer;
let token: string;
beforeAll(async () => {
  server = await startTestServer();
  token = await server.token();
});
afterAll(() => server?.stop());

const FILES = "/api/2.0/mlflow-artifacts/artifacts";
/** Every endpoint: those of the table, and those for files. What each requires of a token is in the tests beside this one. */
const ENDPOINTS = [
  ...MLFLOW_ROUTES.map(({ method, path }) => ({ method, path: `/api/2.0/mlflow${path.replaceAll(/\{\w+\}/g, "x")}` })),
  { method: "GET", path: `${FILES}?path=1/x/artifacts` },
  ...["GET", "HEAD", "PUT", "DELETE"].map((method) => ({ method, path: `${FILES}/1/x/artifacts/file` })),
  { method: "GET", path: "/get-artifact?run_id=x&path=file" },
  { method: "GET", path: "/api/2.0/mlflow/logged-models/x/artifacts/files?artifact_file_path=file" },
].flatMap(({ method, path }) => [
  { method, path: `/mlflow${path}` },
  { method, path: `/mlflow${path.replace(/^\/api/, "/ajax-api")}` },
]);

interface Answer {
  readonly status: number | undefined;
  readonly code: string | undefined;
}

function send(method: string, path: string, headers: Readonly<Record<string, string>>): Promise<Answer> {
  const body = method === "GET" || method === "HEAD" ? "" : "{}";
  const own = { "content-type": "application/json", "content-length": String(body.length) };
  return new Promise((resolve, reject) => {
    // fetch would write the headers of pages itself
    request(new URL(path, server.url), { method, headers: { ...own, ...headers } }, (response) => {
      let text = "";
      response.on("data", (part) => {
        text += part;
      });
      response.on("end", () => {
        resolve({ status: response.statusCode, code: text === "" ? undefined : JSON.parse(text).error_code });
      });
    })
      .on("error", reject)
      .end(body);
  });
}

const WITHOUT_TOKEN = [{}, { authorization: "Bearer nonsense" }, { authorization: `Basic ${btoa("any:nonsense")}` }];
/** Pages of other sites, and one without an origin. */
const FOREIGN = [{ origin: "https://evil.example" }, { origin: "null" }, { "sec-fetch-site": "cross-site" }];

test.each(ENDPOINTS)(
  "$method $path needs a token, and takes it as a password from no foreign page",
  async (endpoint) => {
    const { method, path } = endpoint;
    const refusal = (status: number, code: string) => ({ status, code: method === "HEAD" ? undefined : code });
    const before = await revision(server);
    for (const headers of WITHOUT_TOKEN) {
      const answer = await send(method, path, headers);
      expect({ headers, ...answer }).toEqual({ headers, ...refusal(401, "UNAUTHENTICATED") });
    }
    for (const headers of FOREIGN) {
      const answer = await send(method, path, { authorization: `Basic ${btoa(`any:${token}`)}`, ...headers });
      expect({ headers, ...answer }).toEqual({ headers, ...refusal(403, "PERMISSION_DENIED") });
    }
    expect(await revision(server), "nothing was written").toBe(before);
  },
);
