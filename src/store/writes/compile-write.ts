import { Prisma } from "../generated/client.js";
import type { Column, Table } from "../reads/datamodel.js";
import { NotCompiled } from "../reads/statement-builder.js";

type Args = Readonly<Record<string, unknown>>;

/** A write of one table as one statement. */
export interface WriteStatement {
  readonly text: string;
  readonly values: readonly unknown[];
  /** What Prisma returns for the result. Undefined: Prisma must say what is wrong. */
  answer(rows: readonly unknown[], count: number): unknown;
}

/** The statement of a write as commands make it: plain values, and conditions that are equalities. Null: Prisma must run it. */
export function compileWrite(table: Table, method: string, args: Args): WriteStatement | null {
  const compile = { createMany: compileCreate, update: compileUpdate, updateMany: compileUpdateMany }[method];
  if (!compile) return null;
  try {
    return compile(new WriteBuilder(table), args);
  } catch (error) {
    if (error instanceof NotCompiled) return null;
    throw error;
  }
}

function compileCreate(builder: WriteBuilder, { data, skipDuplicates, ...others }: Args): WriteStatement {
  refuseOthers(others);
  const rows = (Array.isArray(data) ? data : [data]).map(toGiven);
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  if (names.length === 0) throw new NotCompiled();
  const columns = names.map((name) => `"${builder.column(name).name}"`);
  const lists = rows.map(
    (row) => `(${names.map((name) => (name in row ? builder.value(name, row[name]) : "DEFAULT"))})`,
  );
  const conflict = skipDuplicates === true ? " ON CONFLICT DO NOTHING" : "";
  return {
    text: `INSERT INTO "${builder.table.name}" (${columns}) VALUES ${lists}${conflict}`,
    values: builder.values,
    answer: (_, count) => ({ count }),
  };
}

function compileUpdateMany(builder: WriteBuilder, { where, data, ...others }: Args): WriteStatement {
  refuseOthers(others);
  return { text: writeUpdate(builder, where, data), values: builder.values, answer: (_, count) => ({ count }) };
}

function compileUpdate(builder: WriteBuilder, { where, data, select, ...others }: Args): WriteStatement {
  refuseOthers(others);
  const names = select === undefined ? builder.table.columns.keys() : Object.keys(toGiven(select));
  const returned = [...names].map((name) => `"${builder.column(name).name}"`);
  const text = `${writeUpdate(builder, where, data)} RETURNING ${returned}`;
  return { text, values: builder.values, answer: ([row]) => row };
}

function writeUpdate(builder: WriteBuilder, where: unknown, data: unknown): string {
  const changes = Object.entries(toGiven(data)).map(([name, value]) => builder.change(name, value));
  const conditions = Object.entries(toGiven(where)).flatMap(([name, value]) => builder.condition(name, value));
  if (changes.length === 0 || conditions.length === 0) throw new NotCompiled();
  return `UPDATE "${builder.table.name}" SET ${changes} WHERE ${conditions.join(" AND ")}`;
}

class WriteBuilder {
  readonly table: Table;
  readonly values: unknown[] = [];

  constructor(table: Table) {
    this.table = table;
  }

  column(name: string): Column {
    const column = this.table.columns.get(name);
    if (!column || column.isList) throw new NotCompiled();
    return column;
  }

  value(name: string, value: unknown): string {
    this.values.push(toSent(this.column(name), value));
    return `$${this.values.length}`;
  }

  change(name: string, value: unknown): string {
    const { type } = this.column(name);
    if (type === "Json" || !isPlainObject(value)) return `"${name}" = ${this.value(name, value)}`;
    const { increment, ...others } = value;
    refuseOthers(others);
    return `"${name}" = "${name}" + ${this.value(name, increment)}`;
  }

  condition(name: string, value: unknown): string[] {
    if (this.table.keys.has(name) && isPlainObject(value)) {
      return Object.entries(value).flatMap(([part, equal]) => this.condition(part, equal));
    }
    const { type } = this.column(name);
    if (type === "Json") throw new NotCompiled();
    return [value === null ? `"${name}" IS NULL` : `"${name}" = ${this.value(name, value)}`];
  }
}

/** The members that are given: for Prisma an undefined one is absent. */
function toGiven(members: unknown): Args {
  if (!isPlainObject(members)) throw new NotCompiled();
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}

function refuseOthers(others: Args): void {
  if (Object.keys(toGiven(others)).length > 0) throw new NotCompiled();
}

function toSent({ type }: Column, value: unknown): unknown {
  if (value === null || (type === "Json" && value === Prisma.DbNull)) return null;
  if (type === "Json") {
    if (value === Prisma.JsonNull || value === Prisma.AnyNull) throw new NotCompiled();
    return JSON.stringify(value);
  }
  if (value instanceof Date || value instanceof Uint8Array) return value;
  if (typeof value === "object" || value === undefined) throw new NotCompiled();
  return value;
}

function isPlainObject(value: unknown): value is Args {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
