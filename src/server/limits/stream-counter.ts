import { RateLimitedError } from "../../domain/errors.js";
import { ActorCounter } from "./actor-counter.js";

/** Counts the open subscriptions of each viewer, over HTTP and WebSocket together. */
export class StreamCounter extends ActorCounter {
  constructor(max: number) {
    super(max, () => new RateLimitedError(`You have ${max} subscriptions open; at most ${max} are allowed.`));
  }
}
