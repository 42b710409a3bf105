import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { AuthFileError, parseAuthFile } from "../../src/config/auth-file.js";
import { followAuthFile } from "../../src/config/follow-auth-file.js";
import { ConfigError, loadConfig } from "../../src/config/load-config.js";

const ISSUER = { issuer: "https://i", audience: "a", jwksUrl: "https://i/jwks" };
const RULE = { when: { sub: "x" }, scopes: ["models:read"] };
const folder = mkdtempSync(join(tmpdir(), "shelfmark-auth-"));
afterAll(() => rmSync(folder, { recursive: true }));

function problems(text: string): string {
  try {
    parseAuthFile(text);
    return "none";
  } catch (error) {
    if (error instanceof AuthFileError) return error.problems.join("\n");
    throw error;
  }
}

const withIssuer = (more: object) => JSON.stringify({ issuers: [{ ...ISSUER, ...more }] });
const withPeople = (people: unknown) => JSON.stringify({ issuers: [ISSUER], people });
const RITA = { issuer: "https://i", subject: "rita" };
const RITA_TOO = { issuer: "https://i", subject: "r.m" };
const withRule = (more: object) => withIssuer({ rules: [RULE, { ...RULE, ...more }] });

const MISTAKES = [
  ["an empty file", ""],
  ["invalid YAML", "issuers: [\n  - {"],
  ["a duplicate key", "issuers: []\nissuers: []"],
  ["issuers that are not a list", "issuers: x"],
  ["no issuer", "issuers: []"],
  ["an unknown key", withIssuer({ audiance: "b" })],
  ["no key", JSON.stringify({ issuers: [{ issuer: "i", audience: "a" }] })],
  ["two keys", withIssuer({ publicKey: "x" })],
  ["a JWKS URL on a port that is too high", withIssuer({ jwksUrl: "https://i:70000/jwks" })],
  ["too many recorded claims", withIssuer({ recordClaims: Array.from("abcdefghijk") })],
  ["no recorded claims", withIssuer({ recordClaims: [] })],
  ["a recorded claim of two lines", withIssuer({ recordClaims: "a\nb" })],
  ["a recorded claim with a long path", withIssuer({ recordClaims: "a".repeat(101) })],
  ["a recorded claim that is no text", withIssuer({ recordClaims: [1] })],
  ["people that are no list", withPeople({})],
  ["a person with one identity", withPeople([[RITA]])],
  ["an identity without a subject", withPeople([[RITA, { issuer: "https://j" }]])],
  [
    "an identity of an issuer that the file does not name",
    withPeople([[RITA, { issuer: "https://i/", subject: "r" }]]),
  ],
  [
    "an identity that two people have",
    withPeople([
      [RITA, RITA_TOO],
      [{ issuer: "https://i", subject: "k" }, RITA],
    ]),
  ],
  ["two claims of groups", withIssuer({ groupsClaim: ["groups", "roles"] })],
  ["a claim of groups of two lines", withIssuer({ groupsClaim: "a\nb" })],
  ["a JWKS URL over http", withIssuer({ jwksUrl: "http://i/jwks" })],
  ["a shared secret", withIssuer({ algorithms: ["HS256"] })],
  ["a duplicate issuer", JSON.stringify({ issuers: [ISSUER, ISSUER] })],
  ["no audience", withIssuer({ audience: [] })],
  ["a rule without a condition", withRule({ when: {} })],
  ["an unknown scope", withRule({ scopes: ["models:red"] })],
  ["a glob that is not a text", withRule({ models: [7] })],
  ["an unknown key in a rule", withRule({ model: ["x"] })],
  [
    "a condition on __proto__",
    withIssuer({}).replace("}]", `,"rules":[{"when":{"__proto__":"x","sub":"*"},"scopes":["admin"]}]}]`),
  ],
  ["a condition that is an object", withRule({ when: { groups: { a: 1 } } })],
  [
    "aliases that multiply",
    `a: &a [x,x,x,x,x,x,x,x,x]\n${Array.from({ length: 9 }, (_, i) => `${"bcdefghij"[i]}: &${"bcdefghij"[i]} [${Array.from({ length: 9 }, () => `*${"abcdefghi"[i]}`)}]`).join("\n")}`,
  ],
] as const;

