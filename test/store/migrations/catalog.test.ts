import { afterAll, beforeAll, expect, test } from "vitest";
import type { Database } from "../../../src/store/connection/database.js";
import { openTestDatabase } from "../../support/database/database.js";

let database: Database;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

/** Each returns lines of text that are the same on every version of PostgreSQL. */
const QUERIES = {
  enums: `
    SELECT format('%I: %s', t.typname, string_agg(e.enumlabel, ' ' ORDER BY e.enumsortorder)) AS line
    FROM pg_type t JOIN pg_enum e ON e.enumtypid = t.oid GROUP BY t.typname`,
  columns: `
    SELECT concat_ws(' ', format('%I.%I', c.relname, a.attname), format_type(a.atttypid, a.atttypmod),
      CASE WHEN l.collname <> 'default' THEN format('COLLATE %I', l.collname) END,
      CASE WHEN a.attnotnull THEN 'NOT NULL' END,
      CASE WHEN a.attgenerated = '' THEN 'DEFAULT' ELSE 'GENERATED' END || ' ' || pg_get_expr(d.adbin, d.adrelid)) AS line
    FROM pg_attribute a
      JOIN pg_class c ON c.oid = a.attrelid
      LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
      LEFT JOIN pg_collation l ON l.oid = a.attcollation
    WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY c.relname, a.attnum`,
  indexes: `
    SELECT indexdef AS line FROM pg_indexes WHERE schemaname = current_schema()`,
  statistics: `
    SELECT pg_get_statisticsobjdef(oid) AS line FROM pg_statistic_ext WHERE stxnamespace = current_schema()::regnamespace`,
  constraints: `
    SELECT format('%s %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) AS line
    FROM pg_constraint WHERE connamespace = current_schema()::regnamespace AND contype <> 'n'`,
  triggers: `
    SELECT pg_get_triggerdef(oid) AS line FROM pg_trigger WHERE NOT tgisinternal`,
  functions: `
    SELECT format('%s %s %s', oid::regprocedure, md5(prosrc), provolatile) AS line
    FROM pg_proc WHERE pronamespace = current_schema()::regnamespace`,
  sequences: `
    SELECT format('%I %s from %s by %s', sequencename, data_type, start_value, increment_by) AS line
    FROM pg_sequences WHERE schemaname = current_schema()`,
};

test("both databases have the catalog of the snapshot, including what Prisma does not know", async () => {
  const sections: string[] = [];
  for (const [name, sql] of Object.entries(QUERIES)) {
    const { rows } = await database.pool.query<{ line: string }>(sql);
    const lines = rows.map(({ line }) => `  ${line}`);
    if (name !== "columns") lines.sort();
    sections.push(`${name}\n${lines.join("\n")}\n`);
  }
  await expect(sections.join("\n").replaceAll("public.", "")).toMatchFileSnapshot("catalog.snapshot.txt");
});
