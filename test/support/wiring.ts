import { rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { createApp } from "../../src/app.js";
import { type Config, loadConfig } from "../../src/config/load-config.js";
import type { Database } from "../../src/store/connection/database.js";
import { PATIENT_LIMITS } from "./patient-limits.js";
import { TEST_AUDIENCE, TEST_ISSUER, TEST_PUBLIC_KEY } from "./token.js";

/** Where servers of this process keep what they sign, each of them alone: their databases are copies of one log. */
const dataFolders = join(tmpdir(), `shelfmark-wiring-${process.pid}`);
process.once("exit", () => rmSync(dataFolders, { recursive: true, force: true }));
let servers = 0;

/** A configuration as an issuer's site has it, on any free port. */
export function testConfig(more: Record<string, string> = {}): Config {
  return loadConfig({
    ...PATIENT_LIMITS,
    PORT: "0",
    SHELFMARK_DATA: join(dataFolders, String(servers++)),
    SHELFMARK_JWT_PUBLIC_KEY: TEST_PUBLIC_KEY,
    SHELFMARK_JWT_ISSUER: TEST_ISSUER,
    SHELFMARK_JWT_AUDIENCE: TEST_AUDIENCE,
    SHELFMARK_LIMIT_ADDRESS_REQUESTS: "10000000",
    SHELFMARK_LIMIT_VIEWER_OPERATIONS: "10000000",
    SHELFMARK_LIMIT_VIEWER_POINTS: "1000000000",
    SHELFMARK_WEBHOOK_KEY: Buffer.alloc(32, 1).toString("base64"),
    ...more,
  });
}

/** Starts the real server on the caller's database and clock. What it logs as an error fails loudly. */
export async function startServerOn(
  database: Database,
  more: Record<string, string> = {},
  now: () => Date = () => new Date(),
) {
  const log = pino({ level: process.env.TEST_LOG ?? "error" });
  const app = createApp(testConfig(more), { log, database, now });
  await app.start();
  return app;
}
