import { type Actor, actorKey } from "../../domain/access/actor.js";
import { Counter } from "./counter.js";

/** How many of something each principal has at the moment, each of them at most so many. */
export class ActorCounter {
  private readonly counter: Counter;
  private readonly refusal: () => Error;

  constructor(max: number, refusal: () => Error) {
    this.counter = new Counter(max);
    this.refusal = refusal;
  }

  /** Counts one more, or throws the refusal. What was taken is left once. */
  acquire(actor: Actor): void {
    if (!this.counter.tryAcquire(actorKey(actor))) throw this.refusal();
  }

  release(actor: Actor): void {
    this.counter.release(actorKey(actor));
  }
}
