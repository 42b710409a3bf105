import { Backoff, sleep } from "./backoff.js";
import { Connection, type ConnectionOptions, type MessageStream, reasonOf } from "./connection.js";
import { ALIAS_CHANGED, STAGE_CHANGED } from "./documents.js";
import { ConnectionError, ShelfmarkError } from "./errors.js";

export type Stage = "NONE" | "STAGING" | "PRODUCTION" | "ARCHIVED";

/** A version that moved to another stage, or an alias that points to another version. Names are those at that time. */
export type Change = StageChange | AliasChange;

interface ChangeBase {
  readonly id: string;
  readonly revision: number;
  readonly at: string;
  readonly actor: { readonly subject: string; readonly issuer: string; readonly name: string | null };
  readonly modelName: string;
}

export interface StageChange extends ChangeBase {
  readonly kind: "STAGE";
  readonly versionNumber: number;
  readonly from: Stage;
  readonly to: Stage;
  readonly reason: string | null;
}

export interface AliasChange extends ChangeBase {
  readonly kind: "ALIAS";
  readonly alias: string;
  /** The version that the alias points to now; null if the alias was deleted. */
  readonly number: number | null;
  readonly previousNumber: number | null;
}

export interface ChangeFilter {
  /** Names or globs of models, where `*` matches any text. Absent: all models that the token may see. */
  readonly models?: readonly string[] | undefined;
  /** Moves from one of these stages. */
  readonly from?: readonly Stage[] | undefined;
  /** Moves to one of these stages. */
  readonly to?: readonly Stage[] | undefined;
  /** Changes of these aliases instead of moves between stages. */
  readonly aliases?: readonly string[] | undefined;
}

export interface WatchOptions extends ConnectionOptions {
  readonly where?: ChangeFilter | undefined;
  /** Start after this cursor. Absent: start at the registry's current head. */
  readonly after?: string | undefined;
  /** Start with the first change at this time or later, instead of `after`. */
  readonly since?: Date | undefined;
  /**
   * Called for each change, in order and one at a time: the next call waits for the promise of the last. An error that it
   * throws ends the watch. Store the cursor when the work is done, and pass it as `after` the next time.
   */
  readonly onEvent: (change: Change, cursor: string) => void | Promise<void>;
  /** Called when the cursor moved without a change, and once at the start. */
  readonly onBookmark?: ((cursor: string) => void | Promise<void>) | undefined;
  /** Called before each reconnection. */
  readonly onRetry?: ((reason: string, waitMs: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

interface Message {
  readonly message: { readonly cursor: string; readonly event: object | null };
}

/**
 * Delivers every change in order. It reconnects by itself and continues after the last change that `onEvent` finished. So
 * after a crash a change may be delivered twice, but none is lost. Resolves when the signal aborts. Rejects with the error
 * of `onEvent`, and with refusals that a later attempt does not change: a missing right, an expired token that no function
 * renews, or a history that the registry no longer holds (`HISTORY_COMPACTED`, `HISTORY_DIVERGED`).
 */
export async function watch(options: WatchOptions): Promise<void> {
  const { where = {}, onEvent, onBookmark, onRetry, signal = new AbortController().signal } = options;
  const { aliases, ...stages } = where;
  const [document, kind] = aliases ? [ALIAS_CHANGED, "ALIAS" as const] : [STAGE_CHANGED, "STAGE" as const];
  const filter = aliases ? { models: where.models, aliases } : stages;
  const connection = new Connection(options);
  const backoff = new Backoff();
  // a time in the future is passed to the server on the first stream only: later streams start at a cursor
  const since = options.after === undefined ? options.since : undefined;
  const isDue = (event: object) => !since || new Date((event as ChangeBase).at) >= since;
  let cursor = options.after;
  while (!signal.aborted) {
    const start = cursor === undefined ? { since: since?.toISOString() } : { after: cursor };
    const stream = connection.subscribe<Message>(document, { where: filter, ...start }, signal);
    try {
      for (;;) {
        const next = await nextMessage(stream);
        backoff.reset();
        if (next.event && isDue(next.event)) await onEvent({ kind, ...next.event } as Change, next.cursor);
        else await onBookmark?.(next.cursor);
        cursor = next.cursor;
        if (signal.aborted) return;
      }
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof StreamFailure)) throw error;
      if (!mayRetry(error.reason, options)) throw error.reason;
      const waitMs = backoff.nextMs();
      onRetry?.(reasonOf(error.reason), waitMs);
      await sleep(waitMs, signal);
    } finally {
      await stream.close();
    }
  }
}

/** An error of the stream, as opposed to one of the caller's `onEvent`. */
class StreamFailure extends Error {
  readonly reason: unknown;
  constructor(reason: unknown) {
    super(reasonOf(reason));
    this.reason = reason;
  }
}

async function nextMessage(stream: MessageStream<Message>): Promise<Message["message"]> {
  try {
    return (await stream.next()).message;
  } catch (error) {
    throw new StreamFailure(error);
  }
}

/** Whether a later attempt may succeed: after network errors, a server restart, or an expired token that can be renewed. */
export function mayRetry(error: unknown, { token }: ConnectionOptions): boolean {
  if (error instanceof ConnectionError) return true;
  if (!(error instanceof ShelfmarkError)) return false;
  return (
    error.retryable || error.code === "INTERNAL" || (error.code === "UNAUTHENTICATED" && typeof token !== "string")
  );
}
