import { UnavailableError } from "../../domain/errors.js";
import { encodeStreamCursor, hexOf } from "../../domain/events/stream-cursor.js";
import type { Event } from "../generated/client.js";
import { readHead } from "./event-log.js";
import type { EventTail, Waiter } from "./event-tail.js";
import { compacted, diverged, type LogDatabase, type Place } from "./stream-start.js";

/** One message of a stream: an event, or, without one, a bookmark: everything up to the cursor has been told. */
export interface StreamMessage {
  readonly cursor: string;
  readonly event: Event | null;
}

/** Which of the events of a page the reader may see and wants. */
type Keep = (events: readonly Event[]) => readonly Event[] | Promise<readonly Event[]>;

interface StreamOptions {
  readonly db: LogDatabase;
  readonly tail: EventTail;
  readonly keep: Keep;
  /** The tail's, of before the place was looked up. */
  readonly lapses?: number;
  /** Called once when it is over, however it ended. */
  readonly onClose?: () => void;
}

type Result = IteratorResult<StreamMessage, undefined>;

const GOING_AWAY = "The server is going away. Subscribe again after the last cursor.";
const NONE: readonly Event[] = [];
const END: Result = { value: undefined, done: true };

/**
 * The events after a place that the reader wants, in order, without a gap, until it is left or ended. It is pulled, one
 * call of `next` after the other: a reader who is behind holds one page and reads on from the table. The first message is
 * a bookmark. An object of few fields and no generator, for there are many and most of them wait.
 */
export class EventStream implements AsyncIterableIterator<StreamMessage>, Waiter {
  /** Everything up to here has been told. */
  revision: bigint;
  private readonly options: StreamOptions;
  private readonly lapses: number;
  private readonly logId: string;
  /** What has been read: a page of the log, of which that is told which is kept. */
  private read: { readonly revision: bigint; readonly hash: string | Uint8Array };
  private kept: readonly Event[] = NONE;
  private told = 0;
  /** When a cursor that moved on untold must be told as a bookmark: one that stands still would in the end be older than the log. */
  private owedAt: number | null;
  private timer: NodeJS.Timeout | undefined = undefined;
  private resume: (() => void) | null = null;
  private refusal: Error | null = null;
  private isEnded = false;
  private isClosed = false;

  constructor({ logId, revision, hash }: Place, options: StreamOptions) {
    this.revision = revision;
    this.options = options;
    this.lapses = options.lapses ?? options.tail.lapses;
    this.logId = logId;
    this.read = { revision, hash };
    this.owedAt = performance.now();
    options.tail.places.add(this);
  }

  async next(): Promise<Result> {
    try {
      while (!this.isEnded) {
        const message = this.nextKept() ?? this.bookmark();
        if (message) return { value: message, done: false };
        if (!this.hasMore()) await this.wait();
        if (this.hasMore()) await this.turnPage();
      }
      return this.finish();
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Ends it for the reader: `next` throws the refusal, once. */
  end(refusal: Error): void {
    if (!this.isEnded) this.refusal = refusal;
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

  private nextKept(): StreamMessage | null {
    const event = this.kept[this.told++];
    if (!event) return null;
    this.revision = event.revision;
    this.owedAt = null;
    return messageOf(this.logId, event);
  }

  /** Where the page has been told, as far as it was kept. */
  private bookmark(): StreamMessage | null {
    this.kept = NONE;
    if (this.revision < this.read.revision) this.owedAt ??= performance.now() + this.options.tail.bookmarkMs;
    this.revision = this.read.revision;
    if (this.owedAt === null || performance.now() < this.owedAt) return null;
    this.owedAt = null;
    const { revision, hash } = this.read;
    const place = { logId: this.logId, revision, hash: typeof hash === "string" ? hash : hexOf(hash) };
    return { cursor: encodeStreamCursor(place), event: null };
  }

  /** Whether there is more to do than to wait. Of a reader who was slow, nobody knows how long ago the log was set back. */
  private hasMore(): boolean {
    const { tail } = this.options;
    return this.isEnded || tail.isStopped || tail.lapses !== this.lapses || this.read.revision < tail.newest;
  }

  private async turnPage(): Promise<void> {
    const { db, tail, keep } = this.options;
    if (this.isEnded) return;
    if (tail.isStopped) return this.end(new UnavailableError(GOING_AWAY));
    const page = tail.lapses === this.lapses ? await tail.read(this.read.revision) : NONE;
    if (tail.lapses !== this.lapses) throw diverged(await readHead(db));
    const last = page.at(-1);
    if (!last || page[0]?.revision !== this.read.revision + 1n) throw compacted(await readHead(db), "the stream is");
    const kept = keep(page);
    this.kept = kept instanceof Promise ? await kept : kept;
    this.told = 0;
    this.read = last;
  }

  /** Until there is more, a bookmark is due, or it is ended. */
  private wait(): Promise<void> {
    return new Promise((resolve) => {
      this.resume = resolve;
      this.options.tail.waiting.add(this);
      if (this.owedAt !== null)
        this.timer = setTimeout(() => this.wake(), Math.max(0, this.owedAt - performance.now()));
    });
  }

  private finish(): Result {
    this.close();
    const { refusal } = this;
    this.refusal = null;
    if (refusal) throw refusal;
    return END;
  }

  private close(): void {
    this.isEnded = true;
    if (this.isClosed) return;
    this.isClosed = true;
    this.kept = NONE;
    this.options.tail.places.delete(this);
    this.options.onClose?.();
  }
}

/** One for all streams that tell the event: the tail hands the same to all who keep up. */
const messages = new WeakMap<Event, StreamMessage>();

function messageOf(logId: string, event: Event): StreamMessage {
  const known = messages.get(event);
  if (known) return known;
  const { revision, hash } = event;
  const message = { cursor: encodeStreamCursor({ logId, revision, hash: hexOf(hash) }), event };
  messages.set(event, message);
  return message;
}
