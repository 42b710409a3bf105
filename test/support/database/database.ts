import { readFileSync } from "node:fs";
import { PGlite } from "@electric-sql/pglite";
import pg from "pg";
import { inject } from "vitest";
import type { Database, DatabaseOptions } from "../../../src/store/connection/database.js";
import { servePglite } from "../../../src/store/connection/pglite.js";
import { createPglitePool, pgliteParams } from "../../../src/store/connection/pglite-pool.js";
import { openDatabase } from "../../../src/store/open-database.js";
import { addressOf, createTestDatabase, dropTestDatabase } from "./postgres-server.js";

export const STATEMENT_LIMITS = { statementTimeoutMs: 3_600_000, resultBytes: 64 * 1024 * 1024 };

/** The database that the suite runs on: PostgreSQL if TEST_DATABASE_URL is set, else PGlite. */
export const TEST_DATABASE_KIND: Database["kind"] = process.env.TEST_DATABASE_URL ? "postgres" : "pglite";

export const QUIET = { info() {}, warn() {} };

/** A hundred databases are opened, and each allocates its buffers before the first statement. */
const SMALL = ["-c", "shared_buffers=8MB"];

/** Opens a migrated database for the caller only; `close()` removes it. */
export async function openTestDatabase(): Promise<Database> {
  if (TEST_DATABASE_KIND === "pglite") return servePglite(await startImage("migrated"), QUIET);
  const name = await createTestDatabase(inject("templateDatabase"));
  const database = await openDatabase(postgresOptions(addressOf(name)), QUIET);
  return { ...database, close: () => database.close().finally(() => dropTestDatabase(name)) };
}

/** Opens a pool on an empty database for the caller only, without migrations. */
export async function openEmptyPool(): Promise<{ pool: pg.Pool; close(): Promise<void> }> {
  if (TEST_DATABASE_KIND === "pglite") {
    const pglite = await startImage("empty");
    const pool = createPglitePool(pglite, QUIET);
    return { pool, close: () => pool.end().then(() => pglite.close()) };
  }
  const name = await createTestDatabase();
  const pool = new pg.Pool({ connectionString: addressOf(name) });
  // pool.end() does not wait for the server, so the drop may close connections
  pool.on("error", () => {});
  return { pool, close: () => pool.end().then(() => dropTestDatabase(name)) };
}

export function postgresOptions(url: string): Extract<DatabaseOptions, { kind: "postgres" }> {
  return { kind: "postgres", url, poolSize: 10, prepared: true, ...STATEMENT_LIMITS };
}

function startImage(image: "migrated" | "empty"): Promise<PGlite> {
  const loadDataDir = new Blob([readFileSync(inject("pgliteImages")[image])]);
  const startParams = [...pgliteParams(STATEMENT_LIMITS.statementTimeoutMs), ...SMALL];
  return PGlite.create({ loadDataDir, startParams, pgliteWasmModule: wasmModule() });
}

let compiled: WebAssembly.Module | undefined;

/** One module for all databases of the process, so that the engine optimizes it only once. */
function wasmModule(): WebAssembly.Module {
  const url = new URL("pglite.wasm", import.meta.resolve("@electric-sql/pglite"));
  compiled ??= new WebAssembly.Module(readFileSync(url));
  return compiled;
}
