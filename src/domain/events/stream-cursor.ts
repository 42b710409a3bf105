/** A place in the event log: which log, after which event, and a piece of that event's hash to know it by. */
export interface StreamCursor {
  readonly logId: string;
  readonly revision: bigint;
  readonly hash: string;
}

export const CURSOR_HASH_LENGTH = 16;

export function encodeStreamCursor({ logId, revision, hash }: StreamCursor): string {
  return Buffer.from(`${logId}.${revision}.${hash.slice(0, CURSOR_HASH_LENGTH)}`).toString("base64url");
}

/** The cursor after a row of the log, or after its head, whose hash is in bytes. */
export function cursorAfter(logId: string, { revision, hash }: { revision: bigint; hash: Uint8Array }): string {
  return encodeStreamCursor({ logId, revision, hash: hexOf(hash) });
}

/** A hash as everybody but the database writes it: in hexadecimal digits. */
export function hexOf(hash: Uint8Array): string {
  return Buffer.from(hash).toString("hex");
}

/** The cursor that the text stands for, or null if it is not one of ours. */
export function decodeStreamCursor(text: string): StreamCursor | null {
  const match = /^([0-9a-f-]{36})\.(0|[1-9][0-9]{0,15})\.([0-9a-f]{16})$/.exec(
    Buffer.from(text, "base64url").toString("latin1"),
  );
  if (!match) return null;
  const [, logId = "", revision = "", hash = ""] = match;
  return { logId, revision: BigInt(revision), hash };
}
