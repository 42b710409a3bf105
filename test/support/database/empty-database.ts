import type { Database } from "../../../src/store/connection/database.js";

/**
 * Removes everything from a database except the head of its log, which continues from its position. Much faster than a new
 * database for each test.
 */
export async function emptyDatabase({ pool }: Pick<Database, "pool">): Promise<void> {
  const { rows } = await pool.query<{ name: string }>(
    `SELECT format('%I', tablename) AS name FROM pg_tables
     WHERE schemaname = current_schema() AND tablename NOT IN ('EventHead', '_prisma_migrations')`,
  );
  const names = rows.map(({ name }) => name);
  const triggers = (mode: string) => names.map((name) => `ALTER TABLE ${name} ${mode} TRIGGER USER;`).join("\n");
  await pool.query(`${triggers("DISABLE")}
    TRUNCATE ${names.join(", ")};
    ${triggers("ENABLE")}
    UPDATE "EventHead" SET "compactedRevision" = "revision", "compactedHash" = "hash", "compactedAt" = "at"`);
}
