import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generateKeyPairSync } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Home, killServerProcesses, makeHome, runShelfmark } from "../support/server-process.js";

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

/** The sentences on stderr; whatever else a process may say there fails the test. */
async function complaints(args: readonly string[], env: Readonly<Record<string, string>>) {
  const { code, out, err } = await runShelfmark(args, { PORT: "0", SHELFMARK_DATA: join(root, "data"), LOG_LEVEL: "error", ...env });
  expect(out).toBe("");
  expect(err).not.toContain("    at ");
  expect(err).not.toContain(SECRET);
  expect(err).not.toContain("PRIVATE KEY");
  expect(err).not.toContain(PRIVATE_PEM.split("\n")[1]);
  return { code, lines: err.trimEnd().split("\n").map((line) => line.replaceAll(root, "<root>")) };
}

interface Mistake {
  readonly name: string;
  readonly env: Readonly<Record<string, string>>;
  readonly code: number;
  readonly lines: readonly unknown[];
}
