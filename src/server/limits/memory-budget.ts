import type { Limits } from "../../config/load-config.js";
import { type Actor, actorKey } from "../../domain/access/actor.js";

/** The share of the budget that one actor may use. It is raised so that a whole body or frame always fits. */
const SHARE_OF_ONE = 1 / 4;

/** Bounds how many bytes of unanswered bodies and messages are in memory, for all actors together and for each. */
export class MemoryBudget {
  private readonly max: number;
  private readonly maxPerActor: number;
  private readonly usedByActor = new Map<string, number>();
  private used = 0;

  constructor({ heldBytes, bodyBytes, frameBytes }: Pick<Limits, "heldBytes" | "bodyBytes" | "frameBytes">) {
    this.maxPerActor = Math.max(heldBytes * SHARE_OF_ONE, bodyBytes, frameBytes);
    this.max = Math.max(heldBytes, this.maxPerActor);
  }

  /** Reserves the bytes and returns true; reserves nothing and returns false past a bound. Release what was acquired. */
  tryAcquire(actor: Actor, bytes: number): boolean {
    const key = actorKey(actor);
    const own = (this.usedByActor.get(key) ?? 0) + bytes;
    if (own > this.maxPerActor || this.used + bytes > this.max) return false;
    this.set(key, own, bytes);
    return true;
  }

  release(actor: Actor, bytes: number): void {
    const key = actorKey(actor);
    this.set(key, (this.usedByActor.get(key) ?? 0) - bytes, -bytes);
  }

  private set(key: string, own: number, change: number): void {
    this.used += change;
    if (own > 0) this.usedByActor.set(key, own);
    else this.usedByActor.delete(key);
  }
}
