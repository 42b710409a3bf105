import type { Limits } from "../../config/load-config.js";
import { type Actor, actorKey } from "../../domain/access/actor.js";

/** Of what is held of all, so much may be of one principal: but always a whole body or frame. */
const SHARE_OF_ONE = 1 / 4;

/** How many bytes of bodies and messages are held that have not been answered, of all and of each principal. */
export class HeldBytes {
  private readonly max: number;
  private readonly maxOfOne: number;
  private readonly ofOne = new Map<string, number>();
  private all = 0;

  constructor({ heldBytes, bodyBytes, frameBytes }: Pick<Limits, "heldBytes" | "bodyBytes" | "frameBytes">) {
    this.maxOfOne = Math.max(heldBytes * SHARE_OF_ONE, bodyBytes, frameBytes);
    this.max = Math.max(heldBytes, this.maxOfOne);
  }

  /** Counts so many more, or none and says no. What it takes must be given back. */
  take(actor: Actor, bytes: number): boolean {
    const who = actorKey(actor);
    const own = (this.ofOne.get(who) ?? 0) + bytes;
    if (own > this.maxOfOne || this.all + bytes > this.max) return false;
    this.set(who, own, bytes);
    return true;
  }

  giveBack(actor: Actor, bytes: number): void {
    const who = actorKey(actor);
    this.set(who, (this.ofOne.get(who) ?? 0) - bytes, -bytes);
  }

  private set(who: string, own: number, more: number): void {
    this.all += more;
    if (own > 0) this.ofOne.set(who, own);
    else this.ofOne.delete(who);
  }
}
