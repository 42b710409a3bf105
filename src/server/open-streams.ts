import { type Actor, actorKey } from "../domain/actor.js";
import { RateLimitedError } from "../domain/errors.js";
import { once } from "./once.js";

/** How many subscriptions each viewer has open, over both doors. */
export class OpenStreams {
  private readonly counts = new Map<string, number>();
  private readonly max: number;

  constructor(max: number) {
    this.max = max;
  }

  /** Counts one more, or refuses it. Returns what to call when the stream has ended. */
  open(actor: Actor): () => void {
    const who = actorKey(actor);
    const count = this.counts.get(who) ?? 0;
    if (count >= this.max)
      throw new RateLimitedError(`You have ${count} subscriptions open; at most ${this.max} are allowed.`);
    this.counts.set(who, count + 1);
    return once(() => {
      const left = (this.counts.get(who) ?? 1) - 1;
      if (left > 0) this.counts.set(who, left);
      else this.counts.delete(who);
    });
  }
}
