import { hexOf } from "../../domain/events/stream-cursor.js";
import type { Event } from "../generated/client.js";
import { type Head, isFullPage, readHead, readStreamEvents } from "./event-log.js";
import type { LogDatabase } from "./log-position.js";
import { RecentEvents } from "./recent-events.js";

/** Reads the log in order, page by page, and notices when another history has taken its place. */
export class LogReader {
  /** The newest revision that was read. */
  revision = 0n;
  /** How often another history was found, as after a failover that lost commits or a restore from a backup. */
  divergences = 0;
  private hash = "";
  private logId = "";
  private readonly recent = new RecentEvents();
  private readonly db: LogDatabase;
  private readonly log: { warn(message: string): void };

  constructor(db: LogDatabase, log: { warn(message: string): void }) {
    this.db = db;
    this.log = log;
  }

  /** Starts at the head. */
  async start(): Promise<void> {
    this.moveTo(await readHead(this.db));
  }

  /** The page after a revision that is older than the newest; empty if it was compacted. */
  pageAfter(revision: bigint): readonly Event[] | Promise<readonly Event[]> {
    return this.recent.after(revision) ?? readStreamEvents(this.db, revision);
  }

  /**
   * Reads the next page of the log. It re-reads the newest known event first, since the events after it may belong to
   * another history: then reading continues at the new head, and `divergences` grows.
   */
  async readPage(): Promise<{ hasNews: boolean; hasMore: boolean }> {
    const page = await readStreamEvents(this.db, this.revision - 1n);
    const [known] = page;
    const isKnown = known?.revision === this.revision && hexOf(known.hash) === this.hash;
    if (!isKnown && (await this.hasDiverged(known))) return { hasNews: true, hasMore: false };
    const events = isKnown ? page.slice(1) : page;
    const last = events.at(-1);
    if (!last) return { hasNews: false, hasMore: false };
    this.recent.push(events);
    this.revision = last.revision;
    this.hash = hexOf(last.hash);
    return { hasNews: true, hasMore: isFullPage(page) };
  }

  /** Whether the newest known event is missing although the log is neither at it nor was compacted past it. */
  private async hasDiverged(known: Event | undefined): Promise<boolean> {
    const head = await readHead(this.db);
    const isHead = this.revision === head.revision && this.hash === head.hash;
    const isCompacted =
      this.revision <= head.compactedRevision && known?.revision !== this.revision && head.logId === this.logId;
    if (isHead || isCompacted) return false;
    this.log.warn(
      `The log no longer holds revision ${this.revision} as it was read: the database was restored or lost commits, so all streams end.`,
    );
    this.moveTo(head);
    this.recent.clear();
    this.divergences++;
    return true;
  }

  private moveTo({ revision, hash, logId }: Head): void {
    this.revision = revision;
    this.hash = hash;
    this.logId = logId;
  }
}
