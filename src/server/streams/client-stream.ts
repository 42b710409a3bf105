import type { ExecutionResult } from "graphql";
import type { Viewer } from "../../domain/access/actor.js";
import { type ErrorServices, toClientError } from "../../graphql/kit/client-errors.js";
import type { StreamMessage } from "../../store/events/event-stream.js";
import { toClientResult, withRequestId } from "../kit/client-result.js";
import type { StreamCounter } from "../limits/stream-counter.js";
import type { RequestRecord } from "../requests/request-record.js";
import type { RequestTracker } from "../requests/request-tracker.js";
import type { MessageTeller } from "./message-executor.js";

type Result = IteratorResult<ExecutionResult, undefined>;

/**
 * A subscription that was taken, for its door to open. Not iterable itself: yoga and its plugins would each put an
 * iterator of their own around it, and another for its errors.
 */
export class TakenSubscription {
  readonly source: AsyncIterableIterator<StreamMessage>;
  readonly teller: MessageTeller;

  constructor(source: AsyncIterableIterator<StreamMessage>, teller: MessageTeller) {
    this.source = source;
    this.teller = teller;
  }
}

/** What holds for all streams of a server. */
interface StreamServices {
  readonly services: ErrorServices;
  readonly open: StreamCounter;
  readonly tracker: RequestTracker;
}

const END: Result = { value: undefined, done: true };

/**
 * The answers of a subscription as a client may see them, counted while it is open. One that fails says why in a last
 * answer, and ends. Whoever leaves is told no more, not even what is being executed. An object of few fields and no
 * generator, for there are many and most of them wait.
 */
export class ClientStream implements AsyncIterableIterator<ExecutionResult> {
  private readonly source: AsyncIterableIterator<StreamMessage>;
  private readonly teller: MessageTeller;
  private readonly viewer: Viewer;
  private readonly record: RequestRecord;
  private readonly shared: StreamServices;
  private isOver = false;
  private leaving: AbortController | null = null;
  private endWait: (() => void) | null = null;

  /** Throws a RateLimitedError where the viewer has too many open. */
  constructor({ source, teller }: TakenSubscription, viewer: Viewer, record: RequestRecord, shared: StreamServices) {
    this.source = source;
    this.teller = teller;
    this.viewer = viewer;
    this.record = record;
    this.shared = shared;
    try {
      shared.open.acquire(viewer.actor);
    } catch (error) {
      void source.return?.();
      throw error;
    }
    teller.begin();
    shared.tracker.openStream(record);
  }

  async next(): Promise<Result> {
    if (this.isOver) return END;
    try {
      const { value: message, done } = await this.source.next();
      if (this.isOver) return END;
      if (done) return await this.return();
      const told = this.teller.tell(message, this);
      const result = told instanceof Promise ? await this.whileThere(told) : told;
      return result === null ? END : this.answer(toClientResult(result, this.record.requestId, this.shared.services));
    } catch (error) {
      if (this.isOver) return END;
      const last = this.answer({ errors: [toClientError(error, this.record.requestId, this.shared.services)] });
      await this.return();
      return last;
    }
  }

  async return(): Promise<Result> {
    if (this.isOver) return END;
    this.isOver = true;
    this.leaving?.abort();
    this.endWait?.();
    this.shared.open.release(this.viewer.actor);
    this.teller.end();
    this.shared.tracker.closeStream(this.record);
    await this.source.return?.();
    return END;
  }

  /** Aborts when whom it is for has left. */
  get left(): AbortSignal {
    this.leaving ??= new AbortController();
    return this.leaving.signal;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  private answer(result: ExecutionResult): Result {
    const { transport, messages, requestId } = this.record;
    const isBare = messages === 0 && transport === "websocket";
    this.shared.tracker.recordMessage(this.record, result);
    return { value: isBare ? withRequestId(result, requestId) : result, done: false };
  }

  private whileThere(told: Promise<ExecutionResult>): Promise<ExecutionResult | null> {
    return new Promise<ExecutionResult | null>((resolve, reject) => {
      this.endWait = () => resolve(null);
      told.then(resolve, reject);
    }).finally(() => {
      // it holds what was told, and most streams wait for long
      this.endWait = null;
    });
  }
}
