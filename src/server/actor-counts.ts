import { type Actor, actorKey } from "../domain/actor.js";
import { Counts } from "./counts.js";

/** How many of something each principal has at the moment, each of them at most so many. */
export class ActorCounts {
  private readonly counts: Counts;
  private readonly refusal: () => Error;

  constructor(max: number, refusal: () => Error) {
    this.counts = new Counts(max);
    this.refusal = refusal;
  }

  /** Counts one more, or throws the refusal. Returns what to call when it is over. */
  take(actor: Actor): () => void {
    const leave = this.counts.take(actorKey(actor));
    if (!leave) throw this.refusal();
    return leave;
  }
}
