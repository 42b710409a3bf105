import { afterAll, beforeAll, expect, test } from "vitest";
import { openServers } from "../support/servers.js";
import { mintTestToken } from "../support/token.js";
import { send } from "./mlflow-client.js";

const servers = await openServers();
let base: string;
let token: string;
beforeAll(async () => {
  base = await serve({});
  token = await mintTestToken();
});
afterAll(() => servers.stop());

const serve = async (settings: Record<string, string>) => (await servers.serve(settings)).replace(/\/graphql$/, "");

const SEARCH = "/mlflow/api/2.0/mlflow/registered-models/search";
const basic = (password: string, name = "any") => `Basic ${Buffer.from(`${name}:${password}`).toString("base64")}`;
const search = (headers: Record<string, string>, at = base) => send(`${at}${SEARCH}`, { headers });

test("a bearer token, or a token as the password of Basic, is the viewer of the request", async () => {
  for (const authorization of [`Bearer ${token}`, basic(token), basic(token, "")]) {
    const { status, body, headers } = await search({ authorization, "x-request-id": "mine-1" });
    expect([status, body, headers.get("x-request-id")]).toEqual([200, { registered_models: [] }, "mine-1"]);
  }
});

test.each([
  ["none", {}, 'Bearer realm="shelfmark"'],
  ["one that is none", { authorization: "Bearer nonsense" }, 'Bearer realm="shelfmark", error="invalid_token"'],
  ["a wrong password", { authorization: basic("secret") }, 'Bearer realm="shelfmark", error="invalid_token"'],
  ["a name without a password", { authorization: `Basic ${btoa("name")}` }, 'Bearer realm="shelfmark"'],
])("without a token that counts, %s, the answer is 401", async (_what, headers, challenge) => {
  const refused = await search(headers);
  expect([refused.status, refused.body.error_code]).toEqual([401, "UNAUTHENTICATED"]);
  expect(refused.headers.get("www-authenticate")).toBe(challenge);
});

test("Basic is refused to the page of another site, which a browser sends it for", async () => {
  const { host } = new URL(base);
  for (const [headers, status] of [
    [{ origin: "https://evil.example" }, 403],
    [{ origin: "null" }, 403],
    [{ "sec-fetch-site": "cross-site" }, 403],
    [{ "sec-fetch-site": "same-site" }, 403],
    [{ "sec-fetch-site": "same-origin", origin: `http://${host}` }, 200],
    [{ "sec-fetch-site": "none" }, 200],
  ] as const) {
    // fetch of Node sets these two headers itself
    const answer = await rawStatus({ authorization: basic(token), ...headers });
    expect([headers, answer]).toEqual([headers, status]);
  }
  expect(await rawStatus({ authorization: `Bearer ${token}`, origin: "https://evil.example" })).toBe(200);
});

async function rawStatus(headers: Record<string, string>): Promise<number | undefined> {
  const { request } = await import("node:http");
  return new Promise((resolve, reject) => {
    request(`${base}${SEARCH}`, { headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on("error", reject)
      .end();
  });
}

test("Basic is not accepted by GraphQL", async () => {
  const answer = await send(`${base}/graphql`, {
    method: "POST",
    headers: { authorization: basic(token), "content-type": "application/json" },
    body: JSON.stringify({ query: "{ viewer { scopes } }" }),
  });
  expect(answer.status).toBe(401);
});

test("a revoked token is refused at once", async () => {
  const revoked = await mintTestToken({ subject: "leaver", tokenId: "leaver-1" });
  expect((await search({ authorization: `Bearer ${revoked}` })).status).toBe(200);
  const admin = await mintTestToken({ scopes: ["admin"] });
  const answer = await send(`${base}/graphql`, {
    method: "POST",
    headers: { authorization: `Bearer ${admin}`, "content-type": "application/json" },
    body: JSON.stringify({
      query: `mutation { revokeTokens(input: { tokens: { tokenId: "leaver-1" } }) { __typename } }`,
    }),
  });
  expect(answer.body.errors).toBeUndefined();
  await expect.poll(async () => (await search({ authorization: basic(revoked) })).status).toBe(401);
});

test("past the rate of its viewer or its address a client is told when to come again", async () => {
  for (const limit of ["SHELFMARK_LIMIT_VIEWER_OPERATIONS", "SHELFMARK_LIMIT_ADDRESS_REQUESTS"]) {
    const limited = await serve({ [limit]: "2" });
    const answers = [];
    for (let i = 0; i < 3; i++) answers.push(await search({ authorization: `Bearer ${token}` }, limited));
    const refused = answers.find(({ status }) => status === 429);
    expect(refused?.body.error_code).toBe("REQUEST_LIMIT_EXCEEDED");
    expect(Number(refused?.headers.get("retry-after"))).toBeGreaterThan(0);
  }
});

test("what is not here is a 404 in MLflow's form, with or without a token", async () => {
  for (const path of [
    "/mlflow/api/2.0/mlflow/runs/absent",
    "/mlflow/api/3.0/mlflow/traces",
    "/mlflow/api/2.0/mlflow/webhooks",
    "/mlflow/api/2.0/mlflow/registered-models/get/",
    "/mlflow",
    "/mlflow/",
  ]) {
    const { status, body } = await send(`${base}${path}`, { method: "POST" });
    expect([path, status, body.error_code]).toEqual([path, 404, "ENDPOINT_NOT_FOUND"]);
  }
  const wrong = await send(`${base}${SEARCH}`, { method: "POST" });
  expect([wrong.status, wrong.headers.get("allow")]).toEqual([405, "GET"]);
});

test("SHELFMARK_MLFLOW serves it at the root too, or nowhere", async () => {
  const paths = [
    "/mlflow/health",
    "/mlflow/version",
    "/mlflow/api/3.0/mlflow/server-info",
    "/health",
    "/version",
    "/api/2.0/mlflow/registered-models/search",
  ];
  const statuses = async (at: string) =>
    Promise.all(
      paths.map(async (path) => (await send(`${at}${path}`, { headers: { authorization: basic(token) } })).status),
    );
  expect(await statuses(base)).toEqual([200, 200, 200, 404, 404, 404]);
  expect(await statuses(await serve({ SHELFMARK_MLFLOW: "/" }))).toEqual([200, 200, 200, 200, 200, 200]);
  expect(await statuses(await serve({ SHELFMARK_MLFLOW: "off" }))).toEqual([404, 404, 404, 404, 404, 404]);
  expect((await send(`${base}/mlflow/health`, {})).body).toBe("OK");
  expect((await send(`${base}/mlflow/version`, {})).body).toBe("3.17.2");
});