test("each mistake is one sentence that names its place", () => {
  const sentences = MISTAKES.map(([what, text]) => `${what}:\n  ${problems(text).replaceAll("\n", "\n  ")}`).join("\n");
  expect(sentences).toMatchInlineSnapshot(`
    "an empty file:
      the file must be an object with a list of issuers.
    invalid YAML:
      line 2, column 6: Flow map in block collection must be sufficiently indented and end with a }
      line 2, column 3: Block collections are not allowed within flow collections
      line 2, column 6: Flow sequence in block collection must be sufficiently indented and end with a ]
    a duplicate key:
      line 2, column 1: Map keys must be unique
    issuers that are not a list:
      issuers must be a list of issuers.
    no issuer:
      issuers must have at least one issuer.
    an unknown key:
      issuers[0] has the unknown key "audiance" (did you mean audience?).
    no key:
      issuers[0] must have jwksUrl or publicKey, because its issuer is no https:// URL that has a discovery document.
    two keys:
      issuers[0].publicKey cannot be used: it is not a PEM that begins with "-----BEGIN PUBLIC KEY-----".
    a JWKS URL on a port that is too high:
      issuers[0].jwksUrl must have a port of at most 65535.
    too many recorded claims:
      issuers[0].recordClaims must name at most 10 claims.
    no recorded claims:
      issuers[0].recordClaims must not be empty.
    a recorded claim of two lines:
      issuers[0].recordClaims[0] must be one line of at most 1024 characters.
    a recorded claim with a long path:
      issuers[0].recordClaims[0] must be at most 100 characters.
    a recorded claim that is no text:
      issuers[0].recordClaims[0] must be a text.
    people that are no list:
      people must be a list of people.
    a person with one identity:
      people[0] must name at least two identities: one that is not named is a person of its own.
    an identity without a subject:
      people[0][1].subject is missing.
    an identity of an issuer that the file does not name:
      people[0][1].issuer is of no issuer in this file (did you mean https://i?).
    an identity that two people have:
      people[1][1] is named twice.
    two claims of groups:
      issuers[0].groupsClaim must be a text.
    a claim of groups of two lines:
      issuers[0].groupsClaim must be one line of at most 1024 characters.
    a JWKS URL over http:
      issuers[0].jwksUrl must be an https:// URL without user name or password (http:// only for this machine: localhost, 127.0.0.1).
    a shared secret:
      issuers[0].algorithms[0] is "HS256" (did you mean RS256?); it must be one of RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512, EdDSA, Ed25519.
    a duplicate issuer:
      issuers[1].issuer is the issuer of another entry too.
    no audience:
      issuers[0].audience must not be empty.
    a rule without a condition:
      issuers[0].rules[1].when must name at least one claim: a rule may not apply to every token.
    an unknown scope:
      issuers[0].rules[1].scopes[0] is "models:red" (did you mean models:read?); it must be one of models:read, models:write, models:delete, aliases:write, stages:staging, stages:production, stages:archived, stages:approve, runs:read, runs:write, artifacts:read, deployments:write, checks:write, audit:read, policies:write, policies:override, grants:write, webhooks:write, admin.
    a glob that is not a text:
      issuers[0].rules[1].models[0] must be a text.
    an unknown key in a rule:
      issuers[0].rules[1] has the unknown key "model" (did you mean models?).
    a condition on __proto__:
      issuers[0].rules[0].when must not name __proto__.
    a condition that is an object:
      issuers[0].rules[1].when.groups[0] must be a text.
    aliases that multiply:
      Excessive alias count indicates a resource exhaustion attack"
  `);
});

