import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inject } from "vitest";
import { TEST_DATABASE_KIND } from "../database/database.js";
import { addressOf, createTestDatabase, dropTestDatabase } from "../database/postgres-server.js";
import { PATIENT_LIMITS } from "../patient-limits.js";

/** What a server keeps between two starts: a data folder, and a database of its own when the suite runs on PostgreSQL. */
export interface Home {
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  /** The PostgreSQL database; "" on PGlite. */
  readonly database: string;
  remove(): Promise<void>;
}

/** A home as after an earlier start (`migrated`), or one that no server has seen (`fresh`). */
export async function makeHome(state: "fresh" | "migrated"): Promise<Home> {
  const root = mkdtempSync(join(tmpdir(), "shelfmark-process-"));
  const folder = join(root, "data");
  const isMigrated = state === "migrated";
  const isPostgres = TEST_DATABASE_KIND === "postgres";
  const database = isPostgres ? await createTestDatabase(isMigrated ? inject("templateDatabase") : undefined) : "";
  if (isMigrated && !isPostgres) extractImage(join(folder, "database"));
  return {
    folder,
    database,
    env: { ...PATIENT_LIMITS, SHELFMARK_DATA: folder, ...(isPostgres ? { DATABASE_URL: addressOf(database) } : {}) },
    async remove() {
      if (isPostgres) await dropTestDatabase(database);
      rmSync(root, { recursive: true, force: true });
    },
  };
}

function extractImage(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  execFileSync("tar", ["-xf", inject("pgliteImages").migrated, "-C", folder, "--no-same-owner"], {
    // a word on leading slashes
    stdio: "ignore",
  });
}
