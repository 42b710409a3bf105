import type { SqlQuery } from "@prisma/driver-adapter-utils";
import pg from "pg";
import { Prisma, type PrismaClient } from "../generated/client.js";
import { withConstantLimits } from "../plans/constant-limits.js";
import { createStatementNames } from "../plans/statement-names.js";

export type RawReads = Pick<PrismaClient, "$queryRaw">;

const INT8 = 20;
/** As Prisma reads them: a whole number of eight bytes is a BigInt. */
const TYPES: pg.CustomTypesConfig = {
  getTypeParser: (type, format) => (type === INT8 ? BigInt : pg.types.getTypeParser(type, format)),
};

/** Statements that are written by hand, sent through the pool without Prisma, whose engine maps each value anew. */
export function createRawReads(pool: pg.Pool, prepared: boolean): RawReads {
  const nameOf = prepared ? createStatementNames() : () => "";
  async function $queryRaw(query: TemplateStringsArray | Prisma.Sql, ...values: unknown[]): Promise<unknown[]> {
    const { text, values: args } = query instanceof Prisma.Sql ? query : Prisma.sql(query, ...values);
    const { sql, args: parameters } = withConstantLimits({ sql: text, args, argTypes: [] } as SqlQuery);
    const name = nameOf({ sql });
    const { rows } = await pool.query({
      text: sql,
      values: parameters,
      types: TYPES,
      ...(name === "" ? {} : { name }),
    });
    return rows;
  }
  return { $queryRaw } as unknown as RawReads;
}
