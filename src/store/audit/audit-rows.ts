import type pg from "pg";
import type { SignedCheckpoint } from "../../domain/events/checkpoint.js";
import type { StoredEvent } from "../../domain/events/log-fault.js";

type Client = Pick<pg.PoolClient, "query">;

/** The row of the log's head. */
export interface StoredHead {
  readonly logId: string;
  readonly revision: bigint;
  readonly hash: string;
  readonly at: string;
  readonly compactedRevision: bigint;
  readonly compactedHash: string | null;
}

const PAGE = 1_000;
/** The largest revision that the column can hold. */
export const LAST_REVISION = 2n ** 63n - 1n;

/** The row of the head, which everything else is compared with, does not exist. */
export class NoHeadError extends Error {
  override readonly name = "NoHeadError";
}

/** Reads the log as it is at one moment, whatever is written meanwhile. */
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
  if (!head) throw new NoHeadError("The log has no head: its row was removed.");
  return { ...head, revision: BigInt(head.revision), compactedRevision: BigInt(head.compactedRevision) };
}

/** The hash that an event's row holds; null if there is no such row. */
export async function readStoredHash(client: Client, revision: bigint): Promise<string | null> {
  const { rows } = await client.query(`SELECT encode("hash", 'hex') AS "hash" FROM "Event" WHERE "revision" = $1`, [
    revision.toString(),
  ]);
  return rows[0]?.hash ?? null;
}

/** The newest event that exists although all up to a revision were compacted; null if there is none. */
export async function readStrayRevision(client: Client, upTo: bigint): Promise<bigint | null> {
  const { rows } = await client.query(`SELECT max("revision")::text AS "stray" FROM "Event" WHERE "revision" <= $1`, [
    upTo.toString(),
  ]);
  return rows[0]?.stray ? BigInt(rows[0].stray) : null;
}

/** Reads the events of a range in order, a page at a time, with their columns as JSON values. */
export async function* readStoredEvents(
  client: Client,
  from: bigint,
  to: bigint,
): AsyncGenerator<StoredEvent, void, undefined> {
  for (let after = from - 1n; ; ) {
    const { rows } = await client.query<Row>(
      `SELECT to_jsonb(ev) - 'body' - 'hash' AS "columns", coalesce(ev."body", '') AS "body", encode(ev."hash", 'hex') AS "hash",
         ev."revision"::text AS "revision",
         to_char(ev."at" AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS "at"
       FROM "Event" AS ev WHERE ev."revision" > $1 AND ev."revision" <= $2 ORDER BY ev."revision" LIMIT ${PAGE}`,
      [after.toString(), to.toString()],
    );
    for (const { revision, columns, body, hash, at } of rows) {
      after = BigInt(revision);
      yield { revision: after, body, hash, columns: { ...columns, at } };
    }
    if (rows.length < PAGE) return;
  }
}

interface Row {
  readonly revision: string;
  readonly columns: Record<string, unknown>;
  readonly body: string;
  readonly hash: string;
  readonly at: string;
}

/**
 * Reads the checkpoints from a revision on, and those of all compactions. A time of infinity, which no key has signed,
 * becomes an invalid date.
 */
export async function readStoredCheckpoints(client: Client, logId: string, from: bigint): Promise<SignedCheckpoint[]> {
  const { rows } = await client.query(
    `SELECT "purpose", "revision"::text, "keyId", encode("hash", 'hex') AS "hash",
       CASE WHEN isfinite("at") THEN "at" END AS "at", encode("signature", 'base64') AS "signature"
     FROM "LogCheckpoint" WHERE "revision" >= $1 OR "purpose" = 'COMPACTION' ORDER BY "revision", "keyId", "purpose"`,
    [from.toString()],
  );
  return rows.map((row) => {
    const at = row.at ?? new Date(Number.NaN);
    return { ...row, at, logId, revision: BigInt(row.revision), signature: row.signature.replaceAll("\n", "") };
  });
}
