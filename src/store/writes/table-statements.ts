import type pg from "pg";
import { readTables, type Table } from "../reads/datamodel.js";
import { ReadRunner } from "../reads/read-runner.js";
import { NotPlain } from "../reads/shape.js";
import type { ReadMethod } from "../reads/statement.js";
import { NotCompiled } from "../reads/statement-builder.js";
import { compileWrite, type WriteStatement } from "./compile-write.js";

type Args = Readonly<Record<string, unknown>>;

const READS: ReadonlySet<string> = new Set<ReadMethod>([
  ...(["findMany", "findFirst", "findUnique", "findUniqueOrThrow", "count"] as const),
]);

/** The reads and writes of Prisma's tables that have one statement of their own, for transactions. */
export class TableStatements {
  readonly #tables: ReadonlyMap<string, Table>;
  readonly #reads: ReadRunner;

  constructor(pool: pg.Pool, { prepared, schema = "public" }: { prepared: boolean; schema?: string }) {
    const tables = readTables();
    this.#tables = new Map([...tables.values()].map((table) => [toDelegateName(table.name), table]));
    this.#reads = new ReadRunner(pool, { name: schema, tables }, { prepared });
  }

  /** Null: Prisma must run it. */
  write(name: string, method: string, args: Args): WriteStatement | null {
    return compileWrite(this.#table(name), method, args);
  }

  /** Null: Prisma must run it. */
  read(name: string, method: string, args: Args): ReturnType<ReadRunner["prepare"]> | null {
    if (!isRead(method)) return null;
    try {
      return this.#reads.prepare({ table: this.#table(name), method, args });
    } catch (error) {
      if (error instanceof NotPlain || error instanceof NotCompiled) return null;
      throw error;
    }
  }

  #table(name: string): Table {
    const table = this.#tables.get(name);
    if (!table) throw new Error(`There is no table ${name}.`);
    return table;
  }
}

function isRead(method: string): method is ReadMethod {
  return READS.has(method);
}

/** `modelVersion` of `ModelVersion`, as Prisma's clients name it. */
export function toDelegateName(model: string): string {
  return `${model.charAt(0).toLowerCase()}${model.slice(1)}`;
}
