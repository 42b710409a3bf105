import { hexOf } from "../../domain/events/stream-cursor.js";
import { stagger } from "../../util/stagger.js";
import type { Database } from "../connection/database.js";
import type { Event } from "../generated/client.js";
import { EVENT_CHANNEL, type Head, isFull, PAGE_BYTES, PAGE_EVENTS, readHead, readToldEvents } from "./event-log.js";
import { createStreamStarts, type Place, type StreamStart } from "./stream-start.js";

/** Whoever is woken, once, when there is more of the log than it has read, when the log was set back, and when the tail stops. */
export interface Waiter {
  wake(): void;
}

/** Follows the log once for the whole process, in order, and wakes whoever waits for what comes next. */
export interface EventTail {
  readonly waiting: Set<Waiter>;
  readonly isStopped: boolean;
  /** Where a stream begins. Throws where the log does not know the place, or holds no more what came after. */
  findStart(start: StreamStart): Promise<Place>;
  /** The next page after a revision that is older than the newest, oldest first; none if it has been compacted. */
  read(after: bigint): readonly Event[] | Promise<readonly Event[]>;
  /**
   * Events after a revision, oldest first; none if the time is up, the signal aborts or the log was set back; "gone" if
   * they have been compacted; null once the tail has stopped.
   */
  next(after: bigint, options: { signal: AbortSignal; timeoutMs?: number }): Promise<readonly Event[] | "gone" | null>;
  /** The newest revision that was read. */
  readonly newest: bigint;
  /** How often another history was found in place of the one that was followed, as after a failover that lost commits. */
  readonly lapses: number;
  /** How long a quiet, filtered stream keeps a cursor back before it sends it as a bookmark. */
  readonly bookmarkMs: number;
  /** Where each open stream is; it adds itself and takes itself out. */
  readonly places: Set<{ revision: bigint }>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

const KEPT_EVENTS = 1_000;
const KEPT_CHARACTERS = 4_000_000;
/** A notification may be lost, and so may the connection that brings them, so the table is looked at all the same. */
const POLL_MS = 2_000;
const BOOKMARK_MS = 5_000;

export interface EventTailTimes {
  readonly pollMs?: number | undefined;
  readonly bookmarkMs?: number | undefined;
}

export function createEventTail(
  database: Database,
  log: { warn(message: string): void },
  { pollMs = POLL_MS, bookmarkMs = BOOKMARK_MS }: EventTailTimes = {},
): EventTail {
  const { prisma } = database;
  const recent = new RecentEvents();
  const waiting = new Set<Waiter>();
  let newest = 0n;
  let newestHash = "";
  let logId = "";
  let lapses = 0;
  let reading: Promise<void> | null = null;
  let again = false;
  let stopped = false;
  let listener: { stop(): Promise<void> } | null = null;
  let poll: NodeJS.Timeout | undefined;

  async function readAll(): Promise<void> {
    for (;;) {
      const { events, more } = await readNew();
      const last = events.at(-1);
      if (!last) return;
      recent.push(events);
      [newest, newestHash] = [last.revision, hexOf(last.hash)];
      wakeAll();
      if (!more) return;
    }
  }

  /** Reads the newest event that is known once more, for what comes after it may be of another history. */
  async function readNew(): Promise<{ events: Event[]; more: boolean }> {
    const events = await readToldEvents(prisma, newest - 1n);
    const more = isFull(events);
    const [known] = events;
    if (known?.revision === newest && hexOf(known.hash) === newestHash) return { events: events.slice(1), more };
    const head = await readHead(prisma);
    const wasCompacted = newest <= head.compactedRevision && known?.revision !== newest && head.logId === logId;
    const isSame = newest === head.revision && newestHash === head.hash;
    if (isSame || wasCompacted) return { events, more };
    log.warn(
      `The log does not hold revision ${newest} as it was: streams end, for the database was restored or lost commits.`,
    );
    follow(head);
    recent.clear();
    lapses++;
    wakeAll();
    return { events: [], more: false };
  }

  function follow(head: Head): void {
    [newest, newestHash, logId] = [head.revision, head.hash, head.logId];
  }

  function wakeAll(): void {
    const woken = [...waiting];
    waiting.clear();
    for (const waiter of woken) waiter.wake();
  }

  /** Between the last look at `again` and the end nothing else runs, so no wake-up is lost. */
  async function readWhileAsked(): Promise<void> {
    while (again) {
      again = false;
      await readAll().catch((error: Error) =>
        log.warn(`The event log could not be read, will try again: ${error.message}`),
      );
    }
    reading = null;
  }

  /** Reads what is new; one reader at a time, and one more round if it was asked for meanwhile. */
  function pull(): void {
    if (stopped) return;
    again = true;
    reading ??= readWhileAsked();
  }

  const read = (after: bigint) => recent.after(after) ?? readToldEvents(prisma, after);

  return {
    bookmarkMs,
    waiting,
    findStart: createStreamStarts(prisma),
    read,
    get isStopped() {
      return stopped;
    },
    get newest() {
      return newest;
    },
    get lapses() {
      return lapses;
    },
    places: new Set(),
    async start() {
      const head = await readHead(prisma);
      follow(head);
      listener = await database.listen(EVENT_CHANNEL, {
        notify: (payload) => (Number(payload) <= Number(newest) ? undefined : pull()),
        gap: pull,
      });
      poll = setInterval(pull, pollMs);
      poll.unref();
    },
    async stop() {
      if (stopped) return;
      stopped = true;
      clearInterval(poll);
      await stagger([...waiting].map((waiter) => () => waiter.wake()));
      await listener?.stop();
      await reading;
    },
    async next(after, { signal, timeoutMs }) {
      if (after >= newest && !stopped) await wait(waiting, signal, timeoutMs);
      if (stopped) return null;
      if (after >= newest || signal.aborted) return [];
      const page = await read(after);
      return page.length === 0 ? "gone" : page;
    },
  };
}

function wait(waiting: Set<Waiter>, signal: AbortSignal, timeoutMs: number | undefined): Promise<void> {
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

/** The newest events, kept within a bound, so that subscribers who keep up share one read. */
class RecentEvents {
  private events: Event[] = [];
  private characters = 0;

  push(events: readonly Event[]): void {
    const [first] = events;
    const last = this.events.at(-1);
    // the log was compacted past this tail: what is kept would have a hole
    if (first && last && first.revision !== last.revision + 1n) this.clear();
    for (const event of events) {
      this.events.push(event);
      this.characters += event.body.length;
    }
    let drop = 0;
    while (this.events.length - drop > KEPT_EVENTS || this.characters > KEPT_CHARACTERS) {
      this.characters -= this.events[drop]?.body.length ?? 0;
      drop++;
    }
    this.events.splice(0, drop);
  }

  clear(): void {
    this.events = [];
    this.characters = 0;
  }

  /** The page after a revision, or null if it begins before what is kept. Revisions are contiguous. */
  after(revision: bigint): Event[] | null {
    const oldest = this.events[0]?.revision;
    if (oldest === undefined || revision + 1n < oldest) return null;
    const from = Number(revision + 1n - oldest);
    let to = from;
    for (let size = 0; to < from + PAGE_EVENTS && size < PAGE_BYTES; to++)
      size += this.events[to]?.body.length ?? Infinity;
    return this.events.slice(from, to);
  }
}
