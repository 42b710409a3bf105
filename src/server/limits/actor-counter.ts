import { type Actor, actorKey } from "../../domain/access/actor.js";
import { Counter } from "./counter.js";

/** Counts how many of something each actor holds now, up to the same maximum for every actor. */
export class ActorCounter {
  private readonly counter: Counter;
  private readonly refusal: () => Error;

  constructor(max: number, refusal: () => Error) {
    this.counter = new Counter(max);
    this.refusal = refusal;
  }

  /** Counts one more, or throws the refusal at the maximum. Release exactly once. */
  acquire(actor: Actor): void {
    if (!this.counter.tryAcquire(actorKey(actor))) throw this.refusal();
  }

  release(actor: Actor): void {
    this.counter.release(actorKey(actor));
  }
}
