import { type Actor, actorKey } from "../domain/actor.js";
import { once } from "./once.js";

/** How many of something each principal has at the moment, each of them at most so many. */
export class ActorCounts {
  private readonly counts = new Map<string, number>();
  private readonly max: number;
  private readonly refusal: (count: number) => Error;

  constructor(max: number, refusal: (count: number) => Error) {
    this.max = max;
    this.refusal = refusal;
  }

  /** Counts one more, or throws the refusal. Returns what to call when it is over. */
  take(actor: Actor): () => void {
    const who = actorKey(actor);
    const count = this.counts.get(who) ?? 0;
    if (count >= this.max) throw this.refusal(count);
    this.counts.set(who, count + 1);
    return once(() => {
      const left = (this.counts.get(who) ?? 1) - 1;
      if (left > 0) this.counts.set(who, left);
      else this.counts.delete(who);
    });
  }
}
