import { type Actor, actorKey } from "../../domain/access/actor.js";
import { Counts } from "./counter.js";

/** How many of something each principal has at the moment, each of them at most so many. */
export class ActorCounts {
  private readonly counts: Counts;
  private readonly refusal: () => Error;

  constructor(max: number, refusal: () => Error) {
    this.counts = new Counts(max);
    this.refusal = refusal;
  }

  /** Counts one more, or throws the refusal. What was taken is left once. */
  take(actor: Actor): void {
    if (!this.counts.take(actorKey(actor))) throw this.refusal();
  }

  leave(actor: Actor): void {
    this.counts.leave(actorKey(actor));
  }
}
