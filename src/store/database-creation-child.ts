import { PGlite } from "@electric-sql/pglite";
import { applyMigrations } from "./migrate.js";
import { createPglitePool, pgliteParams } from "./pglite-pool.js";
import { messageOf } from "./start-error.js";

async function create(folder: string): Promise<void> {
  const pglite = await PGlite.create({ dataDir: folder, startParams: pgliteParams(0) });
  const pool = createPglitePool(pglite, { info() {}, warn() {} });
  await applyMigrations(pool);
  await pool.end();
  await pglite.close();
}

// whoever asked for the folder is gone
process.on("disconnect", () => process.exit(1));
create(process.argv[2] ?? "").then(
  () => process.exit(0),
  (error: unknown) => process.send?.(messageOf(error), () => process.exit(1)),
);
