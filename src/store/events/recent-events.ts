import type { Event } from "../generated/client.js";
import { PAGE_BYTES, PAGE_EVENTS } from "./event-log.js";

const KEPT_EVENTS = 1_000;
const KEPT_CHARACTERS = 4_000_000;

/** The newest events, up to a bound, so that all streams that keep up share one read. */
export class RecentEvents {
  private events: Event[] = [];
  private characters = 0;

  push(events: readonly Event[]): void {
    const [first] = events;
    const last = this.events.at(-1);
    // the log was compacted past the last known event: the kept events would have a gap
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

  /** The page after a revision, or null if it begins before the oldest kept event. Revisions are contiguous. */
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
