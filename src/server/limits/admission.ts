import type { Limits } from "../../config/load-config.js";
import { type Actor, actorKey } from "../../domain/access/actor.js";
import { UnavailableError } from "../../domain/errors.js";
import { once } from "../../util/once.js";
import { ActorCounter } from "./actor-counter.js";
import { Counter } from "./counter.js";
import type { MemoryBudget } from "./memory-budget.js";

type AdmissionLimits = Pick<Limits, "executing" | "waiting" | "waitMs">;

interface Waiter {
  readonly who: string;
  /** Hands over what to call when the place is free again. */
  admit(release: () => void): void;
}

/** A request that came, until its answer begins. */
export interface Arrival {
  /**
   * Whose it is, once that is known, and how many bytes it brings: no more theirs if it has ended by then. Throws an
   * UnavailableError where too many are.
   */
  assignTo(actor: Actor, bytes?: number): void;
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
function shuttingDown(): UnavailableError {
  return new UnavailableError("The server is going away. Connect again.", { retryAfterSeconds: 0 });
}

/**
 * How many operations are executed at once, and how many wait for that. What comes on top is refused at once: whoever
 * waits too long has gone when the answer comes, and what waits takes memory. Open streams do not count.
 */
export class Admission {
  private readonly limits: AdmissionLimits;
  private readonly queue: Waiter[] = [];
  /** No more of one principal than could be executed and wait: bodies that do not come hold places, too. */
  private readonly arrivals: ActorCounter;
  private readonly running: Counter;
  private readonly memory: MemoryBudget | null;
  private executing = 0;
  private arrived = 0;
  private isClosed = false;

  constructor(limits: AdmissionLimits, memory: MemoryBudget | null = null) {
    this.memory = memory;
    this.limits = limits;
    const maxExecutingPerActor = Math.ceil(limits.executing * SHARE_OF_ONE);
    this.arrivals = new ActorCounter(maxExecutingPerActor + this.maxWaitingPerActor(), overloaded);
    this.running = new Counter(maxExecutingPerActor);
  }

  /** Lets nothing more in; what has come by now is done. */
  close(): void {
    this.isClosed = true;
  }

  requireOpen(): void {
    if (this.isClosed) throw shuttingDown();
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
      assignTo: (actor, bytes = 0) => {
        if (!isOver) free = this.acquireFor(actor, bytes);
      },
      end: once(() => {
        isOver = true;
        this.arrived--;
        free();
      }),
    };
  }

  private acquireFor(actor: Actor, bytes: number): () => void {
    this.arrivals.acquire(actor);
    if (this.memory?.tryAcquire(actor, bytes) === false) {
      this.arrivals.release(actor);
      throw overloaded();
    }
    return () => {
      this.arrivals.release(actor);
      this.memory?.release(actor, bytes);
    };
  }

  /** One principal does not fill the queue, so that others are let in beside it. */
  private maxWaitingPerActor(): number {
    return Math.max(1, this.limits.waiting / 2);
  }

  /** Waits for a place. Returns what to call when it is free again; throws an UnavailableError. */
  async enter(actor: Actor): Promise<() => void> {
    const who = actorKey(actor);
    return this.tryBegin(who) ?? this.wait(who);
  }

  /** Takes a place if there is one for this principal. */
  private tryBegin(who: string): (() => void) | null {
    if (this.executing >= this.limits.executing) return null;
    if (!this.running.tryAcquire(who)) return null;
    this.executing++;
    return once(() => {
      this.executing--;
      this.running.release(who);
      this.admitNext();
    });
  }

  /** The first of those who wait that may have the place that became free. */
  private admitNext(): void {
    for (const [index, next] of this.queue.entries()) {
      const leave = this.tryBegin(next.who);
      if (!leave) continue;
      this.queue.splice(index, 1);
      next.admit(leave);
      return;
    }
  }

  private wait(who: string): Promise<() => void> {
    const { waiting, waitMs } = this.limits;
    const own = this.queue.filter((each) => each.who === who).length;
    if (this.queue.length >= waiting || own >= this.maxWaitingPerActor()) throw overloaded();
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
