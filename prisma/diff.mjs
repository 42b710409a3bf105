// node prisma/diff.mjs [name]: the SQL that leads from the migrations to schema.prisma, printed, or as a new migration.
import { mkdir, writeFile } from "node:fs/promises";
import { diffMigrationsToSchema, migrationsFolder } from "./schema-engine.mjs";

const sql = await diffMigrationsToSchema();
const name = process.argv[2];
if (!sql) {
  process.stderr.write("The migrations lead to schema.prisma already.\n");
} else if (name) {
  const stamp = new Date().toISOString().replace(/\D/g, "").slice(0, 14);
  const folder = new URL(`${stamp}_${name}/`, migrationsFolder);
  await mkdir(folder);
  await writeFile(new URL("migration.sql", folder), `${sql}\n`);
  process.stdout.write(`${folder.pathname}migration.sql\n`);
} else {
  process.stdout.write(`${sql}\n`);
}
