import { AsyncLocalStorage } from "node:async_hooks";
import { PrismaPg } from "@prisma/adapter-pg";
import pg from "pg";
import { type Prisma, PrismaClient } from "../generated/client.js";
import { useConstantLimits } from "../plans/constant-limits.js";
import { createStatementNames } from "../plans/statement-names.js";
import { TableStatements } from "../writes/table-statements.js";
import { type JoinPrisma, runDirectly, TRANSACTION_MS } from "./direct-transaction.js";

type AdapterOptions = ConstructorParameters<typeof PrismaPg>[1];

/** The connection whose transaction Prisma joins in place of opening one. */
const joining = new AsyncLocalStorage<pg.PoolClient>();

class PagingPg extends PrismaPg {
  readonly #options: AdapterOptions;

  constructor(pool: pg.Pool, options: AdapterOptions) {
    super(pool, options);
    this.#options = options;
  }

  override async connect() {
    const connection = await super.connect();
    const begin = connection.startTransaction.bind(connection);
    connection.startTransaction = async (isolationLevel) => {
      const client = joining.getStore();
      return useConstantLimits(await (client ? openOn(client, this.#options) : begin(isolationLevel)));
    };
    return useConstantLimits(connection);
  }
}

/** A pool whose only connection is one that somebody else holds. */
class PoolOfOne extends pg.Pool {
  constructor(client: pg.PoolClient) {
    super();
    this.query = client.query.bind(client) as pg.Pool["query"];
  }
}

/** Prisma's view of a transaction that begins and ends without Prisma. */
async function openOn(client: pg.PoolClient, options: AdapterOptions) {
  const connection = await new PrismaPg(new PoolOfOne(client), options).connect();
  return Object.assign(connection, {
    options: { usePhantomQuery: true },
    async commit() {},
    async rollback() {},
    async createSavepoint(name: string) {
      await client.query(`SAVEPOINT ${name}`);
    },
    async rollbackToSavepoint(name: string) {
      await client.query(`ROLLBACK TO SAVEPOINT ${name}`);
    },
    async releaseSavepoint(name: string) {
      await client.query(`RELEASE SAVEPOINT ${name}`);
    },
  });
}

/** Prisma over a pool, of PostgreSQL or PGlite. Transactions are opened on a connection of the pool directly. */
export function createPrismaClient(pool: pg.Pool, options: { prepared: boolean; schema?: string }): PrismaClient {
  const nameOf = options.prepared ? createStatementNames() : () => "";
  const adapter = new PagingPg(pool, {
    ...(options.schema === undefined ? {} : { schema: options.schema }),
    ...(options.prepared ? { statementNameGenerator: nameOf } : {}),
  });
  const prisma = new PrismaClient({
    adapter,
    errorFormat: "minimal",
    transactionOptions: { maxWait: TRANSACTION_MS, timeout: TRANSACTION_MS, isolationLevel: "ReadCommitted" },
  });
  const open = prisma.$transaction.bind(prisma);
  const direct = { pool, nameOf, tables: new TableStatements(pool, options), join: createJoin(open) };
  const transact = (work: unknown, settings?: { isolationLevel?: Prisma.TransactionIsolationLevel }) =>
    typeof work === "function" && settings?.isolationLevel === undefined
      ? runDirectly(direct, work as (tx: Prisma.TransactionClient) => Promise<unknown>)
      : open(work as never, settings as never);
  return Object.assign(prisma, { $transaction: transact as PrismaClient["$transaction"] });
}

function createJoin(open: PrismaClient["$transaction"]): JoinPrisma {
  return (client) =>
    new Promise((resolve, reject) => {
      joining.run(client, () => {
        const end = open(
          (tx) =>
            new Promise<void>((finish) => {
              const leave = () => {
                finish();
                return end;
              };
              resolve({ prisma: tx, leave });
            }),
        );
        end.catch(reject);
      });
    });
}
