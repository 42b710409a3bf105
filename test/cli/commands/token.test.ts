import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openLocalKeys } from "../../../src/auth/local-keys.js";
import { createTokenVerifier } from "../../../src/auth/token-verifier.js";
import { NOW, runCommand } from "../../support/command-fixture.js";

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "shelfmark-token-"));
  await openLocalKeys(folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const runToken = (...argv: string[]) => runCommand(["token", ...argv], { SHELFMARK_DATA: folder });

test("prints a token that a server on the same folder accepts, and nothing else", async () => {
  const options = [
    "--subject",
    "ci",
    "--scope",
    "models:read",
    "stages:staging,stages:production",
    "--models",
    "fraud-*",
    "iris",
  ];
  const { code, out, err } = await runToken(...options, "--ttl", "30m", "--name", "CI of fraud", "--machine");
  expect([code, err]).toEqual([0, ""]);
  expect(out).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
  const { trust } = await openLocalKeys(folder);
  const viewer = await createTokenVerifier({ ...trust, now: () => NOW }).verify(out.trim());
  expect({ ...viewer, scopes: [...viewer.scopes], tokenId: null }).toMatchInlineSnapshot(`
    {
      "actor": {
        "issuer": "shelfmark-local",
        "kind": "MACHINE",
        "name": "CI of fraud",
        "subject": "ci",
      },
      "environmentGlobs": null,
      "experimentGlobs": null,
      "expiresAt": 2026-11-20T12:30:00.000Z,
      "groups": [],
      "issuedAt": 2026-11-20T12:00:00.000Z,
      "modelGlobs": [
        "fraud-*",
        "iris",
      ],
      "scopeClaims": [
        "scope",
        "scp",
        "roles",
        "permissions",
      ],
      "scopes": [
        "models:read",
        "stages:staging",
        "stages:production",
      ],
      "tokenId": null,
    }
  `);
});

test("a token is valid for twelve hours and all models by default", async () => {
  const { out } = await runToken("--subject", "me", "--scope", "admin");
  const { trust } = await openLocalKeys(folder);
  const viewer = await createTokenVerifier({ ...trust, now: () => NOW }).verify(out.trim());
  expect(viewer).toMatchObject({
    expiresAt: new Date("2026-11-21T00:00:00.000Z"),
    modelGlobs: null,
    actor: { kind: "USER" },
  });
});

test("--group names groups, each once, also as many as a token may have", async () => {
  const { trust } = await openLocalKeys(folder);
  const groupsOf = async (...argv: string[]) => {
    const { out } = await runToken("--subject", "me", "--scope", "models:read", ...argv);
    return (await createTokenVerifier({ ...trust, now: () => NOW }).verify(out.trim())).groups;
  };
  expect(await groupsOf("--group", "risk", "--group", "ml leads", "--group", "risk")).toEqual(["risk", "ml leads"]);
  expect(await groupsOf("--group", "b", "a")).toEqual(["b", "a"]);
  const many = Array.from({ length: 200 }, (_, i) => `g${i}`);
  expect(await groupsOf("--group", ...many)).toEqual(many);
  expect(await groupsOf("--group", "x".repeat(256))).toEqual(["x".repeat(256)]);
});

test("mistakes are reported in a sentence", async () => {
  const base = ["--subject", "a", "--scope", "admin"];
  const lines = [
    ["--subject", "a", "--scope", "model:read"],
    ["--subject", "a", "--scope", "everything"],
    ["--subject", "a", "--scope", ""],
    ["--subject", " ", "--scope", "admin"],
    [...base, "--ttl", "12"],
    [...base, "--ttl", "0h"],
    [...base, "--ttl", "400d"],
    [...base, "--models", ""],
    [...base, "--group", " "],
    [...base, "--group", "x".repeat(257)],
    [...base, "--group", ...Array.from({ length: 201 }, (_, i) => `g${i}`)],
  ];
  const outcomes = await Promise.all(lines.map((line) => runToken(...line)));
  expect(outcomes.every(({ code, out }) => code === 2 && out === "")).toBe(true);
  expect(outcomes.map(({ err }) => err).join("")).toMatchInlineSnapshot(`
    "shelfmark: --scope is "model:read" (did you mean models:read?); it must be one or more of models:read models:write models:delete aliases:write stages:staging stages:production stages:archived stages:approve runs:read runs:write artifacts:read deployments:write checks:write audit:read policies:write policies:override grants:write webhooks:write admin.
    shelfmark: --scope is "everything"; it must be one or more of models:read models:write models:delete aliases:write stages:staging stages:production stages:archived stages:approve runs:read runs:write artifacts:read deployments:write checks:write audit:read policies:write policies:override grants:write webhooks:write admin.
    shelfmark: --scope is ""; it must be one or more of models:read models:write models:delete aliases:write stages:staging stages:production stages:archived stages:approve runs:read runs:write artifacts:read deployments:write checks:write audit:read policies:write policies:override grants:write webhooks:write admin.
    shelfmark: --subject must not be blank.
    shelfmark: --ttl is "12"; it must be a number with s, m, h or d, such as 45s, 30m, 12h or 7d, and at most 366d.
    shelfmark: --ttl is "0h"; it must be a number with s, m, h or d, such as 45s, 30m, 12h or 7d, and at most 366d.
    shelfmark: --ttl is "400d"; it must be a number with s, m, h or d, such as 45s, 30m, 12h or 7d, and at most 366d.
    shelfmark: --models must not be blank.
    shelfmark: --group must not be blank.
    shelfmark: --group has 257 characters; at most 256 are allowed.
    shelfmark: --group names 201 groups; a token may have at most 200.
    "
  `);
});

test("a folder without a key is reported with what to do, and stays as it is", async () => {
  const argv = ["token", "--subject", "a", "--scope", "admin"];
  expect(await runCommand(argv, { SHELFMARK_DATA: "/nowhere/at/all" })).toMatchInlineSnapshot(`
    {
      "code": 1,
      "err": "shelfmark: There is no local key in /nowhere/at/all; start the server there once (shelfmark serve), or set SHELFMARK_DATA to its data folder.
    ",
      "out": "",
    }
  `);
});
