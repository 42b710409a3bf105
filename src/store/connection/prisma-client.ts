import { PrismaPg } from "@prisma/adapter-pg";
import type pg from "pg";
import { PrismaClient } from "../generated/client.js";
import { createStatementNames } from "./statement-names.js";

const TRANSACTION_MS = 30_000;

/** Prisma over a pool, of PostgreSQL or PGlite. */
export function createPrismaClient(pool: pg.Pool, options: { prepared: boolean; schema?: string }): PrismaClient {
  const adapter = new PrismaPg(pool, {
    ...(options.schema === undefined ? {} : { schema: options.schema }),
    ...(options.prepared ? { statementNameGenerator: createStatementNames() } : {}),
  });
  return new PrismaClient({
    adapter,
    errorFormat: "minimal",
    transactionOptions: { maxWait: TRANSACTION_MS, timeout: TRANSACTION_MS, isolationLevel: "ReadCommitted" },
  });
}
