// provisional, until the storage engineer's arrives
import { createHash } from "node:crypto";
import { PGlite } from "@electric-sql/pglite";
import { createPgConfig } from "@electric-sql/pglite/node-postgres";
import { PrismaPg } from "@prisma/adapter-pg";
import pg from "pg";
import { PrismaClient } from "./generated/client.js";
export interface Database {
  readonly kind: "postgres" | "pglite";
  readonly prisma: PrismaClient;
  readonly pool: pg.Pool;
  listen(channel: string, on: { notify(payload: string): void; gap(): void }): Promise<{ stop(): Promise<void> }>;
  ping(): Promise<void>;
  close(): Promise<void>;
}
export async function provisionalDatabase(sql: string, url?: string): Promise<Database & { statements: string[] }> {
  const statements: string[] = [];
  const lite = url ? null : new PGlite();
  const config = lite && createPgConfig(lite);
  if (config) {
    const parse = config.connection.parse.bind(config.connection);
    config.connection.parse = (q) => parse({ ...q, types: undefined });
  }
  const pool = config
    ? new pg.Pool({ ...config, max: 1, idleTimeoutMillis: 0 } as unknown as pg.PoolConfig)
    : new pg.Pool({ connectionString: url, max: 10 });
  await pool.query(sql);
  const adapter = new PrismaPg(pool, {
    statementNameGenerator: ({ sql }: { sql: string }) => {
      statements.push(sql);
      return createHash("sha1").update(sql).digest("hex");
    },
  } as never);
  const prisma = new PrismaClient({
    adapter,
    transactionOptions: { maxWait: 30000, timeout: 30000 },
  } as never) as unknown as PrismaClient;
  return {
    statements,
    kind: lite ? "pglite" : "postgres",
    prisma,
    pool,
    async listen(channel, on) {
      const client = await pool.connect();
      client.on("notification", (n) => on.notify(n.payload ?? ""));
      await client.query(`LISTEN ${channel}`);
      if (lite) client.release();
      return {
        stop: async () => {
          if (!lite) client.release(true);
        },
      };
    },
    ping: async () => void (await pool.query("select 1")),
    close: async () => {
      await prisma.$disconnect();
      await pool.end();
      await lite?.close();
    },
  };
}
