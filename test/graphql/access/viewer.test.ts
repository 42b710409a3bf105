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

test("groups are those that the token names; a token with too many is refused", async () => {
  const groups = (claim?: unknown) => server.request("{ viewer { groups } }", {}, { groups: claim });
  expect(await groups()).toEqual({ data: { viewer: { groups: [] } } });
  expect(await groups(["risk", "ml leads", "risk"])).toEqual({ data: { viewer: { groups: ["risk", "ml leads"] } } });
  const { errors } = await groups(Array.from({ length: 201 }, (_, i) => `g${i}`));
  expect(errors).toMatchObject([
    {
      message:
        "The token's groups claim has 201 groups; at most 200 are allowed. Let the issuer write only those that this registry needs.",
      extensions: { code: "UNAUTHENTICATED" },
    },
  ]);
});
