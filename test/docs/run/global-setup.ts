import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { findPostgres, startPostgres } from "../../support/database/postgres-cluster.js";
import { ROOT } from "../blocks.js";

declare module "vitest" {
  export interface ProvidedContext {
    /** A migrated embedded database, to copy. */
    migratedDatabase: string;
    /** A PostgreSQL server to make databases on; "" where there is none. */
    postgresUrl: string;
  }
}

/** Makes once what each document's world needs. */
export default async function setup(project: TestProject): Promise<() => void> {
  const folder = mkdtempSync(join(tmpdir(), "shelfmark-docs-"));
  const main = `${ROOT}dist/main.js`;
  if (!existsSync(main)) throw new Error("There is no dist/main.js: npm run build");
  const migrated = join(folder, "migrated");
  const env = { PATH: process.env.PATH, SHELFMARK_DATA: migrated, LOG_LEVEL: "warn" };
  execFileSync(process.execPath, [main, "migrate"], { env, stdio: ["ignore", "ignore", "inherit"] });
  project.provide("migratedDatabase", join(migrated, "database"));

  const bin = process.env.TEST_DATABASE_URL ? undefined : findPostgres();
  const cluster = bin ? await startPostgres(bin) : undefined;
  project.provide("postgresUrl", process.env.TEST_DATABASE_URL ?? cluster?.url ?? "");
  return () => {
    cluster?.stop();
    rmSync(folder, { recursive: true, force: true });
  };
}
