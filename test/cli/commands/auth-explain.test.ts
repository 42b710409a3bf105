import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { KEYGEN_ALGORITHMS } from "../../../src/cli/commands/keygen.js";
import { runCommand } from "../../support/command-fixture.js";

let folder: string;
let key: string;
let env: Record<string, string>;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "shelfmark-auth-"));
  key = join(folder, "private.pem");
  env = { SHELFMARK_DATA: folder, LOG_LEVEL: "silent" };
  const { code, out, err } = await runCommand(["keygen", "--out", key], env);
  expect([code, err]).toEqual([0, expect.stringMatching(/private key is in .*private.pem. Keep it/)]);
  Object.assign(env, asShellReads(out));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The variables of a shell that has read the lines. */
function asShellReads(lines: string): Record<string, string> {
  const printed = execFileSync("env", ["-i", "sh", "-c", `set -a; ${lines}\nenv`], { encoding: "utf8" });
  return Object.fromEntries(
    printed
      .trim()
      .split("\n")
      .map((line) => line.split(/=(.*)/s).slice(0, 2))
      .filter(([name = ""]) => name.startsWith("SHELFMARK_")),
  );
}

const ISSUER = ["--issuer", "https://ml.example"];
const mint = async (...more: string[]) =>
  (await runCommand(["token", "--key", key, ...ISSUER, ...more], env)).out.trim();
async function explain(token: string, given = env) {
  const { code, out, err } = await runCommand(["auth", "explain", "--token-file", "-"], given, `${token}\n`);
  return `${code}\n${out}${err}`.trim();
}

describe("keygen", () => {
  test("the file is readable for its owner only and is never overwritten", async () => {
    expect(statSync(key).mode & 0o777).toBe(0o600);
    const before = readFileSync(key, "utf8");
    expect(await runCommand(["keygen", "--out", key], env)).toMatchObject({
      code: 1,
      out: "",
      err: `shelfmark: ${key} exists already; choose another file with --out.\n`,
    });
    expect(readFileSync(key, "utf8")).toBe(before);
  });

  test.each(KEYGEN_ALGORITHMS)("%s: its output is all that a server needs to accept the tokens", async (alg) => {
    const path = join(folder, `${alg}.pem`);
    const { out } = await runCommand(["keygen", "--alg", alg, "--out", path], env);
    const settings = asShellReads(out);
    const token = await runCommand(
      ["token", "--key", path, ...ISSUER, "--subject", "ci", "--scope", "models:read"],
      env,
    );
    expect(await explain(token.out.trim(), { ...settings, LOG_LEVEL: "silent" })).toMatch(
      /^0\n[\s\S]*A server accepts it/,
    );
  });

  test.each([
    [["keygen", "--alg", "HS256"], 2, /--alg is "HS256"; it must be one of ES256/],
    [["keygen", "--out", "/nowhere/key.pem"], 1, /cannot be written \(ENOENT\)/],
  ])("%j", async (argv, code, sentence) => {
    expect(await runCommand(argv, env)).toMatchObject({ code, err: expect.stringMatching(sentence) });
  });
});

test.each([
  [["--key", "KEY"], 2, /--key needs --issuer/],
  [["--issuer", "https://ml.example"], 2, /--issuer and --audience need --key/],
  [["--key", "/nowhere.pem", ...ISSUER], 1, /\/nowhere.pem cannot be read \(ENOENT\)/],
  [["--key", "PUBLIC", ...ISSUER], 1, /cannot be used: it does not hold a private key in PEM/],
])("token %j is reported in a sentence", async (argv, code, sentence) => {
  const publicKey = join(folder, "public.pem");
  writeFileSync(publicKey, (env.SHELFMARK_JWT_PUBLIC_KEY ?? "").replaceAll("\\n", "\n"));
  const paths = argv.map((word) => ({ KEY: key, PUBLIC: publicKey })[word] ?? word);
  const outcome = await runCommand(["token", ...paths, "--subject", "ci", "--scope", "models:read"], env);
  expect(outcome).toMatchObject({ code, out: "", err: expect.stringMatching(sentence) });
});

