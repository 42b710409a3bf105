import type { ExecutionArgs, ExecutionResult } from "graphql";
import type { Viewer } from "../../domain/access/actor.js";
import { type ErrorServices, toClientError } from "../../graphql/kit/client-errors.js";
import type { StreamMessage } from "../../store/events/event-stream.js";
import { toClientResult, withRequestId } from "../kit/client-result.js";
import type { EntryPointContext } from "../kit/services.js";
import type { StreamCounter } from "../limits/stream-counter.js";
import type { RequestRecord } from "../requests/request-record.js";
import type { RequestTracker } from "../requests/request-tracker.js";
import { type ExecutorServices, MessageExecutor } from "./message-executor.js";

type Next = IteratorResult<ExecutionResult, undefined>;

/** What the streams of all clients of a server need. */
export interface StreamServices extends ExecutorServices, ErrorServices {
  readonly streams: StreamCounter;
  readonly tracker: RequestTracker;
}

/** Subscriptions that share a result share its event, and so its cursor. */
const cursors = new WeakMap<ExecutionResult, string>();

/** The cursor of the message that a result was made from; undefined for the error that ends a stream. */
export function cursorOf(result: ExecutionResult): string | undefined {
  return cursors.get(result);
}

const END: Next = { value: undefined, done: true };

/**
 * The results of one subscription, as its client may see them. The stream counts against the limit of its viewer while
 * it is open. When it fails, its last result holds the error. A client that leaves gets nothing more, not even what is
 * being executed. It is an object of few fields and not a generator: there are many, and most of them wait.
 */
export class ClientStream implements AsyncIterableIterator<ExecutionResult> {
  private readonly source: AsyncIterableIterator<StreamMessage>;
  private readonly executor: MessageExecutor;
  private readonly viewer: Viewer;
  private readonly record: RequestRecord;
  private readonly services: StreamServices;
  private isClosed = false;
  private closing: AbortController | null = null;
  private stopWaiting: (() => void) | null = null;

  /** Throws a RateLimitedError if the viewer has too many streams open. */
  constructor(source: AsyncIterableIterator<StreamMessage>, args: ExecutionArgs, services: StreamServices) {
    const { viewer, record } = args.contextValue as EntryPointContext;
    try {
      services.streams.acquire(viewer.actor);
    } catch (error) {
      void source.return?.();
      throw error;
    }
    this.source = source;
    this.executor = new MessageExecutor(args, services);
    this.viewer = viewer;
    this.record = record;
    this.services = services;
    services.tracker.openStream(record);
  }

  async next(): Promise<Next> {
    if (this.isClosed) return END;
    try {
      const { value: message, done } = await this.source.next();
      if (this.isClosed) return END;
      if (done) return await this.return();
      const execution = this.executor.execute(message, this);
      const result = execution instanceof Promise ? await this.unlessClosed(execution) : execution;
      if (result === null) return END;
      const delivered = this.deliver(toClientResult(result, this.record.requestId, this.services));
      cursors.set(delivered.value, message.cursor);
      return delivered;
    } catch (error) {
      if (this.isClosed) return END;
      const last = this.deliver({ errors: [toClientError(error, this.record.requestId, this.services)] });
      await this.return();
      return last;
    }
  }

  async return(): Promise<Next> {
    if (this.isClosed) return END;
    this.isClosed = true;
    this.closing?.abort();
    this.stopWaiting?.();
    this.services.streams.release(this.viewer.actor);
    this.executor.close();
    this.services.tracker.closeStream(this.record);
    await this.source.return?.();
    return END;
  }

  /** Aborts when the client has left. */
  get closed(): AbortSignal {
    this.closing ??= new AbortController();
    return this.closing.signal;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** The first message of a socket's subscription carries the request id, for there is no header to hold it. */
  private deliver(result: ExecutionResult): IteratorYieldResult<ExecutionResult> {
    const { transport, messages, requestId } = this.record;
    const isFirstOfSocket = messages === 0 && transport === "websocket";
    this.services.tracker.recordMessage(this.record, result);
    return { value: isFirstOfSocket ? withRequestId(result, requestId) : result, done: false };
  }

  /** The result, or null if the client leaves before it is there. */
  private unlessClosed(execution: Promise<ExecutionResult>): Promise<ExecutionResult | null> {
    return new Promise<ExecutionResult | null>((resolve, reject) => {
      this.stopWaiting = () => resolve(null);
      execution.then(resolve, reject);
    }).finally(() => {
      // it refers to the result, and most streams wait for long
      this.stopWaiting = null;
    });
  }
}
