import type { Actor } from "../../domain/access/actor.js";
import { once } from "../../util/once.js";
import { ActorCounter } from "./actor-counter.js";
import { overloaded } from "./admission.js";

/** Of all transfers one actor has half at most. */
const SHARE_OF_ONE = 1 / 2;

/** Bounds how many files are sent and received at once. They do not count as executed: a client may take hours. */
export class TransferCounter {
  private readonly max: number;
  private readonly ofActors: ActorCounter;
  private open = 0;

  constructor(max: number) {
    this.max = max;
    this.ofActors = new ActorCounter(Math.ceil(max * SHARE_OF_ONE), overloaded);
  }

  /** Returns what ends the transfer. Throws an UnavailableError past the limits. */
  begin(actor: Actor): () => void {
    if (this.open >= this.max) throw overloaded();
    this.ofActors.acquire(actor);
    this.open++;
    return once(() => {
      this.open--;
      this.ofActors.release(actor);
    });
  }
}
