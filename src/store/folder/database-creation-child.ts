import { rmSync } from "node:fs";
import { PGlite } from "@electric-sql/pglite";
import { errorMessage } from "../../util/error-text.js";
import { createPglitePool, pgliteParams } from "../connection/pglite-pool.js";
import { applyMigrations } from "../migrations/apply-migrations.js";

const QUIET = { info() {}, warn() {} };
const startParams = pgliteParams(0);

/** Creates the database in memory and then copies it, which is faster than to create it in the folder. */
async function create(folder: string): Promise<void> {
  const image = await makeImage();
  const pglite = await PGlite.create({ dataDir: folder, loadDataDir: image, startParams });
  await pglite.close();
}

async function makeImage(): Promise<Blob> {
  const pglite = await PGlite.create({ startParams });
  const pool = createPglitePool(pglite, QUIET);
  await applyMigrations(pool);
  await pool.query("CHECKPOINT");
  await pool.end();
  const image = await pglite.dumpDataDir("none");
  await pglite.close();
  return image;
}

const folder = process.argv[2] ?? "";

/** Reports the result to the parent. If the parent is gone, nothing else would remove the folder. */
function end(code: number, message: string): void {
  process.send?.(message, (error: Error | null) => (error ? abandon() : process.exit(code)));
}

function abandon(): never {
  rmSync(folder, { recursive: true, force: true });
  process.exit(1);
}

process.on("disconnect", abandon);
create(folder).then(
  () => end(0, ""),
  (error: unknown) => end(1, errorMessage(error)),
);
