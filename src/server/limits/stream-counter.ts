import { RateLimitedError } from "../../domain/errors.js";
import { ActorCounter } from "./actor-counter.js";

/** How many subscriptions each viewer has open, over both doors. */
export class StreamCounter extends ActorCounter {
  constructor(max: number) {
    super(max, () => new RateLimitedError(`You have ${max} subscriptions open; at most ${max} are allowed.`));
  }
}
