import { Backoff, sleep } from "./backoff.js";
import { Connection, type ConnectionOptions, reasonOf } from "./connection.js";
import { ALIAS_CHANGED, STAGE_CHANGED } from "./documents.js";
import { ConnectionError, ShelfmarkError } from "./errors.js";

export type Stage = "NONE" | "STAGING" | "PRODUCTION" | "ARCHIVED";

/** A version that moved from a stage to another, or an alias that came to point elsewhere; names are as they were then. */
export type Change = StageChange | AliasChange;

interface Happened {
  readonly id: string;
  readonly revision: number;
  readonly at: string;
  readonly actor: { readonly subject: string; readonly issuer: string; readonly name: string | null };
  readonly modelName: string;
}

export interface StageChange extends Happened {
  readonly kind: "STAGE";
  readonly versionNumber: number;
  readonly from: Stage;
  readonly to: Stage;
  readonly reason: string | null;
}

export interface AliasChange extends Happened {
  readonly kind: "ALIAS";
  readonly alias: string;
  /** The version that it points to from now on; null if it was deleted. */
  readonly number: number | null;
  readonly previousNumber: number | null;
}

export interface ChangeFilter {
  /** Names or globs of models, in which `*` stands for anything. Absent: all that the token covers. */
  readonly models?: readonly string[] | undefined;
  /** Moves from one of these stages. */
  readonly from?: readonly Stage[] | undefined;
  /** Moves to one of these stages. */
  readonly to?: readonly Stage[] | undefined;
  /** Changes of these aliases, in place of moves between stages. */
  readonly aliases?: readonly string[] | undefined;
}

export interface WatchOptions extends ConnectionOptions {
  readonly where?: ChangeFilter | undefined;
  /** Start after this cursor; absent: at the registry's head as it is now. */
  readonly after?: string | undefined;
  /** Start with the first change at this time or later, in place of `after`. */
  readonly since?: Date | undefined;
  /**
   * Called for each change, in order, one at a time; the next waits for its promise. What it throws ends the watch. The
   * cursor stands for everything up to this change: keep it when your work is done, and begin with it the next time.
   */
  readonly onEvent: (change: Change, cursor: string) => void | Promise<void>;
  /** Called when the cursor moved on without a change, and once at the beginning. */
  readonly onBookmark?: ((cursor: string) => void | Promise<void>) | undefined;
  /** Called before each new attempt after the connection was lost. */
  readonly onRetry?: ((reason: string, waitMs: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

interface Message {
  readonly message: { readonly cursor: string; readonly event: object | null };
}

/**
 * Tells every change, in order, none left out: it reconnects by itself and goes on after the last one that `onEvent` was
 * done with, so a change may come twice after a crash, and never not at all. Resolves when the signal aborts; rejects with
 * what `onEvent` threw, and with refusals that time does not heal: a token that may not, an expired token that no
 * callback renews, or a history that the registry does not hold any more (`HISTORY_COMPACTED`, `HISTORY_DIVERGED`).
 */
export async function watch(options: WatchOptions): Promise<void> {
  const { where = {}, onEvent, onBookmark, onRetry, signal = new AbortController().signal } = options;
  const { aliases, ...stages } = where;
  const [document, kind] = aliases ? [ALIAS_CHANGED, "ALIAS" as const] : [STAGE_CHANGED, "STAGE" as const];
  const filter = aliases ? { models: where.models, aliases } : stages;
  const connection = new Connection(options);
  const backoff = new Backoff();
  // of a time to come the server knows on the first stream only: the others begin at a cursor
  const since = options.after === undefined ? options.since : undefined;
  const isDue = (event: object) => !since || new Date((event as Happened).at) >= since;
  let cursor = options.after;
  while (!signal.aborted) {
    const start = cursor === undefined ? { since: since?.toISOString() } : { after: cursor };
    const stream = connection.subscribe<Message>(document, { where: filter, ...start }, signal);
    try {
      for (let next = await tell(stream); ; next = await tell(stream)) {
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
      await stream.return(undefined as never);
    }
  }
}

/** What the stream itself threw, so that it is not taken for what the caller's own code threw. */
class StreamFailure extends Error {
  readonly reason: unknown;
  constructor(reason: unknown) {
    super(reasonOf(reason));
    this.reason = reason;
  }
}

async function tell(stream: AsyncGenerator<Message, never, undefined>): Promise<Message["message"]> {
  try {
    return (await stream.next()).value.message;
  } catch (error) {
    throw new StreamFailure(error);
  }
}

/** Whether the same may succeed later: the network, a server that goes away, a token that the callback renews. */
export function mayRetry(error: unknown, { token }: ConnectionOptions): boolean {
  if (error instanceof ConnectionError) return true;
  if (!(error instanceof ShelfmarkError)) return false;
  return (
    error.retryable || error.code === "INTERNAL" || (error.code === "UNAUTHENTICATED" && typeof token !== "string")
  );
}
