import { type Actor, actorKey } from "../../domain/access/actor.js";
import { once } from "../../util/once.js";

interface Waiting {
  readonly who: string;
  begin(): void;
}

/** Of what may be executed at once: so much is left to requests, and to the streams of other principals. */
const SHARE_OF_STREAMS = 1 / 4;
const SHARE_OF_ONE = 1 / 4;

/**
 * Whose message of a stream is executed next: a few at once, fewer of one principal, and in the order in which they came.
 * Nobody is refused: a stream that waits for its turn reads on from the table afterwards.
 */
export class MessageTurns {
  private readonly max: number;
  private readonly maxOfOne: number;
  private readonly running = new Map<string, number>();
  private readonly places = new Set<Waiting>();
  private count = 0;

  constructor(executing: number) {
    this.max = Math.ceil(executing * SHARE_OF_STREAMS);
    this.maxOfOne = Math.ceil(this.max * SHARE_OF_ONE);
  }

  /** Waits for a turn, unless its subscriber leaves. Returns what to call when it is over. */
  async take(actor: Actor, left: AbortSignal): Promise<() => void> {
    const who = actorKey(actor);
    if (this.isFree(who)) this.begin(who);
    else await this.wait(who, left);
    return once(() => this.end(who));
  }

  private wait(who: string, left: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.places.delete(place);
        reject(left.reason);
      };
      const begin = () => {
        left.removeEventListener("abort", leave);
        resolve();
      };
      const place = { who, begin };
      left.addEventListener("abort", leave, { once: true });
      this.places.add(place);
    });
  }

  /** How many messages wait for their turn. */
  get waiting(): number {
    return this.places.size;
  }

  private isFree(who: string): boolean {
    return this.count < this.max && (this.running.get(who) ?? 0) < this.maxOfOne;
  }

  private begin(who: string): void {
    this.count++;
    this.running.set(who, (this.running.get(who) ?? 0) + 1);
  }

  private end(who: string): void {
    this.count--;
    const left = (this.running.get(who) ?? 1) - 1;
    if (left > 0) this.running.set(who, left);
    else this.running.delete(who);
    for (const next of this.places) {
      if (this.count >= this.max) return;
      if (!this.isFree(next.who)) continue;
      this.places.delete(next);
      this.begin(next.who);
      next.begin();
    }
  }
}
