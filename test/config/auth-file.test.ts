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
const withRule = (more: object) => withIssuer({ rules: [RULE, { ...RULE, ...more }] });

test.each([
  ["nothing", ""],
  ["no YAML", "issuers: [\n  - {"],
  ["a key that is twice there", "issuers: []\nissuers: []"],
  ["no list", "issuers: x"],
  ["no issuer", "issuers: []"],
  ["an unknown key", withIssuer({ audiance: "b" })],
  ["no key", JSON.stringify({ issuers: [{ issuer: "i", audience: "a" }] })],
  ["two keys", withIssuer({ publicKey: "x" })],
  ["a plain address", withIssuer({ jwksUrl: "http://i/jwks" })],
  ["a shared secret", withIssuer({ algorithms: ["HS256"] })],
  ["an issuer that is there twice", JSON.stringify({ issuers: [ISSUER, ISSUER] })],
  ["no audience", withIssuer({ audience: [] })],
  ["a rule for all", withRule({ when: {} })],
  ["a scope that is none", withRule({ scopes: ["models:red"] })],
  ["a glob that is no text", withRule({ models: [7] })],
  ["an unknown key of a rule", withRule({ model: ["x"] })],
  [
    "a condition that would be lost",
    withIssuer({}).replace("}]", `,"rules":[{"when":{"__proto__":"x","sub":"*"},"scopes":["admin"]}]}]`),
  ],
  ["a condition that is an object", withRule({ when: { groups: { a: 1 } } })],
  [
    "a bomb of aliases",
    `a: &a [x,x,x,x,x,x,x,x,x]\n${Array.from({ length: 9 }, (_, i) => `${"bcdefghij"[i]}: &${"bcdefghij"[i]} [${Array.from({ length: 9 }, () => `*${"abcdefghi"[i]}`)}]`).join("\n")}`,
  ],
])("%s is told with its place", (_name, text) => {
  expect(problems(text)).toMatchSnapshot();
});

describe("in the configuration", () => {
  test("it stands for the variables of one issuer, and its mistakes are told with the others", () => {
    const path = join(folder, "auth.yaml");
    writeFileSync(path, withIssuer({}));
    expect(loadConfig({ SHELFMARK_AUTH_FILE: path, HOST: "0.0.0.0" }).auth).toMatchObject({
      mode: "issuers",
      file: path,
    });
    const told = (env: Record<string, string>) => {
      try {
        return loadConfig(env);
      } catch (error) {
        return error instanceof ConfigError && error.problems.map((each) => each.replaceAll(folder, "")).join("\n");
      }
    };
    expect(told({ SHELFMARK_AUTH_FILE: path, SHELFMARK_JWT_ISSUER: "i" })).toBe(
      "SHELFMARK_JWT_ISSUER is set beside SHELFMARK_AUTH_FILE; put that issuer into the file.",
    );
    writeFileSync(path, withRule({ scopes: ["x"] }));
    expect(told({ SHELFMARK_AUTH_FILE: path, PORT: "x" })).toMatch(
      /^PORT is "x".*\nSHELFMARK_AUTH_FILE "\/auth.yaml": issuers\[0\].rules\[1\].scopes\[0\] is "x"; it must be one of/,
    );
    expect(told({ SHELFMARK_AUTH_FILE: join(folder, "none.yaml") })).toBe(
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
        ...{ path, intervalMs },
        onIssuers: (issuers) => void seen.push(issuers.map(({ issuer }) => issuer)),
        log: { info() {}, error: (message) => void errors.push(message) },
      });
    return { path, put, seen, errors, start };
  }

  test("a change between the reading of the configuration and the start of the server is not missed", async () => {
    const { path, put, seen, start } = follow("early.yaml", 60_000);
    const { auth } = loadConfig({ SHELFMARK_AUTH_FILE: path });
    expect(auth).toMatchObject({ issuers: [{ issuer: "https://i" }] });
    put(withIssuer({ issuer: "https://j" }));
    const following = start();
    expect(seen).toEqual([["https://j"]]);
    await following.stop();
  });

  test("half of a file that is being written is not taken, though it be sound", () => {
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

  test("it is read again when it changes and when asked; a bad one changes nothing and is told once", async () => {
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
      [expect.stringMatching(/followed.yaml has mistakes, so what it said before still holds: issuers must be a list/)],
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
