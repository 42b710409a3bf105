import type { Limits } from "../../config/load-config.js";
import { type Actor, actorKey } from "../../domain/access/actor.js";

/** Of what is held of all, so much may be of one principal: but always a whole body or frame. */
const SHARE_OF_ONE = 1 / 4;

/** How many bytes of bodies and messages are held that have not been answered, of all and of each principal. */
export class MemoryBudget {
  private readonly max: number;
  private readonly maxPerActor: number;
  private readonly usedByActor = new Map<string, number>();
  private used = 0;

  constructor({ heldBytes, bodyBytes, frameBytes }: Pick<Limits, "heldBytes" | "bodyBytes" | "frameBytes">) {
    this.maxPerActor = Math.max(heldBytes * SHARE_OF_ONE, bodyBytes, frameBytes);
    this.max = Math.max(heldBytes, this.maxPerActor);
  }

  /** Counts so many more, or none and says no. What it takes must be given back. */
  tryAcquire(actor: Actor, bytes: number): boolean {
    const who = actorKey(actor);
    const own = (this.usedByActor.get(who) ?? 0) + bytes;
    if (own > this.maxPerActor || this.used + bytes > this.max) return false;
    this.set(who, own, bytes);
    return true;
  }

  release(actor: Actor, bytes: number): void {
    const who = actorKey(actor);
    this.set(who, (this.usedByActor.get(who) ?? 0) - bytes, -bytes);
  }

  private set(who: string, own: number, more: number): void {
    this.used += more;
    if (own > 0) this.usedByActor.set(who, own);
    else this.usedByActor.delete(who);
  }
}
