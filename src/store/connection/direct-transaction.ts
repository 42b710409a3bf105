import type pg from "pg";
import { Prisma } from "../generated/client.js";
import { type TableStatements, toDelegateName } from "../writes/table-statements.js";
import { type NameOf, toRawQuery, toSql } from "./raw-query.js";

/** How long a transaction may take, and how long it may wait for a connection. */
export const TRANSACTION_MS = 30_000;

type Work<T> = (tx: Prisma.TransactionClient) => Promise<T>;

/** Lets Prisma join the transaction that is open on a connection. `leave` must be called before the transaction ends. */
export type JoinPrisma = (
  client: pg.PoolClient,
) => Promise<{ prisma: Prisma.TransactionClient; leave(): Promise<void> }>;

interface DirectOptions {
  readonly pool: pg.Pool;
  readonly nameOf: NameOf;
  readonly tables: TableStatements;
  readonly join: JoinPrisma;
}

/**
 * Runs the work in a transaction whose statements go to the connection without Prisma, whose planner and mapper cost several
 * times as much as a short statement: raw ones, and the reads and writes of tables that have a statement of their own. For any
 * other, Prisma joins the transaction.
 */
export async function runDirectly<T>(options: DirectOptions, work: Work<T>): Promise<T> {
  const client = await options.pool.connect();
  const transaction = new DirectTransaction(client, options);
  let lost: Error | undefined;
  try {
    await transaction.begin();
    const result = await work(transaction as unknown as Prisma.TransactionClient);
    await transaction.commit();
    return result;
  } catch (error) {
    lost = await transaction.rollBack();
    throw error;
  } finally {
    client.release(lost);
  }
}

class DirectTransaction {
  readonly #client: pg.PoolClient;
  readonly #options: DirectOptions;
  #joined: ReturnType<JoinPrisma> | undefined;
  /** Calls of Prisma that are under way. */
  readonly #calls = new Set<Promise<unknown>>();
  #timer: NodeJS.Timeout | undefined;
  /** Whether the work has ended: the connection will be somebody else's. */
  #isOver = false;
  /** Why no further statement is sent. */
  #refusal: Error | undefined;

  constructor(client: pg.PoolClient, options: DirectOptions) {
    this.#client = client;
    this.#options = options;
  }

  async begin(): Promise<void> {
    await this.#send({ text: "BEGIN ISOLATION LEVEL READ COMMITTED" });
    this.#timer = setTimeout(() => this.#expire(), TRANSACTION_MS);
  }

  async commit(): Promise<void> {
    await (await this.#joined)?.leave();
    this.#joined = undefined;
    const { command } = await this.#send({ text: "COMMIT" });
    this.#close();
    if (command === "ROLLBACK") throw new Error("The transaction was rolled back: a statement in it has failed.");
  }

  /** Returns the error if the connection cannot be used any more. */
  async rollBack(): Promise<Error | undefined> {
    this.#isOver = true;
    this.#close();
    await this.#untilCallsEnd();
    // the work has got the error of a join that failed
    await Promise.allSettled([this.#joined?.then(({ leave }) => leave())]);
    try {
      await this.#client.query("ROLLBACK");
      return undefined;
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
  }

  async $queryRaw(query: TemplateStringsArray | Prisma.Sql, ...values: unknown[]): Promise<unknown[]> {
    return (await this.#run(toSql(query, values))).rows;
  }

  async $executeRaw(query: TemplateStringsArray | Prisma.Sql, ...values: unknown[]): Promise<number> {
    return (await this.#run(toSql(query, values))).rowCount ?? 0;
  }

  async $queryRawUnsafe(text: string, ...values: unknown[]): Promise<unknown[]> {
    return (await this.#run({ text, values })).rows;
  }

  async $executeRawUnsafe(text: string, ...values: unknown[]): Promise<number> {
    return (await this.#run({ text, values })).rowCount ?? 0;
  }

  async callTable(name: string, method: string, args: Readonly<Record<string, unknown>> = {}): Promise<unknown> {
    const { tables } = this.#options;
    const write = tables.write(name, method, args);
    if (write) {
      const { rows, rowCount } = await this.#run(write);
      const answer = write.answer(rows, rowCount ?? 0);
      if (answer !== undefined) return answer;
    }
    const read = tables.read(name, method, args);
    if (!read) return this.#callPrisma(name, method, args);
    if (this.#refusal) throw this.#refusal;
    const found = await read.runOn(this.#client);
    // Prisma's error names the read
    return found === null && method.endsWith("OrThrow") ? this.#callPrisma(name, method, args) : found;
  }

  async #callPrisma(name: string, method: string, args: unknown): Promise<unknown> {
    if (this.#refusal) throw this.#refusal;
    this.#joined ??= this.#options.join(this.#client);
    const { prisma } = await this.#joined;
    if (this.#refusal) throw this.#refusal;
    const tables = prisma as unknown as Record<string, Record<string, (args: unknown) => Promise<unknown>>>;
    const call = Promise.resolve(tables[name]?.[method]?.(args));
    this.#calls.add(call);
    try {
      return await call;
    } finally {
      this.#calls.delete(call);
    }
  }

  /** One call of Prisma may send several statements. After a ROLLBACK the next one would write by itself. */
  async #untilCallsEnd(): Promise<void> {
    while (this.#calls.size > 0) await Promise.allSettled(this.#calls);
  }

  #run(statement: Parameters<typeof toRawQuery>[0]): Promise<pg.QueryResult> {
    return this.#send(toRawQuery(statement, this.#options.nameOf));
  }

  async #send(query: pg.QueryConfig): Promise<pg.QueryResult> {
    if (this.#refusal) throw this.#refusal;
    try {
      // with a callback, for the promise of `pg` makes another one
      return await new Promise((resolve, reject) => {
        this.#client.query(query, (error, result) => (error ? reject(error) : resolve(result)));
      });
    } catch (error) {
      // its stack was that of the socket; here it names who sent the statement
      if (error instanceof Error) Error.captureStackTrace(error);
      throw error;
    }
  }

  /** Work that is still under way must not write on a connection that somebody else has by now. */
  #close(): void {
    clearTimeout(this.#timer);
    this.#refusal ??= refusal("The transaction is over.");
  }

  /** Gives up the locks while the work may still wait for something else. Its next statement fails. */
  #expire(): void {
    this.#refusal = refusal(`The transaction took longer than ${TRANSACTION_MS} ms.`);
    void this.#untilCallsEnd().then(() => {
      if (!this.#isOver) this.#client.query("ROLLBACK", () => {});
    });
  }
}

/** With Prisma's code for a transaction that is closed. */
function refusal(message: string): Error {
  return Object.assign(new Error(message), { code: "P2028" });
}

for (const model of Object.values(Prisma.ModelName)) {
  const table = toDelegateName(model);
  Object.defineProperty(DirectTransaction.prototype, table, {
    get(this: DirectTransaction) {
      const call = (_: object, method: string) => (args?: Readonly<Record<string, unknown>>) =>
        this.callTable(table, method, args);
      return new Proxy({}, { get: call });
    },
  });
}
