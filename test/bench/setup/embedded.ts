import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type pg from "pg";
import { openDatabase } from "../../../src/store/open-database.js";

const QUIET = { info: () => undefined, warn: () => undefined };
const LIMITS = { statementTimeoutMs: 600_000, resultBytes: 1024 ** 3 };

/** Two data folders with the same embedded database, for the server and for the limit. */
export interface EmbeddedFolders {
  readonly data: string;
  /** The database alone, as PGlite opens it. */
  readonly copy: string;
  remove(): void;
}

export async function makeEmbedded(fill: (pool: pg.Pool) => Promise<void>): Promise<EmbeddedFolders> {
  const folder = mkdtempSync(join(tmpdir(), "shelfmark-bench-embedded-"));
  const [data, copy] = [join(folder, "data"), join(folder, "copy")];
  const database = await openDatabase({ kind: "pglite", folder: join(data, "database"), ...LIMITS }, QUIET);
  await fill(database.pool);
  await database.close();
  cpSync(join(data, "database"), copy, { recursive: true });
  return { data, copy, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
