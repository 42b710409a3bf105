import type { Limits } from "../../config/load-config.js";
import { type Actor, actorKey } from "../../domain/access/actor.js";
import { UnavailableError } from "../../domain/errors.js";
import { once } from "../../util/once.js";
import { ActorCounts } from "./actor-counter.js";
import { Counts } from "./counter.js";
import type { HeldBytes } from "./memory-budget.js";

type AdmissionLimits = Pick<Limits, "executing" | "waiting" | "waitMs">;

interface Waiting {
  readonly who: string;
  /** Hands over what to call when the place is free again. */
  admit(leave: () => void): void;
}

/** A request that came, until its answer begins. */
export interface Arrival {
  /**
   * Whose it is, once that is known, and how many bytes it brings: no more theirs if it has ended by then. Throws an
   * UnavailableError where too many are.
   */
  belongTo(actor: Actor, bytes?: number): void;
  end(): void;
}

const OVERLOAD_RETRY_SECONDS = 2;
/** Of what is executed at once, so much may be of one principal: what waits for somebody else's server does so for long. */
const SHARE_OF_ONE = 3 / 4;

/** What is refused because too much is asked of the server at once. */
export function overloaded(): UnavailableError {
  const retryAfterSeconds = OVERLOAD_RETRY_SECONDS;
  return new UnavailableError("The server has more to do than it can. Try again.", { retryAfterSeconds });
}

/** What is refused because the server stops. */
function goingAway(): UnavailableError {
  return new UnavailableError("The server is going away. Connect again.", { retryAfterSeconds: 0 });
}

/**
 * How many operations are executed at once, and how many wait for that. What comes on top is refused at once: whoever
 * waits too long has gone when the answer comes, and what waits takes memory. Open streams do not count.
 */
export class Admission {
  private readonly limits: AdmissionLimits;
  private readonly queue: Waiting[] = [];
  /** No more of one principal than could be executed and wait: bodies that do not come hold places, too. */
  private readonly arrivals: ActorCounts;
  private readonly running: Counts;
  private readonly held: HeldBytes | null;
  private executing = 0;
  private arrived = 0;
  private isClosed = false;

  constructor(limits: AdmissionLimits, held: HeldBytes | null = null) {
    this.held = held;
    this.limits = limits;
    const executingOfOne = Math.ceil(limits.executing * SHARE_OF_ONE);
    this.arrivals = new ActorCounts(executingOfOne + this.waitingOfOne(), overloaded);
    this.running = new Counts(executingOfOne);
  }

  /** Lets nothing more in; what has come by now is done. */
  close(): void {
    this.isClosed = true;
  }

  requireOpen(): void {
    if (this.isClosed) throw goingAway();
  }

  /** Whether nothing is executed. */
  isIdle(): boolean {
    return this.executing === 0;
  }

  /** Whether whatever comes now would be refused: then it need not be looked at. */
  isFull(): boolean {
    const { executing, waiting } = this.limits;
    const isArrivedFull = this.arrived >= executing + waiting;
    return isArrivedFull || (this.executing >= executing && this.queue.length >= waiting);
  }

  /**
   * Counts a request from when it comes until its answer begins: where the processor is what is short, requests wait long
   * before they are executed.
   */
  arrive(): Arrival {
    this.arrived++;
    let free = () => {};
    let isOver = false;
    return {
      belongTo: (actor, bytes = 0) => {
        if (!isOver) free = this.takeFor(actor, bytes);
      },
      end: once(() => {
        isOver = true;
        this.arrived--;
        free();
      }),
    };
  }

  private takeFor(actor: Actor, bytes: number): () => void {
    this.arrivals.take(actor);
    if (this.held?.take(actor, bytes) === false) {
      this.arrivals.leave(actor);
      throw overloaded();
    }
    return () => {
      this.arrivals.leave(actor);
      this.held?.giveBack(actor, bytes);
    };
  }

  /** One principal does not fill the queue, so that others are let in beside it. */
  private waitingOfOne(): number {
    return Math.max(1, this.limits.waiting / 2);
  }

  /** Waits for a place. Returns what to call when it is free again; throws an UnavailableError. */
  async enter(actor: Actor): Promise<() => void> {
    const who = actorKey(actor);
    return this.begin(who) ?? this.wait(who);
  }

  /** Takes a place if there is one for this principal. */
  private begin(who: string): (() => void) | null {
    if (this.executing >= this.limits.executing) return null;
    if (!this.running.take(who)) return null;
    this.executing++;
    return once(() => {
      this.executing--;
      this.running.leave(who);
      this.admitNext();
    });
  }

  /** The first of those who wait that may have the place that became free. */
  private admitNext(): void {
    for (const [index, next] of this.queue.entries()) {
      const leave = this.begin(next.who);
      if (!leave) continue;
      this.queue.splice(index, 1);
      next.admit(leave);
      return;
    }
  }

  private wait(who: string): Promise<() => void> {
    const { waiting, waitMs } = this.limits;
    const own = this.queue.filter((each) => each.who === who).length;
    if (this.queue.length >= waiting || own >= this.waitingOfOne()) throw overloaded();
    return new Promise((resolve, reject) => {
      const place = { who, admit };
      const timer = setTimeout(() => {
        this.queue.splice(this.queue.indexOf(place), 1);
        reject(overloaded());
      }, waitMs);
      function admit(leave: () => void): void {
        clearTimeout(timer);
        resolve(leave);
      }
      this.queue.push(place);
    });
  }
}
