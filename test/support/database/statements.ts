import { AsyncLocalStorage } from "node:async_hooks";
import { Server } from "node:http";
import pg from "pg";

export interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** The tail of the event log reads when it will, whatever a test does meanwhile. */
const IS_OF_THE_TAIL = /AS page WHERE page."bytes"/;

/** What is done for a request, or within the work of a test itself, and not by what the server does beside. */
const asked = new AsyncLocalStorage<true>();
const recorders = new Set<Statement[]>();
const recordersOfAll = new Set<Statement[]>();
const original = pg.Client.prototype.query;
const emit = Server.prototype.emit as (...event: unknown[]) => boolean;

Server.prototype.emit = function follow(this: Server, event: string, ...args: unknown[]) {
  const tell = () => emit.call(this, event, ...args);
  return event === "request" ? asked.run(true, tell) : tell();
};

// Both databases are spoken to through pg.Client, so what is sent is seen here, whoever sends it.
pg.Client.prototype.query = function record(this: pg.Client, ...args: unknown[]) {
  const [config, values] = args;
  const text = typeof config === "string" ? config : (config as { text?: string } | null)?.text;
  if (text && !IS_OF_THE_TAIL.test(text)) {
    const given = (config as { values?: unknown[] }).values ?? (Array.isArray(values) ? values : []);
    const told = asked.getStore() ? [...recorders, ...recordersOfAll] : recordersOfAll;
    for (const recorder of told) recorder.push({ text, values: given });
  }
  return (original as (...all: unknown[]) => unknown).apply(this, args);
} as typeof original;

/** The statements that were sent to the database for what the work asks, in order. */
export function recordStatements<T>(work: () => Promise<T>): Promise<{ result: T; statements: Statement[] }> {
  return recordIn(recorders, work);
}

/** All that were sent meanwhile, by whomever. */
export async function recordAllStatements(work: () => Promise<unknown>): Promise<Statement[]> {
  return (await recordIn(recordersOfAll, work)).statements;
}

async function recordIn<T>(into: Set<Statement[]>, work: () => Promise<T>) {
  const statements: Statement[] = [];
  into.add(statements);
  try {
    return { result: await asked.run(true, work), statements };
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

/** How many rows of tables a statement reads, by running it under EXPLAIN ANALYZE: scans, times their loops, with what filters threw away. */
export async function countRowsRead(pool: pg.Pool, { text, values }: Statement): Promise<number> {
  const { rows } = await pool.query(`EXPLAIN (ANALYZE, FORMAT JSON) ${text}`, [...values]);
  const [{ Plan: plan }] = rows[0]["QUERY PLAN"];
  return sumScans(plan);
}

function sumScans(node: PlanNode): number {
  const own = node["Relation Name"]
    ? (node["Actual Rows"] + (node["Rows Removed by Filter"] ?? 0)) * node["Actual Loops"]
    : 0;
  return own + (node.Plans ?? []).reduce((sum, child) => sum + sumScans(child), 0);
}
