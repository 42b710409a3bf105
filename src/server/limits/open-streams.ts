import { RateLimitedError } from "../../domain/errors.js";
import { ActorCounts } from "./actor-counter.js";

/** How many subscriptions each viewer has open, over both doors. */
export class OpenStreams extends ActorCounts {
  constructor(max: number) {
    super(max, () => new RateLimitedError(`You have ${max} subscriptions open; at most ${max} are allowed.`));
  }
}
