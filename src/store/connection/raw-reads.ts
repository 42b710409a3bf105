import type pg from "pg";
import type { Prisma, PrismaClient } from "../generated/client.js";
import { createStatementNames } from "../plans/statement-names.js";
import { toRawQuery, toSql } from "./raw-query.js";

export type RawReads = Pick<PrismaClient, "$queryRaw">;

/** Statements that are written by hand, sent through the pool without Prisma, whose engine maps each value anew. */
export function createRawReads(pool: pg.Pool, prepared: boolean): RawReads {
  const nameOf = prepared ? createStatementNames() : () => "";
  async function $queryRaw(query: TemplateStringsArray | Prisma.Sql, ...values: unknown[]): Promise<unknown[]> {
    return (await pool.query(toRawQuery(toSql(query, values), nameOf))).rows;
  }
  return { $queryRaw } as unknown as RawReads;
}
