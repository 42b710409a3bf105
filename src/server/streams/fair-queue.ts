import { type Actor, actorKey } from "../../domain/access/actor.js";
import { once } from "../../util/once.js";

interface Waiting {
  readonly key: string;
  start(): void;
}

/** The share of what the server executes at once. The rest is for requests, and for the streams of other actors. */
const SHARE_OF_STREAMS = 1 / 4;
const SHARE_OF_ONE = 1 / 4;

/**
 * Decides whose message is executed next: a few at once, fewer of one actor, in the order of arrival. It refuses
 * nothing: a stream that has waited reads on from the event table afterwards.
 */
export class FairQueue {
  private readonly max: number;
  private readonly maxOfOne: number;
  /** How many messages of each actor are executed now. */
  private readonly running = new Map<string, number>();
  private readonly queue = new Set<Waiting>();
  private count = 0;

  constructor(executing: number) {
    this.max = Math.ceil(executing * SHARE_OF_STREAMS);
    this.maxOfOne = Math.ceil(this.max * SHARE_OF_ONE);
  }

  /** Waits for a place and returns the function that releases it. Rejects when the signal aborts first. */
  async acquire(actor: Actor, signal: AbortSignal): Promise<() => void> {
    const key = actorKey(actor);
    if (this.hasRoom(key)) this.start(key);
    else await this.wait(key, signal);
    return once(() => this.release(key));
  }

  /** How many messages wait for a place. */
  get waiting(): number {
    return this.queue.size;
  }

  private wait(key: string, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const giveUp = () => {
        this.queue.delete(place);
        reject(signal.reason);
      };
      const start = () => {
        signal.removeEventListener("abort", giveUp);
        resolve();
      };
      const place = { key, start };
      signal.addEventListener("abort", giveUp, { once: true });
      this.queue.add(place);
    });
  }

  private hasRoom(key: string): boolean {
    return this.count < this.max && (this.running.get(key) ?? 0) < this.maxOfOne;
  }

  private start(key: string): void {
    this.count++;
    this.running.set(key, (this.running.get(key) ?? 0) + 1);
  }

  private release(key: string): void {
    this.count--;
    const left = (this.running.get(key) ?? 1) - 1;
    if (left > 0) this.running.set(key, left);
    else this.running.delete(key);
    for (const next of this.queue) {
      if (this.count >= this.max) return;
      if (!this.hasRoom(next.key)) continue;
      this.queue.delete(next);
      this.start(next.key);
      next.start();
    }
  }
}
