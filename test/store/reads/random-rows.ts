import type pg from "pg";
import { type Column, readTables, type Table } from "../../../src/store/reads/datamodel.js";
import { errorCode } from "../../../src/util/error-text.js";
import { createRandom, type Random } from "../../support/random.js";

export const TABLES: readonly Table[] = [...readTables().values()];
const ROWS = 7;

/** Few texts, so that conditions match, and such that patterns, JSON and encodings have work to do. */
export const TEXTS = [
  "",
  "a",
  "A",
  "ab",
  "a%b",
  "a_b",
  "a\\b",
  "é",
  "É",
  "ß",
  "😀 x",
  "q\"uo'te",
  "line\nbreak",
  "\\",
  "%",
  "null",
];
export const INTS = [0, 1, 2, -1, 2147483647, -2147483648];
export const BIGINTS = [0n, 1n, 2n, -7n, 9007199254740993n, 9223372036854775807n, -9223372036854775808n];
export const TIMES = [
  "2026-11-30T12:00:00.000Z",
  "2026-11-30T12:00:00.001Z",
  "1969-12-31T23:59:59.999Z",
  "0099-03-01T00:00:00.120Z",
  "9999-12-31T23:59:59.999Z",
].map((text) => new Date(text));
const JSONS = [
  ...[
    "null",
    "true",
    "0",
    "-1.5",
    '"text"',
    '""',
    "[]",
    "{}",
    "1e300",
    "12345678901234567890",
    "0.1",
    '"2026-11-30T12:00:00Z"',
  ],
  ...[
    '{"a":{"b":[1,null,"é\\n"]},"":""}',
    '[[],{},"\\u0007"]',
    '{"toString":1,"constructor":{"x":2}}',
    '{"$type":"Json","value":"1"}',
  ],
];
const BYTES = ["", "00", "ff00aa", "5c78"];

/** What the database says about a column of a table. */
interface Stored {
  readonly name: string;
  readonly isUuid: boolean;
  readonly isRequired: boolean;
}

const STORED = `SELECT a.attrelid::regclass::text AS "table", a.attname AS "name", a.atttypid = 'uuid'::regtype AS "isUuid",
    a.attnotnull AS "isRequired"
  FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid
  WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
    AND a.attgenerated = ''`;

/** Rules would leave few values to read. */
const WITHOUT_RULES = `DO $$ DECLARE rule record; BEGIN
  FOR rule IN SELECT conrelid::regclass AS "table", conname FROM pg_constraint
    WHERE contype IN ('c', 'f') AND connamespace = current_schema()::regnamespace
  LOOP EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', rule."table", rule.conname); END LOOP;
  FOR rule IN SELECT i.indexrelid::regclass AS "table" FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indrelid
    WHERE i.indisunique AND NOT i.indisprimary AND c.relnamespace = current_schema()::regnamespace
      AND NOT EXISTS (SELECT FROM pg_constraint AS k WHERE k.conindid = i.indexrelid)
  LOOP EXECUTE format('DROP INDEX %s', rule."table"); END LOOP;
  FOR rule IN SELECT oid::regclass AS "table" FROM pg_class
    WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace
  LOOP EXECUTE format('ALTER TABLE %s DISABLE TRIGGER USER', rule."table"); END LOOP; END $$`;

/** Fills every table with random rows, whose relations lead to rows that exist. Triggers and rules do not apply. */
export async function fillTables(pool: pg.Pool, seed: number): Promise<void> {
  const random = createRandom(seed);
  const { rows: stored } = await pool.query<Stored & { table: string }>(STORED);
  await pool.query(WITHOUT_RULES);
  for (const table of TABLES) {
    const own = stored.filter((each) => each.table.replaceAll('"', "") === table.name);
    for (let row = 0; row < ROWS; row++) await insert(pool, { table, stored: own, row, random });
  }
}

interface NewRow {
  readonly table: Table;
  readonly stored: readonly Stored[];
  readonly row: number;
  readonly random: Random;
}

async function insert(pool: pg.Pool, { table, stored, row, random }: NewRow): Promise<void> {
  const cells = stored.map((each) => {
    const column = table.columns.get(each.name);
    return column ? storedValue(column, each, { table, row, random }) : null;
  });
  const names = stored.map(({ name }) => `"${name}"`).join(", ");
  const places = stored.map((_, index) => `$${index + 1}`).join(", ");
  try {
    await pool.query(`INSERT INTO "${table.name}" (${names}) OVERRIDING SYSTEM VALUE VALUES (${places})`, cells);
  } catch (error) {
    // a row with the same key is there
    if (errorCode(error) !== "23505") throw error;
  }
}

function storedValue(
  column: Column,
  { isUuid, isRequired }: Stored,
  { table, row, random }: Omit<NewRow, "stored">,
): unknown {
  const isKey = column.name === "id" || column.name === table.keys.values().next().value?.[0];
  const leadsTo = [...table.relations.values()].find(({ isOwner, ownColumn }) => isOwner && ownColumn === column.name);
  if (!isRequired && random.chance(0.3)) return null;
  if (leadsTo)
    return keyOf(TABLES.find(({ name }) => name === leadsTo.table)?.columns.get("id"), isUuid, random.below(ROWS));
  if (isKey) return keyOf(column, isUuid, row);
  if (isUuid) return keyOf(column, true, random.below(ROWS));
  if (column.isList) return random.some(column.type === "Enum" ? [...column.values] : TEXTS, 0.2);
  return scalarOf(column, random);
}

function scalarOf({ type, values }: Column, random: Random): unknown {
  switch (type) {
    case "String":
      return random.pick(TEXTS);
    case "Enum":
      return random.pick([...values]);
    case "Int":
      return random.pick(INTS);
    case "BigInt":
      return random.pick(BIGINTS);
    case "DateTime":
      return random.pick(TIMES);
    case "Boolean":
      return random.chance(0.5);
    case "Json":
      return random.pick(JSONS);
    case "Bytes":
      return Buffer.from(random.pick(BYTES), "hex");
  }
}

/** The key of the row at an index of its table. */
export function keyOf(column: Column | undefined, isUuid: boolean, index: number): unknown {
  if (isUuid) return `00000000-0000-4000-8000-00000000000${index}`;
  return column?.type === "Int" || column?.type === "BigInt" ? index : `key-${index}`;
}
