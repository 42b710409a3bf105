import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeHome } from "../support/process/home.js";
import { killServerProcesses, runShelfmark } from "../support/process/server-process.js";

const SECRET = "s3cret-word";
const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const PUBLIC_PEM = publicKey.export({ type: "spki", format: "pem" }).toString();
const PRIVATE_PEM = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
const ISSUER = { SHELFMARK_JWT_ISSUER: "https://issuer.test", SHELFMARK_JWT_AUDIENCE: "shelfmark-test" };

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "shelfmark-errors-"));
  writeFileSync(join(root, "thesis.tex"), "");
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Runs a command that must fail. Returns its sentences on stderr, and fails the test for stack traces and secrets there. */
async function runFailing(args: readonly string[], env: Readonly<Record<string, string>>) {
  const { code, out, err } = await runShelfmark(args, {
    PORT: "0",
    SHELFMARK_DATA: join(root, "data"),
    LOG_LEVEL: "error",
    ...env,
  });
  expect(out).toBe("");
  expect(err).not.toContain("    at ");
  expect(err).not.toContain(SECRET);
  expect(err).not.toContain("PRIVATE KEY");
  expect(err).not.toContain(PRIVATE_PEM.split("\n")[1]);
  return {
    code,
    lines: err
      .trimEnd()
      .split("\n")
      .map((line) => line.replaceAll(root, "<root>")),
  };
}

const KEY_RULE = "It must be a public key in PEM, RSA of at least 2048 bits, P-256, P-384, P-521 or Ed25519.";
const LOCAL_RULE =
  "but without a key the server is in local mode, which listens on this machine only; set SHELFMARK_JWKS_URL, SHELFMARK_JWT_PUBLIC_KEY or SHELFMARK_AUTH_FILE, or set HOST to 127.0.0.1, ::1 or localhost.";
const URL_RULE = "it must be a URL that begins with postgres:// or postgresql://.";

test.each<[name: string, env: Readonly<Record<string, string>>, code: number, sentences: readonly string[]]>([
  [
    "an unknown kind of database",
    { DATABASE_URL: `mysql://me:${SECRET}@127.0.0.1/db` },
    2,
    [`DATABASE_URL is mysql://***@127.0.0.1/db; ${URL_RULE}`],
  ],
  [
    "a database that does not listen",
    { DATABASE_URL: `postgres://me:${SECRET}@127.0.0.1:1/db` },
    1,
    ["Nothing answers at 127.0.0.1:1/db (connection refused); start PostgreSQL there, or correct the database URL."],
  ],
  [
    "a broken key",
    {
      SHELFMARK_JWT_PUBLIC_KEY: `-----BEGIN PUBLIC KEY-----\n${SECRET}\n-----END PUBLIC KEY-----`,
      ...ISSUER,
    },
    2,
    [
      `SHELFMARK_JWT_PUBLIC_KEY cannot be used: it is not a PEM that begins with "-----BEGIN PUBLIC KEY-----". ${KEY_RULE}`,
    ],
  ],
  [
    "a private key in place of its public half",
    { SHELFMARK_JWT_PUBLIC_KEY: PRIVATE_PEM, ...ISSUER },
    2,
    [`SHELFMARK_JWT_PUBLIC_KEY cannot be used: it is a private key; give only its public half. ${KEY_RULE}`],
  ],
  [
    "a key without issuer",
    { SHELFMARK_JWT_PUBLIC_KEY: PUBLIC_PEM, SHELFMARK_JWT_AUDIENCE: "shelfmark" },
    2,
    ["SHELFMARK_JWT_ISSUER is not set; with a key it must hold the iss claim that tokens must have."],
  ],
  ["a host that is not this machine, in local mode", { HOST: "192.0.2.7" }, 2, [`HOST is "192.0.2.7", ${LOCAL_RULE}`]],
  [
    "several mistakes at once",
    { PORT: "70000", LOG_LEVEL: "loud", HOST: "0.0.0.0", DATABASE_URL: `mysql://me:${SECRET}@127.0.0.1/db` },
    2,
    [
      `DATABASE_URL is mysql://***@127.0.0.1/db; ${URL_RULE}`,
      'PORT is "70000"; it must be a whole number from 0 to 65535.',
      'LOG_LEVEL is "loud"; it must be one of fatal, error, warn, info, debug, trace, silent.',
      `HOST is "0.0.0.0", ${LOCAL_RULE}`,
    ],
  ],
  [
    "a data folder below a file",
    { SHELFMARK_DATA: "<root>/thesis.tex/data" },
    1,
    [
      "The data folder <root>/thesis.tex/data/database cannot be made because a file is in its way; use another folder.",
    ],
  ],
  [
    "a data folder where none can be created",
    { SHELFMARK_DATA: "/proc/shelfmark" },
    1,
    ["The data folder /proc/shelfmark/database cannot be made at that place (ENOENT); use another folder."],
  ],
])("%s", async (_name, env, code, sentences) => {
  const given = Object.fromEntries(Object.entries(env).map(([name, value]) => [name, value.replace("<root>", root)]));
  expect(await runFailing(["serve"], given)).toEqual({ code, lines: sentences.map((text) => `shelfmark: ${text}`) });
});

test.each<[args: string[], lines: string[]]>([
  [["sevre"], ['shelfmark: There is no command "sevre"; see shelfmark --help.']],
  [
    ["serve", "--prot", "4000"],
    ["error: unknown option '--prot'", "(see shelfmark --help)"],
  ],
  [
    ["token", "--subject", "ci"],
    ["error: required option '--scope <scopes...>' not specified", "(see shelfmark --help)"],
  ],
])("shelfmark %j is not a valid command line", async (args, lines) => {
  expect(await runFailing(args, {})).toEqual({ code: 2, lines });
});

test("a taken port, and an address of another machine", async () => {
  const home = await makeHome("migrated");
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  const { port } = other.address() as AddressInfo;
  try {
    expect(await runFailing(["serve"], { ...home.env, PORT: String(port) })).toEqual({
      code: 1,
      lines: [
        `shelfmark: Port ${port} on 127.0.0.1 is in use by another program; stop it, or set PORT to another port (0 = any free port).`,
      ],
    });
    const issuer = { ...ISSUER, SHELFMARK_JWT_PUBLIC_KEY: PUBLIC_PEM };
    expect(await runFailing(["serve"], { ...home.env, ...issuer, HOST: "192.0.2.7" })).toEqual({
      code: 1,
      lines: ["shelfmark: HOST is 192.0.2.7, which is not an address of this machine (EADDRNOTAVAIL)."],
    });
  } finally {
    other.close();
    await killServerProcesses();
    await home.remove();
  }
});
