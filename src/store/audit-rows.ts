import type pg from "pg";
import type { StoredEvent } from "../domain/audit.js";
import type { SignedCheckpoint } from "../domain/checkpoint.js";

type Client = Pick<pg.PoolClient, "query">;

/** What the log says of itself. */
export interface StoredHead {
  readonly logId: string;
  readonly revision: bigint;
  readonly hash: string;
  readonly at: string;
  readonly compactedRevision: bigint;
  readonly compactedHash: string | null;
}

const PAGE = 1_000;

/** Reads the log as it is at one moment, whoever writes to it meanwhile. */
export async function withSnapshot<T>(pool: pg.Pool, work: (client: Client) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    const result = await work(client);
    await client.query("COMMIT");
    return result;
  } catch (error) {
    await client.query("ROLLBACK");
    throw error;
  } finally {
    client.release();
  }
}

export async function readStoredHead(client: Client): Promise<StoredHead> {
  const { rows } = await client.query(
    `SELECT "logId", "revision"::text, encode("hash", 'hex') AS "hash", "compactedRevision"::text,
       to_char("at" AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS "at",
       encode("compactedHash", 'hex') AS "compactedHash" FROM "EventHead" WHERE "id" = 1`,
  );
  const [head] = rows;
  return { ...head, revision: BigInt(head.revision), compactedRevision: BigInt(head.compactedRevision) };
}

/** The hash that a row holds; null if there is no such row. */
export async function readStoredHash(client: Client, revision: bigint): Promise<string | null> {
  const { rows } = await client.query(`SELECT encode("hash", 'hex') AS "hash" FROM "Event" WHERE "revision" = $1`, [
    revision.toString(),
  ]);
  return rows[0]?.hash ?? null;
}

/** The rows of a range in order, a page at a time; the columns as JSON writes them. */
export async function* readStoredEvents(
  client: Client,
  from: bigint,
  to: bigint,
): AsyncGenerator<StoredEvent, void, undefined> {
  for (let after = from - 1n; ; ) {
    const { rows } = await client.query<{ columns: Record<string, unknown>; body: string; hash: string; at: string }>(
      `SELECT to_jsonb(ev) - 'body' - 'hash' AS "columns", ev."body", encode(ev."hash", 'hex') AS "hash",
         to_char(ev."at" AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS "at"
       FROM "Event" AS ev WHERE ev."revision" > $1 AND ev."revision" <= $2 ORDER BY ev."revision" LIMIT ${PAGE}`,
      [after.toString(), to.toString()],
    );
    for (const { columns, body, hash, at } of rows) {
      after = BigInt(columns.revision as number);
      yield { revision: after, body, hash, columns: { ...columns, at } };
    }
    if (rows.length < PAGE) return;
  }
}

/** The checkpoints from a revision on, and every leave to compact. */
export async function readStoredCheckpoints(client: Client, logId: string, from: bigint): Promise<SignedCheckpoint[]> {
  const { rows } = await client.query(
    `SELECT "purpose", "revision"::text, "keyId", encode("hash", 'hex') AS "hash", "at",
       encode("signature", 'base64') AS "signature"
     FROM "LogCheckpoint" WHERE "revision" >= $1 OR "purpose" = 'COMPACTION' ORDER BY "revision", "keyId", "purpose"`,
    [from.toString()],
  );
  return rows.map((row) => {
    return { ...row, logId, revision: BigInt(row.revision), signature: row.signature.replaceAll("\n", "") };
  });
}
