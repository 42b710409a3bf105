/** A position in the event log: the log, the last event before the position, and the beginning of that event's hash. */
export interface StreamCursor {
  readonly logId: string;
  readonly revision: bigint;
  readonly hash: string;
}

export const CURSOR_HASH_LENGTH = 16;

export function encodeStreamCursor({ logId, revision, hash }: StreamCursor): string {
  return Buffer.from(`${logId}.${revision}.${hash.slice(0, CURSOR_HASH_LENGTH)}`).toString("base64url");
}

/** The cursor after an event, or after the head, whose hash is in bytes. */
export function cursorAfter(logId: string, { revision, hash }: { revision: bigint; hash: Uint8Array }): string {
  return encodeStreamCursor({ logId, revision, hash: hexOf(hash) });
}

/** A hash in hexadecimal digits; the database has it in bytes. */
export function hexOf(hash: Uint8Array): string {
  return Buffer.from(hash).toString("hex");
}

/** The cursor that a text encodes, or null if it is not a cursor. */
export function decodeStreamCursor(text: string): StreamCursor | null {
  const match = /^([0-9a-f-]{36})\.(0|[1-9][0-9]{0,15})\.([0-9a-f]{16})$/.exec(
    Buffer.from(text, "base64url").toString("latin1"),
  );
  if (!match) return null;
  const [, logId = "", revision = "", hash = ""] = match;
  return { logId, revision: BigInt(revision), hash };
}
