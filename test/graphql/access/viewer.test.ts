import { afterAll, beforeAll, expect, test } from "vitest";
import { type As, startTestServer, type TestServer } from "../../support/server.js";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const scopesOf = async (scopes: As["scopes"] & object) =>
  (await server.data("{ viewer { scopes } }", {}, { scopes })).viewer.scopes;

test("scopes are those that the token names, so policies:override shows only where it was given", async () => {
  expect(await scopesOf(["admin"])).toEqual(["admin"]);
  expect(await scopesOf(["admin", "policies:override"])).toEqual(["policies:override", "admin"]);
  expect(await scopesOf(["checks:write"])).toEqual(["checks:write"]);
});
