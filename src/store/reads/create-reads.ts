import type pg from "pg";
import type { Prisma, PrismaClient } from "../generated/client.js";
import { readTables, type Table } from "./datamodel.js";
import { ReadRunner } from "./read-runner.js";
import { withoutTexts } from "./row-text.js";
import { NotPlain } from "./shape.js";
import type { ReadMethod } from "./statement.js";
import { NotCompiled } from "./statement-builder.js";
import { UniqueReads } from "./unique-reads.js";

/** Prisma's tables, for reads outside transactions. */
export type ReadTables = Pick<PrismaClient, Uncapitalize<Prisma.ModelName> | "$queryRaw">;

/** How many reads went which way since the start. */
export interface ReadCounts {
  /** Reads that ran as one statement made here. */
  compiled: number;
  /** Reads that Prisma ran. */
  other: number;
}

export interface Reads {
  readonly db: ReadTables;
  readonly counts: Readonly<ReadCounts>;
}

export interface ReadOptions {
  readonly prisma: PrismaClient;
  readonly pool: pg.Pool;
  /** Whether statements that have a plan for all values keep it. */
  readonly prepared: boolean;
  readonly schema?: string | undefined;
}

type Args = Readonly<Record<string, unknown>>;
type Read = (args?: Args) => PromiseLike<unknown>;

/** What Prisma's delegates have in common. At compile time each has arguments of its own. */
type Delegate = Readonly<Record<string, Read>>;

/** The reads of these methods that have a statement run as one; all others are Prisma's. */
const COMPILED = ["findMany", "findFirst", "count"] as const satisfies readonly ReadMethod[];
const COMPILED_ALONE = ["findUnique", "findUniqueOrThrow"] as const satisfies readonly ReadMethod[];
const OTHERS = ["findFirstOrThrow", "aggregate", "groupBy"] as const;

/** Reads of all tables, each with one statement for all requests of its shape, in place of Prisma's planner and mapper. */
export function createReads({ prisma, pool, prepared, schema = "public" }: ReadOptions): Reads {
  const tables = readTables();
  const runner = new ReadRunner(pool, { name: schema, tables }, { prepared });
  const unique = new UniqueReads();
  const counts: ReadCounts = { compiled: 0, other: 0 };
  const clients = prisma as unknown as Readonly<Record<string, Delegate>>;
  const delegates = [...tables.values()].map((table) => {
    const name = `${table.name.charAt(0).toLowerCase()}${table.name.slice(1)}`;
    const delegate = clients[name];
    if (!delegate) throw new Error(`Prisma has no table ${name}.`);
    return [name, toDelegate(table, { delegate, runner, unique, counts })];
  });
  const db = { ...Object.fromEntries(delegates), $queryRaw: prisma.$queryRaw.bind(prisma) } as unknown as ReadTables;
  return { db, counts };
}

interface DelegateParts {
  readonly delegate: Delegate;
  readonly runner: ReadRunner;
  readonly unique: UniqueReads;
  readonly counts: ReadCounts;
}

function toDelegate(table: Table, { delegate, runner, unique, counts }: DelegateParts): Delegate {
  const readOther = (method: string): Read => {
    return (args) => {
      counts.other++;
      return call(delegate, method, args && withoutTexts(args));
    };
  };
  const compile = (method: ReadMethod, args: Args) => {
    const read = prepare(() => runner.prepare({ table, method, args }));
    if (read === null) return null;
    const run = () => {
      counts.compiled++;
      return read.run();
    };
    return { key: read.key, run };
  };
  const readCompiled = (method: ReadMethod): Read => {
    const other = readOther(method);
    return (args = {}) => compile(method, args)?.run() ?? other(args);
  };
  const readAlone = (method: ReadMethod): Read => {
    const other = readOther(method);
    return (args = {}) => {
      const read = compile(method, args);
      if (read === null) return other(args);
      const runOther = () => other(args);
      // Prisma's error names the read
      const run = method === "findUnique" ? read.run : async () => (await read.run()) ?? runOther();
      return unique.read(read.key, { run, runOther });
    };
  };
  return Object.fromEntries([
    ...COMPILED.map((method) => [method, readCompiled(method)]),
    ...COMPILED_ALONE.map((method) => [method, readAlone(method)]),
    ...OTHERS.map((method) => [method, readOther(method)]),
  ]);
}

function call(delegate: Delegate, method: string, args: Args | undefined): PromiseLike<unknown> {
  const read = delegate[method];
  if (!read) throw new Error(`Prisma has no method ${method}.`);
  return read(args);
}

/** Null: Prisma must run the read. */
function prepare<T>(make: () => T): T | null {
  try {
    return make();
  } catch (error) {
    if (error instanceof NotPlain || error instanceof NotCompiled) return null;
    throw error;
  }
}
