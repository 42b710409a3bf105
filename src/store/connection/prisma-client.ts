import { PrismaPg } from "@prisma/adapter-pg";
import type pg from "pg";
import { PrismaClient } from "../generated/client.js";
import { useConstantLimits } from "../plans/constant-limits.js";
import { createStatementNames } from "../plans/statement-names.js";

const TRANSACTION_MS = 30_000;

class PagingPg extends PrismaPg {
  override async connect() {
    const connection = await super.connect();
    const begin = connection.startTransaction.bind(connection);
    connection.startTransaction = async (isolationLevel) => useConstantLimits(await begin(isolationLevel));
    return useConstantLimits(connection);
  }
}

/** Prisma over a pool, of PostgreSQL or PGlite. */
export function createPrismaClient(pool: pg.Pool, options: { prepared: boolean; schema?: string }): PrismaClient {
  const adapter = new PagingPg(pool, {
    ...(options.schema === undefined ? {} : { schema: options.schema }),
    ...(options.prepared ? { statementNameGenerator: createStatementNames() } : {}),
  });
  return new PrismaClient({
    adapter,
    errorFormat: "minimal",
    transactionOptions: { maxWait: TRANSACTION_MS, timeout: TRANSACTION_MS, isolationLevel: "ReadCommitted" },
  });
}
