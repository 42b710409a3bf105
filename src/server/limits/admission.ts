import type { Limits } from "../../config/load-config.js";
import { type Actor, actorKey } from "../../domain/access/actor.js";
import { UnavailableError } from "../../domain/errors.js";
import { once } from "../../util/once.js";
import { ActorCounter } from "./actor-counter.js";
import { Counter } from "./counter.js";
import type { MemoryBudget } from "./memory-budget.js";

type AdmissionLimits = Pick<Limits, "executing" | "waiting" | "waitMs">;

interface Waiter {
  readonly key: string;
  /** Hands over what releases the place. */
  admit(release: () => void): void;
}

/** A request from when it arrives until its answer begins. */
export interface Arrival {
  /**
   * Counts the request and the bytes of its body for an actor, once its token is verified. Does nothing if the request
   * has ended by then. Throws an UnavailableError past the limits.
   */
  assignTo(actor: Actor, bytes?: number): void;
  /** Counts more bytes of a body whose length was not known. Throws an UnavailableError past the limits. */
  addBytes(bytes: number): void;
  end(): void;
}

const OVERLOAD_RETRY_SECONDS = 2;
/** The share of the executing operations that may be of one actor: those that wait for somebody else's server take long. */
const SHARE_OF_ONE = 3 / 4;

export function overloaded(): UnavailableError {
  const retryAfterSeconds = OVERLOAD_RETRY_SECONDS;
  return new UnavailableError(`The server is overloaded. Try again in ${retryAfterSeconds} s.`, { retryAfterSeconds });
}

function shuttingDown(): UnavailableError {
  return new UnavailableError("The server is shutting down. Connect again.", { retryAfterSeconds: 0 });
}

/**
 * Bounds how many operations execute at once, and how many wait for that. What exceeds both is refused at once: a client
 * that waits too long has left when the answer is ready, and what waits uses memory. Open streams do not count.
 */
export class Admission {
  private readonly limits: AdmissionLimits;
  private readonly queue: Waiter[] = [];
  /** No more of one actor than can execute and wait, because requests whose bodies are late use memory too. */
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

  /** Refuses everything that arrives from now on. What has arrived is still executed. */
  close(): void {
    this.isClosed = true;
  }

  requireOpen(): void {
    if (this.isClosed) throw shuttingDown();
  }

  isIdle(): boolean {
    return this.executing === 0;
  }

  /** True if every further request would be refused, so that its token and body need not be read. */
  isFull(): boolean {
    const { executing, waiting } = this.limits;
    const isArrivedFull = this.arrived >= executing + waiting;
    return isArrivedFull || (this.executing >= executing && this.queue.length >= waiting);
  }

  /**
   * Counts a request from when it arrives until its answer begins: where the processor is the bottleneck, most of the
   * waiting comes before the execution.
   */
  arrive(): Arrival {
    this.arrived++;
    let owner: Actor | null = null;
    let held = 0;
    let isOver = false;
    const hold = (bytes: number) => {
      if (isOver || !owner || !this.memory) return;
      if (!this.memory.tryAcquire(owner, bytes)) throw overloaded();
      held += bytes;
    };
    return {
      assignTo: (actor, bytes = 0) => {
        if (isOver) return;
        this.arrivals.acquire(actor);
        owner = actor;
        hold(bytes);
      },
      addBytes: hold,
      end: once(() => {
        isOver = true;
        this.arrived--;
        if (!owner) return;
        this.arrivals.release(owner);
        this.memory?.release(owner, held);
      }),
    };
  }

  /** Half of the queue, so that one actor cannot fill it. */
  private maxWaitingPerActor(): number {
    return Math.max(1, this.limits.waiting / 2);
  }

  /** Waits for a place to execute. Returns what releases it. Throws an UnavailableError. */
  async enter(actor: Actor): Promise<() => void> {
    return this.tryEnter(actor) ?? this.wait(actorKey(actor));
  }

  /** Returns what releases the place; null if there is none now. */
  tryEnter(actor: Actor): (() => void) | null {
    return this.tryBegin(actorKey(actor));
  }

  private tryBegin(key: string): (() => void) | null {
    if (this.executing >= this.limits.executing) return null;
    if (!this.running.tryAcquire(key)) return null;
    this.executing++;
    return once(() => {
      this.executing--;
      this.running.release(key);
      this.admitNext();
    });
  }

  /** Admits the first waiter whose actor may execute one more. */
  private admitNext(): void {
    for (const [index, next] of this.queue.entries()) {
      const release = this.tryBegin(next.key);
      if (!release) continue;
      this.queue.splice(index, 1);
      next.admit(release);
      return;
    }
  }

  private wait(key: string): Promise<() => void> {
    const { waiting, waitMs } = this.limits;
    const own = this.queue.filter((waiter) => waiter.key === key).length;
    if (this.queue.length >= waiting || own >= this.maxWaitingPerActor()) throw overloaded();
    return new Promise((resolve, reject) => {
      const waiter = { key, admit };
      const timer = setTimeout(() => {
        this.queue.splice(this.queue.indexOf(waiter), 1);
        reject(overloaded());
      }, waitMs);
      function admit(release: () => void): void {
        clearTimeout(timer);
        resolve(release);
      }
      this.queue.push(waiter);
    });
  }
}