describe("in the configuration", () => {
  test("the file replaces the variables of one issuer, and its mistakes are reported with the others", () => {
    const path = join(folder, "auth.yaml");
    writeFileSync(path, withIssuer({}));
    expect(loadConfig({ SHELFMARK_AUTH_FILE: path, HOST: "0.0.0.0" }).auth).toMatchObject({
      mode: "issuers",
      file: path,
    });
    const load = (env: Record<string, string>) => {
      try {
        return loadConfig(env);
      } catch (error) {
        return error instanceof ConfigError && error.problems.map((each) => each.replaceAll(folder, "")).join("\n");
      }
    };
    expect(load({ SHELFMARK_AUTH_FILE: path, SHELFMARK_JWT_ISSUER: "i" })).toBe(
      "SHELFMARK_JWT_ISSUER is set together with SHELFMARK_AUTH_FILE; put that issuer into the file.",
    );
    writeFileSync(path, withRule({ scopes: ["x"] }));
    expect(load({ SHELFMARK_AUTH_FILE: path, PORT: "x" })).toMatch(
      /^PORT is "x".*\nSHELFMARK_AUTH_FILE "\/auth.yaml": issuers\[0\].rules\[1\].scopes\[0\] is "x"; it must be one of/,
    );
    expect(load({ SHELFMARK_AUTH_FILE: join(folder, "none.yaml") })).toBe(
      'SHELFMARK_AUTH_FILE "/none.yaml": it cannot be read (ENOENT).',
    );
  });

  function follow(name: string, intervalMs: number) {
    const path = join(folder, name);
    const put = (text: string) => {
      writeFileSync(`${path}.new`, text);
      renameSync(`${path}.new`, path);
    };
    put(withIssuer({}));
    const seen: string[][] = [];
    const errors: string[] = [];
    const start = () =>
      followAuthFile({
        path,
        intervalMs,
        onRead: ({ issuers }) => void seen.push(issuers.map(({ issuer }) => issuer)),
        log: { info() {}, error: (message) => void errors.push(message) },
      });
    return { path, put, seen, errors, start };
  }

  test("a change between reading the configuration and starting the server is not missed", async () => {
    const { path, put, seen, start } = follow("early.yaml", 60_000);
    const { auth } = loadConfig({ SHELFMARK_AUTH_FILE: path });
    expect(auth).toMatchObject({ issuers: [{ issuer: "https://i" }] });
    put(withIssuer({ issuer: "https://j" }));
    const following = start();
    expect(seen).toEqual([["https://j"]]);
    await following.stop();
  });

  test("a half-written file is not applied, even if it is valid", () => {
    vi.useFakeTimers();
    try {
      const { path, put, seen, start } = follow("halves.yaml", 1_000);
      const rule = `issuers: [{issuer: "https://i", audience: a, jwksUrl: "https://i/jwks", rules: [\n  {scopes: admin, when: {repository: acme/x`;
      const following = start();
      put(`${rule}}}]}]`);
      vi.advanceTimersByTime(1_000);
      put(`${rule}, ref: refs/heads/main}}]}]`);
      vi.advanceTimersByTime(1_000);
      expect(seen).toHaveLength(1);
      vi.advanceTimersByTime(1_000);
      expect(seen).toHaveLength(2);
      writeFileSync(path, "issuers: x");
      following.reload();
      expect(seen).toHaveLength(2);
      void following.stop();
    } finally {
      vi.useRealTimers();
    }
  });

  test("the file is read again when it changes and on reload; one with mistakes changes nothing and is logged once", async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const { path, put, seen, errors, start } = follow("followed.yaml", 5);
    const following = start();
    put(withIssuer({ issuer: "https://j" }));
    vi.advanceTimersByTime(10);
    expect(seen).toEqual([["https://i"], ["https://j"]]);
    put("issuers: x");
    vi.advanceTimersByTime(50);
    expect([seen.length, errors]).toEqual([
      2,
      [
        expect.stringMatching(
          /followed.yaml has mistakes, so the issuers that were read before stay trusted: issuers must be a list/,
        ),
      ],
    ]);
    rmSync(path);
    vi.advanceTimersByTime(10);
    expect(errors[1]).toMatch(/cannot be read \(ENOENT\)/);
    put(withIssuer({}));
    vi.advanceTimersByTime(10);
    expect(seen).toHaveLength(3);
    following.reload();
    expect(seen).toHaveLength(4);
    await following.stop();
  });
});
