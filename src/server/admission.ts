import type { Limits } from "../config.js";
import type { Actor } from "../domain/actor.js";
import { UnavailableError } from "../domain/errors.js";

type AdmissionLimits = Pick<Limits, "executing" | "waiting" | "waitMs">;

interface Waiting {
  readonly who: string;
  admit(): void;
  refuse(): void;
}

const OVERLOAD_RETRY_SECONDS = 2;

/** What is refused because too much is asked of the server at once. */
export function overloaded(): UnavailableError {
  const retryAfterSeconds = OVERLOAD_RETRY_SECONDS;
  return new UnavailableError("The server has more to do than it can. Try again.", { retryAfterSeconds });
}

/**
 * How many operations are executed at once, and how many wait for that. What comes on top is refused at once: whoever
 * waits too long has gone when the answer comes, and what waits takes memory. Open streams do not count.
 */
export class Admission {
  private readonly limits: AdmissionLimits;
  private readonly queue: Waiting[] = [];
  private readonly waitingOf = new Map<string, number>();
  private executing = 0;
  private arrived = 0;

  constructor(limits: AdmissionLimits) {
    this.limits = limits;
  }

  /** Whether whatever comes now would be refused: then it need not be looked at. */
  isFull(): boolean {
    const { executing, waiting } = this.limits;
    const isArrivedFull = this.arrived >= executing + waiting;
    return isArrivedFull || (this.executing >= executing && this.queue.length >= waiting);
  }

  /**
   * Counts a request from when it comes until its answer begins: where the processor is what is short, requests wait long
   * before they are executed. Returns what to call then.
   */
  arrive(): () => void {
    this.arrived++;
    let isCounted = true;
    return () => {
      if (isCounted) this.arrived--;
      isCounted = false;
    };
  }

  /** Waits for a place. Returns what to call when it is free again; throws an UnavailableError. */
  async enter({ issuer, subject }: Actor): Promise<() => void> {
    if (this.executing >= this.limits.executing) await this.wait(`${issuer}\n${subject}`);
    else this.executing++;
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      this.leave();
    };
  }

  /** A place passes from one to the next. */
  private leave(): void {
    const next = this.queue.shift();
    if (next) next.admit();
    else this.executing--;
  }

  private wait(who: string): Promise<void> {
    const own = this.waitingOf.get(who) ?? 0;
    // one principal does not fill the queue, so that others are let in beside it
    if (this.queue.length >= this.limits.waiting || own >= Math.max(1, this.limits.waiting / 2)) throw overloaded();
    this.waitingOf.set(who, own + 1);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.queue.splice(this.queue.indexOf(waiting), 1);
        waiting.refuse();
      }, this.limits.waitMs);
      const done = () => {
        clearTimeout(timer);
        const left = (this.waitingOf.get(who) ?? 1) - 1;
        if (left > 0) this.waitingOf.set(who, left);
        else this.waitingOf.delete(who);
      };
      const waiting: Waiting = {
        who,
        admit: () => {
          done();
          resolve();
        },
        refuse: () => {
          done();
          reject(overloaded());
        },
      };
      this.queue.push(waiting);
    });
  }
}
