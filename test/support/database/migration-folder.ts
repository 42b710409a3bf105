import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Creates a folder of migrations from their names and SQL. */
export function makeMigrationFolder(migrations: Record<string, string>): {
  folder: string;
  write(name: string, sql: string): void;
  remove(): void;
} {
  const folder = mkdtempSync(join(tmpdir(), "shelfmark-migrations-"));
  const write = (name: string, sql: string) => {
    mkdirSync(join(folder, name), { recursive: true });
    writeFileSync(join(folder, name, "migration.sql"), sql);
  };
  writeFileSync(join(folder, "migration_lock.toml"), 'provider = "postgresql"\n');
  for (const [name, sql] of Object.entries(migrations)) write(name, sql);
  return { folder, write, remove: () => rmSync(folder, { recursive: true }) };
}
