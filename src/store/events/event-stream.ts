import { UnavailableError } from "../../domain/errors.js";
import { encodeStreamCursor, hexOf } from "../../domain/events/stream-cursor.js";
import type { Event } from "../generated/client.js";
import { readHead } from "./event-log.js";
import type { EventTail, Waiter } from "./event-tail.js";
import { historyCompacted, historyDiverged, type LogDatabase, type LogPosition } from "./log-position.js";

/** One message of a stream: an event, or a bookmark, which has no event. Everything up to the cursor has been delivered. */
export interface StreamMessage {
  readonly cursor: string;
  readonly event: Event | null;
}

/** Selects the events of a page that the reader may see and wants. */
type PageFilter = (events: readonly Event[]) => readonly Event[] | Promise<readonly Event[]>;

interface StreamOptions {
  readonly db: LogDatabase;
  readonly tail: EventTail;
  readonly keep: PageFilter;
  /** The tail's `divergences` from before the start position was looked up. Absent: those of now. */
  readonly divergences?: number;
  /** Called once when the stream ends, in whatever way. */
  readonly onClose?: () => void;
}

type Result = IteratorResult<StreamMessage, undefined>;

const SHUTTING_DOWN = "The server is shutting down. Subscribe again after the last cursor.";
const NONE: readonly Event[] = [];
const END: Result = { value: undefined, done: true };

/**
 * Delivers the wanted events after a position, in order and without gaps. The first message is a bookmark. The caller pulls
 * it, one call of `next` after the other: a stream that is behind holds one page in memory and reads on from the table. It
 * is an object with few fields instead of a generator, because there are many streams and most of them wait.
 */
export class EventStream implements AsyncIterableIterator<StreamMessage>, Waiter {
  /** Everything up to here has been delivered. */
  revision: bigint;
  private readonly options: StreamOptions;
  private readonly divergences: number;
  private readonly logId: string;
  /** The last event that was read. */
  private read: { readonly revision: bigint; readonly hash: string | Uint8Array };
  /** The wanted events of the page that was read last, and how many of them have been delivered. */
  private page: readonly Event[] = NONE;
  private delivered = 0;
  /**
   * When a bookmark is due, because the position has moved without a message. A client whose cursor never moves would in
   * the end hold one that is older than the log.
   */
  private bookmarkDueAt: number | null;
  private timer: NodeJS.Timeout | undefined = undefined;
  private resume: (() => void) | null = null;
  private error: Error | null = null;
  private isEnded = false;
  private isClosed = false;

  constructor({ logId, revision, hash }: LogPosition, options: StreamOptions) {
    this.revision = revision;
    this.options = options;
    this.divergences = options.divergences ?? options.tail.divergences;
    this.logId = logId;
    this.read = { revision, hash };
    this.bookmarkDueAt = performance.now();
    options.tail.positions.add(this);
  }

  async next(): Promise<Result> {
    try {
      while (!this.isEnded) {
        const message = this.nextEvent() ?? this.nextBookmark();
        if (message) return { value: message, done: false };
        if (!this.hasMore()) await this.wait();
        if (this.hasMore()) await this.readPage();
      }
      return this.finish();
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Ends the stream: the reader's `next` throws the error once. */
  end(error: Error): void {
    if (!this.isEnded) this.error = error;
    this.isEnded = true;
    this.wake();
  }

  async return(): Promise<Result> {
    this.isEnded = true;
    this.wake();
    this.close();
    return END;
  }

  wake(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.options.tail.waiting.delete(this);
    this.resume?.();
    this.resume = null;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  private nextEvent(): StreamMessage | null {
    const event = this.page[this.delivered++];
    if (!event) return null;
    this.revision = event.revision;
    this.bookmarkDueAt = null;
    return messageOf(this.logId, event);
  }

  /** Called when all wanted events of the page have been delivered. */
  private nextBookmark(): StreamMessage | null {
    this.page = NONE;
    if (this.revision < this.read.revision) this.bookmarkDueAt ??= performance.now() + this.options.tail.bookmarkMs;
    this.revision = this.read.revision;
    if (this.bookmarkDueAt === null || performance.now() < this.bookmarkDueAt) return null;
    this.bookmarkDueAt = null;
    const { revision, hash } = this.read;
    const position = { logId: this.logId, revision, hash: typeof hash === "string" ? hash : hexOf(hash) };
    return { cursor: encodeStreamCursor(position), event: null };
  }

  /**
   * Whether there is something to do other than to wait. A replaced history counts: a slow reader cannot know how long ago
   * it was replaced.
   */
  private hasMore(): boolean {
    const { tail } = this.options;
    return this.isEnded || tail.isStopped || this.hasDiverged() || this.read.revision < tail.newest;
  }

  private hasDiverged(): boolean {
    return this.options.tail.divergences !== this.divergences;
  }

  private async readPage(): Promise<void> {
    const { db, tail, keep } = this.options;
    if (this.isEnded) return;
    if (tail.isStopped) return this.end(new UnavailableError(SHUTTING_DOWN));
    const page = this.hasDiverged() ? NONE : await tail.read(this.read.revision);
    if (this.hasDiverged()) throw historyDiverged(await readHead(db));
    const last = page.at(-1);
    const isNext = page[0]?.revision === this.read.revision + 1n;
    if (!last || !isNext) throw historyCompacted(await readHead(db), "the stream is");
    const kept = keep(page);
    this.page = kept instanceof Promise ? await kept : kept;
    this.delivered = 0;
    this.read = last;
  }

  /** Waits until there is more, a bookmark is due, or the stream is ended. */
  private wait(): Promise<void> {
    return new Promise((resolve) => {
      this.resume = resolve;
      this.options.tail.waiting.add(this);
      if (this.bookmarkDueAt !== null)
        this.timer = setTimeout(() => this.wake(), Math.max(0, this.bookmarkDueAt - performance.now()));
    });
  }

  private finish(): Result {
    this.close();
    const { error } = this;
    this.error = null;
    if (error) throw error;
    return END;
  }

  private close(): void {
    this.isEnded = true;
    if (this.isClosed) return;
    this.isClosed = true;
    this.page = NONE;
    this.options.tail.positions.delete(this);
    this.options.onClose?.();
  }
}

/** One message object for all streams that deliver the event: the tail gives the same event to all that keep up. */
const messages = new WeakMap<Event, StreamMessage>();

function messageOf(logId: string, event: Event): StreamMessage {
  const known = messages.get(event);
  if (known) return known;
  const { revision, hash } = event;
  const message = { cursor: encodeStreamCursor({ logId, revision, hash: hexOf(hash) }), event };
  messages.set(event, message);
  return message;
}
