import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { holdField } from "../../support/hold-field.js";
import { startTestServer, type TestServer } from "../../support/server.js";
import { post } from "../../support/transports.js";
import { startServerOn } from "../../support/wiring.js";

/** Every MUST and SHOULD of GraphQL over HTTP, section Status Codes, that the audits of graphql-http do not send. */

let server: TestServer;
let token: string;
beforeAll(async () => {
  server = await startTestServer();
  token = await server.token();
});
afterAll(() => server.stop());

const RESPONSE = "application/graphql-response+json";
const JSON_TYPE = "application/json";
const ask = async (body: unknown, accept: string, as: string | null = token) => {
  const response = await post(server.url, as, body, { accept });
  return { status: response.status, headers: response.headers, json: await response.json() };
};

/** What never is executed: a status of 4xx, without `data`. In application/json it is 200 if the request is well-formed. */
const NOT_EXECUTED: readonly [string, unknown, number][] = [
  ["a document that cannot be parsed", { query: "{" }, 200],
  ["a document that is not valid", { query: "{ nothing }" }, 200],
  [
    "a variable of the wrong type",
    { query: "query ($n: Int) { models(first: $n) { totalCount } }", variables: { n: "x" } },
    200,
  ],
  ["a required variable that is missing", { query: "query ($n: String!) { model(name: $n) { id } }" }, 200],
  [
    "an operation that is too complex",
    { query: "{ models(first: 200) { nodes { versions(first: 200) { nodes { id } } } } }" },
    200,
  ],
  [
    "an operation that is too deep",
    {
      query: `{ models { nodes { latestVersion { ${"model { latestVersion { ".repeat(9)} id ${"} } ".repeat(9)} } } } }`,
    },
    200,
  ],
  ["a subscription that is not asked for as a stream", { query: "subscription { stageChanged { cursor } }" }, 406],
  ["an operation that is not in the document", { query: "query A { __typename }", operationName: "B" }, 200],
  ["no document", {}, 400],
  ["variables that are a list", { query: "{ __typename }", variables: [] }, 400],
];

describe.each(NOT_EXECUTED)("%s", (_case, body, legacy) => {
  test(`is 4xx as ${RESPONSE}, without data`, async () => {
    const { status, json, headers } = await ask(body, RESPONSE);
    expect(headers.get("content-type")).toBe(`${RESPONSE}; charset=utf-8`);
    expect(status).toBe(legacy === 406 ? 406 : 400);
    expect(Object.keys(json)).toEqual(["errors"]);
  });

  test(`is ${legacy} as ${JSON_TYPE}`, async () => {
    expect((await ask(body, JSON_TYPE)).status).toBe(legacy);
  });
});

describe("an operation that was executed is 200, whatever its fields gave", () => {
  test.each([
    ["all of its data", "{ __typename }", ["data"]],
    ["a field error beside data", '{ a: __typename model(name: "") { id } }', expect.arrayContaining(["data"])],
    [
      "data that is null",
      'mutation { deleteModel(input: { model: { name: "nope" } }) { deletedId } }',
      ["errors", "data"],
    ],
  ])("%s", async (_case, query, keys) => {
    for (const accept of [RESPONSE, JSON_TYPE]) {
      const { status, json } = await ask({ query }, accept);
      expect([status, Object.keys(json)]).toEqual([200, keys]);
    }
  });
});

test("a time-out before anything is executed is 5xx, in application/json too only as an error", async () => {
  const hasty = await startServerOn(server.database, { SHELFMARK_LIMIT_REQUEST_MS: "100" });
  const held = holdField("Query", "viewer");
  const response = await post(hasty.url, token, { query: "{ viewer { actor { subject } } }" }, { accept: RESPONSE });
  const json = await response.json();
  held.release();
  held.restore();
  expect(json.errors[0].extensions.code).toBe("TIMEOUT");
  expect(response.status).toBe("data" in json ? 200 : 504);
  await hasty.stop();
});

describe("the challenge of a 401 (RFC 6750 §3)", () => {
  const challengeOf = async (authorization: string | null) => {
    const headers: Record<string, string> = authorization === null ? {} : { authorization };
    const response = await post(server.url, null, { query: "{ __typename }" }, headers);
    const { errors } = await response.json();
    return [response.status, response.headers.get("www-authenticate"), errors[0].extensions.reason];
  };
  const INVALID = 'Bearer realm="shelfmark", error="invalid_token"';

  test("names no error when there is no token", async () => {
    expect(await challengeOf(null)).toEqual([401, 'Bearer realm="shelfmark"', "missing"]);
  });

  test("names the error of a token that is malformed, expired, or for another audience", async () => {
    expect(await challengeOf("Bearer nonsense")).toEqual([401, INVALID, "malformed"]);
    const expired = await server.token({ ttlSeconds: -3600 });
    expect(await challengeOf(`Bearer ${expired}`)).toEqual([401, INVALID, "expired"]);
    const other = await startServerOn(server.database, { SHELFMARK_JWT_AUDIENCE: "another" });
    const response = await post(other.url, token, { query: "{ __typename }" });
    expect([response.status, response.headers.get("www-authenticate")]).toEqual([401, INVALID]);
    await other.stop();
  });
});
