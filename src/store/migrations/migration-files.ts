import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { errorCode } from "../../util/error-text.js";
import { DatabaseStartError } from "../connection/start-error.js";

export interface Migration {
  readonly name: string;
  readonly file: string;
  readonly sql: string;
  readonly checksum: string;
}

/** At the same relative path from src/store and from dist/store. */
export const MIGRATIONS_FOLDER = fileURLToPath(new URL("../../../prisma/migrations", import.meta.url));

/** Reads Prisma's migration files, in the order in which they are applied. */
export async function readMigrations(folder = MIGRATIONS_FOLDER): Promise<Migration[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  return Promise.all(names.sort().map((name) => readMigration(name, join(folder, name, "migration.sql"))));
}

async function readMigration(name: string, file: string): Promise<Migration> {
  try {
    const sql = (await readFile(file, "utf8")).replaceAll("\r\n", "\n");
    return { name, file, sql, checksum: createHash("sha256").update(sql).digest("hex") };
  } catch (error) {
    throw new DatabaseStartError(`The migration ${file} cannot be read (${errorCode(error)}).`);
  }
}
