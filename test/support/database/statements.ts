import { AsyncLocalStorage } from "node:async_hooks";
import { Server } from "node:http";
import pg from "pg";

export interface Statement {
  /** Of a statement that the connection keeps; else empty. */
  readonly name: string;
  readonly text: string;
  readonly values: readonly unknown[];
}

/** The tail of the event log reads independently of what a test does. */
const IS_OF_TAIL = /AS page WHERE page."bytes"/;

/** Set for work on a request, and for the work that a test records, but not for what the server does in the background. */
const requested = new AsyncLocalStorage<true>();
const recorders = new Set<Statement[]>();
const recordersOfAll = new Set<Statement[]>();
const original = pg.Client.prototype.query;
const emit = Server.prototype.emit as (...event: unknown[]) => boolean;

Server.prototype.emit = function follow(this: Server, event: string, ...args: unknown[]) {
  const forward = () => emit.call(this, event, ...args);
  return event === "request" ? requested.run(true, forward) : forward();
};

// All statements to both databases go through pg.Client.
pg.Client.prototype.query = function record(this: pg.Client, ...args: unknown[]) {
  const [config, values] = args;
  const text = typeof config === "string" ? config : (config as { text?: string } | null)?.text;
  if (text && !IS_OF_TAIL.test(text)) {
    const given = (config as { values?: unknown[] }).values ?? (Array.isArray(values) ? values : []);
    const all = requested.getStore() ? [...recorders, ...recordersOfAll] : recordersOfAll;
    const name = (config as { name?: string }).name ?? "";
    for (const recorder of all) recorder.push({ name, text, values: given });
  }
  return (original as (...all: unknown[]) => unknown).apply(this, args);
} as typeof original;

/** Runs the work, and records the statements that it or its requests send to the database, in order. */
export function recordStatements<T>(work: () => Promise<T>): Promise<{ result: T; statements: Statement[] }> {
  return recordIn(recorders, work);
}

/** Runs the work, and counts the statements that it or its requests send to the database. */
export async function countStatements(work: () => Promise<unknown>): Promise<number> {
  return (await recordStatements(work)).statements.length;
}

/** Runs the work, and records all statements that are sent meanwhile, also by background work. */
export async function recordAllStatements(work: () => Promise<unknown>): Promise<Statement[]> {
  return (await recordIn(recordersOfAll, work)).statements;
}

async function recordIn<T>(into: Set<Statement[]>, work: () => Promise<T>) {
  const statements: Statement[] = [];
  into.add(statements);
  try {
    return { result: await requested.run(true, work), statements };
  } finally {
    into.delete(statements);
  }
}

interface PlanNode {
  readonly "Node Type": string;
  readonly "Relation Name"?: string;
  readonly "Actual Rows": number;
  readonly "Actual Loops": number;
  readonly "Rows Removed by Filter"?: number;
  readonly Plans?: readonly PlanNode[];
}

/**
 * The plan of a statement, with what its execution read, on a connection that has used it six times with the values of
 * `usual`: from the sixth time on, PostgreSQL may use a plan that it made without looking at values.
 */
export async function planAfterUse(pool: pg.Pool, statement: Statement, usual: Statement = statement) {
  const client = await pool.connect();
  try {
    for (let times = 0; times < 6; times++) await client.query({ ...usual, values: [...usual.values] });
    const { name, text, values } = statement;
    const arguments_ = values.length > 0 ? `(${values.map(toLiteral).join(", ")})` : "";
    const explained = name === "" ? { text, values: [...values] } : { text: `EXECUTE "${name}"${arguments_}` };
    const { rows } = await client.query({ ...explained, text: `EXPLAIN (ANALYZE, FORMAT JSON) ${explained.text}` });
    const [{ Plan: plan }] = rows[0]["QUERY PLAN"];
    return { rows: sumScans(plan), nodes: listNodes(plan) };
  } finally {
    client.release();
  }
}

function toLiteral(value: unknown): string {
  if (value === null || value === undefined) return "NULL";
  return pg.escapeLiteral(value instanceof Date ? value.toISOString() : String(value));
}

function listNodes(node: PlanNode): string[] {
  return [node["Node Type"], ...(node.Plans ?? []).flatMap(listNodes)];
}

/** How many rows of tables a statement reads, by EXPLAIN ANALYZE: the rows of scans, with the filtered ones, times their loops. */
export async function countRowsRead(pool: pg.Pool, { text, values }: Statement): Promise<number> {
  const { rows } = await pool.query(`EXPLAIN (ANALYZE, FORMAT JSON) ${text}`, [...values]);
  const [{ Plan: plan }] = rows[0]["QUERY PLAN"];
  return sumScans(plan);
}

/** How many rows of tables the statements read together. */
export async function sumRowsRead(pool: pg.Pool, statements: readonly Statement[]): Promise<number> {
  let rows = 0;
  for (const statement of statements) rows += await countRowsRead(pool, statement);
  return rows;
}

function sumScans(node: PlanNode): number {
  const own = node["Relation Name"]
    ? (node["Actual Rows"] + (node["Rows Removed by Filter"] ?? 0)) * node["Actual Loops"]
    : 0;
  return own + (node.Plans ?? []).reduce((sum, child) => sum + sumScans(child), 0);
}
