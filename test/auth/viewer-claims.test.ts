import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseBearer } from "../../src/auth/bearer-token.js";
import { CLAIMS, outcome, sign, verifier, without } from "./token-fixture.js";

async function viewerOf(claims: Record<string, unknown>) {
  return verifier.verify(await sign({ ...CLAIMS, ...claims }));
}

test("a viewer holds the token's claims and is frozen", async () => {
  const viewer = await viewerOf({ name: "Ada Lovelace", jti: "t-1", models: ["iris-*"] });
  expect({ ...viewer, scopes: [...viewer.scopes] }).toMatchInlineSnapshot(`
    {
      "actor": {
        "issuer": "https://issuer.example",
        "kind": "USER",
        "name": "Ada Lovelace",
        "subject": "ada",
      },
      "environmentGlobs": null,
      "experimentGlobs": null,
      "expiresAt": 2026-11-20T13:00:00.000Z,
      "groups": [],
      "issuedAt": null,
      "modelGlobs": [
        "iris-*",
      ],
      "scopeClaims": [
        "scope",
        "scp",
        "roles",
        "permissions",
      ],
      "scopes": [
        "models:read",
      ],
      "tokenId": "t-1",
    }
  `);
  expect([viewer, viewer.actor, viewer.modelGlobs].every(Object.isFrozen)).toBe(true);
});

describe("scopes", () => {
  test.each([
    ["separated by spaces", { scope: "models:read models:write" }],
    ["with extra blanks and duplicates", { scope: "  models:read   models:read models:write " }],
    ["in an array", { scope: ["models:read", "models:write"] }],
    ["as scp", { scp: "models:read models:write" }],
    ["as scp array", { scp: ["models:read", "models:write"] }],
    ["as roles", { roles: ["models:read", "models:write", "Reader"] }],
    ["as permissions", { permissions: ["models:read", "models:write"] }],
    ["in several claims", { scope: "openid models:read", roles: ["models:write"] }],
    ["among unknown scopes", { scope: "openid email models:read models:write models:* MODELS:DELETE" }],
    ["among values that are not texts", { scp: ["models:read", 1, null, ["admin"], { admin: true }, "models:write"] }],
  ])("%s", async (_, claims) => {
    const { scopes } = await verifier.verify(await sign({ ...without("scope"), ...claims }));
    expect([...scopes]).toEqual(["models:read", "models:write"]);
  });

  test.each([
    ["absent", {}],
    ["null", { scope: null }],
    ["an object", { scope: { admin: true } }],
    ["a number", { scope: 1 }],
    ["true", { roles: true }],
    ["separated by commas", { scope: "models:read,admin" }],
    ["separated by line breaks", { scope: "models:read\nadmin" }],
    ["nested arrays", { scope: [["admin"]] }],
    ["words that contain a scope", { scope: "xadmin admin: :admin" }],
    ["names of built-in properties", { scope: "constructor __proto__ toString" }],
  ])("none, when %s", async (_, claims) => {
    const { scopes } = await verifier.verify(await sign({ ...without("scope"), ...claims }));
    expect([...scopes]).toEqual([]);
  });
});

describe("models", () => {
  test("absent means all, an empty array means none, globs stay as they are", async () => {
    expect((await viewerOf({})).modelGlobs).toBeNull();
    expect((await viewerOf({ models: [] })).modelGlobs).toEqual([]);
    expect((await viewerOf({ models: ["a*", "B"] })).modelGlobs).toEqual(["a*", "B"]);
  });

  test.each([
    ["text", "*"],
    ["null", null],
    ["an object", { "0": "*" }],
    ["true", true],
    ["a number", 1],
    ["an array with a number", ["a", 1]],
    ["an array with null", [null]],
    ["an array of arrays", [["*"]]],
    ["an array with NUL", ["a\u0000"]],
    ["an array with an empty glob", [""]],
  ])("%s is refused", async (_, globs) => {
    for (const claim of ["models", "experiments", "environments"]) {
      expect(await outcome(await sign({ ...CLAIMS, [claim]: globs }))).toMatch(
        new RegExp(`^UNAUTHENTICATED: The token's ${claim} claim must (not|be an array)`),
      );
    }
  });

  test("experiments and environments restrict in the same way", async () => {
    const viewer = await viewerOf({ experiments: ["a/*"], environments: [] });
    expect(viewer).toMatchObject({ modelGlobs: null, experimentGlobs: ["a/*"], environmentGlobs: [] });
  });
});

test.each([
  ["USER", {}],
  ["USER", { client_id: "web", azp: "web" }],
  ["USER", { kind: "user", gty: "client-credentials" }],
  ["USER", { kind: "robot" }],
  ["MACHINE", { kind: "machine" }],
  ["MACHINE", { gty: "client-credentials" }],
  ["MACHINE", { client_id: "ada" }],
  ["MACHINE", { azp: "ada" }],
  ["MACHINE", { sub: "abc@clients" }],
  ["MACHINE", { idtyp: "app" }],
])("%s: %j", async (kind, claims) => {
  expect((await viewerOf(claims)).actor.kind).toBe(kind);
});

test.each([
  ["Ada", { name: "Ada", preferred_username: "ada@example.com" }],
  ["ada@example.com", { preferred_username: "ada@example.com" }],
  ["ada@example.com", { name: "", preferred_username: "ada@example.com" }],
  [null, { name: null }],
])("name %j from %j", async (name, claims) => {
  expect((await viewerOf(claims)).actor.name).toBe(name);
});

test("any claims in a signed token give a viewer or a refusal, never an internal error", async () => {
  const claim = fc.constantFrom(
    "scope",
    "scp",
    "roles",
    "permissions",
    "models",
    "experiments",
    "environments",
    "name",
    "groups",
    "jti",
    "kind",
    "azp",
    "exp",
    "sub",
  );
  await fc.assert(
    fc.asyncProperty(fc.dictionary(claim, fc.jsonValue()), async (claims) => {
      expect(await outcome(await sign({ ...CLAIMS, ...claims }))).toMatch(/^(ok$|UNAUTHENTICATED: The token)/);
    }),
    { numRuns: 300 },
  );
});

test.each([
  ["Bearer abc.def-_~+/==", "abc.def-_~+/=="],
  ["bearer abc", "abc"],
  ["BEARER   abc ", "abc"],
  ["Bearer", null],
  ["Bearer ", null],
  ["Bearer a b", null],
  ["Bearer a,Bearer b", null],
  ["Basic YTpi", null],
  ["abc", null],
  ["Bearer\nabc", null],
  ["", null],
  [null, null],
  [undefined, null],
])("Authorization: %j holds %j", (header, token) => {
  expect(parseBearer(header)).toBe(token);
});
