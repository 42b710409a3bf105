import { stagger } from "../../util/stagger.js";
import type { Database } from "../connection/database.js";
import type { Event } from "../generated/client.js";
import { EVENT_CHANNEL } from "./event-log.js";
import type { LogPosition } from "./log-position.js";
import { LogReader } from "./log-reader.js";
import { createStreamStarts, type StreamStart } from "./stream-start.js";

/** Woken once, when there are new events, when the history was replaced, and when the tail stops. */
export interface Waiter {
  wake(): void;
}

/** Notifications and the connection that brings them may be lost, so the table is read at this interval too. */
const POLL_MS = 2_000;
const BOOKMARK_MS = 5_000;

export interface EventTailTimes {
  readonly pollMs?: number | undefined;
  readonly bookmarkMs?: number | undefined;
}

/** Reads new events once for the whole process, in order, and wakes everyone who waits for them. */
export class EventTail {
  readonly waiting = new Set<Waiter>();
  /** The positions of the open streams. Each stream adds and removes itself. */
  readonly positions = new Set<{ revision: bigint }>();
  /** How long a quiet, filtered stream may hold back a new cursor before it sends it in a bookmark. */
  readonly bookmarkMs: number;
  /** Finds where a stream starts. Rejects if the log does not know the position, or no longer holds the events after it. */
  readonly findStart: (start: StreamStart) => Promise<LogPosition>;
  isStopped = false;
  private readonly database: Database;
  private readonly log: { warn(message: string): void };
  private readonly reader: LogReader;
  private readonly pollMs: number;
  private reading: Promise<void> | null = null;
  private isReadAgain = false;
  private listener: { stop(): Promise<void> } | null = null;
  private poll: NodeJS.Timeout | undefined;

  constructor(
    database: Database,
    log: { warn(message: string): void },
    { pollMs = POLL_MS, bookmarkMs = BOOKMARK_MS }: EventTailTimes = {},
  ) {
    this.database = database;
    this.log = log;
    this.pollMs = pollMs;
    this.bookmarkMs = bookmarkMs;
    this.reader = new LogReader(database.prisma, log);
    this.findStart = createStreamStarts(database.prisma);
  }

  /** The newest revision that was read. */
  get newest(): bigint {
    return this.reader.revision;
  }

  /** How often another history was found in place of the one that was followed. */
  get divergences(): number {
    return this.reader.divergences;
  }

  async start(): Promise<void> {
    await this.reader.start();
    this.listener = await this.database.listen(EVENT_CHANNEL, {
      notify: (payload) => (Number(payload) <= Number(this.newest) ? undefined : this.pull()),
      gap: () => this.pull(),
    });
    this.poll = setInterval(() => this.pull(), this.pollMs).unref();
  }

  async stop(): Promise<void> {
    if (this.isStopped) return;
    this.isStopped = true;
    clearInterval(this.poll);
    await stagger([...this.waiting].map((waiter) => () => waiter.wake()));
    await this.listener?.stop();
    await this.reading;
  }

  /** The next page after a revision that is older than the newest, oldest event first; empty if it was compacted. */
  read(after: bigint): readonly Event[] | Promise<readonly Event[]> {
    return this.reader.pageAfter(after);
  }

  /**
   * Waits for events after a revision, and returns them, oldest first. Returns none if the time is up, the signal aborts or
   * the history was replaced; "gone" if the events were compacted; null once the tail has stopped.
   */
  async next(
    after: bigint,
    { signal, timeoutMs }: { signal: AbortSignal; timeoutMs?: number },
  ): Promise<readonly Event[] | "gone" | null> {
    if (after >= this.newest && !this.isStopped) await waitIn(this.waiting, signal, timeoutMs);
    if (this.isStopped) return null;
    if (after >= this.newest || signal.aborted) return [];
    const page = await this.read(after);
    return page.length === 0 ? "gone" : page;
  }

  /** Reads what is new. One read runs at a time, and once more if this is called meanwhile. */
  private pull(): void {
    if (this.isStopped) return;
    this.isReadAgain = true;
    this.reading ??= this.readWhileAsked();
  }

  /** Nothing else runs between the last check of `isReadAgain` and the end, so no call of `pull` is lost. */
  private async readWhileAsked(): Promise<void> {
    while (this.isReadAgain) {
      this.isReadAgain = false;
      await this.readAll().catch((error: Error) =>
        this.log.warn(`The event log could not be read, will try again: ${error.message}`),
      );
    }
    this.reading = null;
  }

  private async readAll(): Promise<void> {
    for (let isDone = false; !isDone; ) {
      const { hasNews, hasMore } = await this.reader.readPage();
      if (hasNews) this.wakeAll();
      isDone = !hasMore;
    }
  }

  private wakeAll(): void {
    const woken = [...this.waiting];
    this.waiting.clear();
    for (const waiter of woken) waiter.wake();
  }
}

function waitIn(waiting: Set<Waiter>, signal: AbortSignal, timeoutMs: number | undefined): Promise<void> {
  return new Promise((resolve) => {
    const timer = timeoutMs === undefined ? undefined : setTimeout(wake, timeoutMs);
    const waiter = { wake };
    function wake(): void {
      clearTimeout(timer);
      waiting.delete(waiter);
      signal.removeEventListener("abort", wake);
      resolve();
    }
    waiting.add(waiter);
    signal.addEventListener("abort", wake);
    if (signal.aborted) wake();
  });
}