describe("auth explain", () => {
  test("shows what a server makes of a token", async () => {
    const token = await mint("--subject", "ci", "--machine", "--scope", "models:read", "--models", "fraud*");
    expect(await explain(token)).toMatchInlineSnapshot(`
      "0
      Issuer: "https://ml.example"
      Subject: "ci"
      Expires: 2026-11-21T00:00:00.000Z
      Scopes: models:read
      Models: [fraud*]
      Experiments: the runs of visible versions
      Environments: all
      Groups (claim groups): none
      A server accepts it as a program, until 2026-11-21T00:00:00.000Z, unless it has been revoked."
    `);
    const [, , signature = ""] = token.split(".");
    expect(await explain(token)).not.toContain(signature);
  });

  test("shows why a token is refused, and which rights it would have", async () => {
    const token = await mint("--subject", "ci", "--scope", "models:read");
    const forged = `${token.slice(0, -6)}AAAAAA`;
    expect(await explain(forged)).toMatch(/^1\n[\s\S]*A server refuses it: The token's signature does not match/);
    expect(await explain(token, { ...env, SHELFMARK_JWT_ISSUER: "https://other.example" })).toMatchInlineSnapshot(`
      "1
      Issuer: "https://ml.example", which is not trusted. Trusted are:
        https://other.example
      Subject: "ci"
      Expires: 2026-11-21T00:00:00.000Z
      A server refuses it: The token is from an issuer that is not trusted here."
    `);
    const odd = `e30.${Buffer.from('{"exp":"soon"}').toString("base64url")}.`;
    expect(await explain(odd)).toMatch(/^1\n[\s\S]*Expires: not a valid time\nA server refuses it/);
    expect(await explain("x.y.z")).toMatch(/^1\nshelfmark: This is not a JWT/);
    expect(await explain(token, { SHELFMARK_DATA: join(folder, "none"), LOG_LEVEL: "silent" })).toMatch(
      /^1\n.*no local key/,
    );
  });

  test("shows why a rule is not met, and which scopes are not added", async () => {
    const file = join(folder, "auth.yaml");
    const publicKey = (env.SHELFMARK_JWT_PUBLIC_KEY ?? "").replaceAll("\\n", "\n");
    const rules = [
      { when: { sub: "ci" }, scopes: ["models:read"] },
      { when: { sub: "c*", name: ["Ada", "Bob"] }, scopes: ["models:write"] },
      { when: { groups: "x" }, scopes: ["admin"] },
      { when: { sub: "ci" }, scopes: ["stages:production"], models: ["fraud*"] },
    ];
    const issuers = [
      {
        issuer: "https://ml.example",
        audience: "shelfmark",
        publicKey,
        scopeClaims: ["none"],
        recordClaims: ["name", "actor"],
        rules,
      },
    ];
    writeFileSync(file, JSON.stringify({ issuers }));
    const given = { SHELFMARK_AUTH_FILE: file, LOG_LEVEL: "silent" };
    expect(
      await explain(await mint("--subject", "ci", "--scope", "admin", "--name", "Eve"), given),
    ).toMatchInlineSnapshot(`
      "0
      Issuer: "https://ml.example"
      Subject: "ci"
      Expires: 2026-11-21T00:00:00.000Z
        rules[0]: met
        rules[1]: not met: name is "Eve" and must be Ada or Bob
        rules[2]: not met: groups is missing and must be x
        rules[3]: met
      Scopes: models:read
      Models: all
      Experiments: all
      Environments: all
      Not added: stages:production of rules[3], which does not cover all of the above
      Recorded in events: name: "Eve"
      Recorded in events: actor: nothing to record
      Groups (claim groups): none
      A server accepts it as a person, until 2026-11-21T00:00:00.000Z, unless it has been revoked."
    `);
  });

  test("shows the groups of the claim that the settings name, and why they are refused", async () => {
    const token = await mint("--subject", "ci", "--scope", "models:read", "--group", "risk", "CN=ml,OU=x");
    expect(await explain(token)).toContain('\nGroups (claim groups): "risk", "CN=ml,OU=x"\nA server accepts it');
    expect(await explain(token, { ...env, SHELFMARK_JWT_GROUPS_CLAIM: "sub" })).toContain(
      '\nGroups (claim sub): "ci"\n',
    );
    expect(await explain(token, { ...env, SHELFMARK_JWT_GROUPS_CLAIM: "roles" })).toContain(
      "\nGroups (claim roles): none\n",
    );
    expect(await explain(token, { ...env, SHELFMARK_JWT_GROUPS_CLAIM: "exp" })).toMatch(
      /^1\n[\s\S]*\nA server refuses it: The token's exp claim must be an array of strings or a string.$/,
    );
  });

  test("reports an issuer whose keys cannot be fetched", async () => {
    const { SHELFMARK_JWT_PUBLIC_KEY: _, ...rest } = env;
    const token = await mint("--subject", "ci", "--scope", "models:read");
    const outcome = await explain(token, { ...rest, SHELFMARK_JWKS_URL: "http://127.0.0.1:1/jwks" });
    expect(outcome).toMatch(/^1\n[\s\S]*A server refuses it: .*keys cannot be fetched/);
  });

  test("needs exactly one token", async () => {
    expect(await runCommand(["auth", "explain"], env)).toMatchObject({ code: 2 });
    expect(await runCommand(["auth", "explain", "--token-file", join(folder, "nowhere")], env)).toMatchObject({
      code: 1,
    });
  });
});
