import { type ExecutionArgs, type ExecutionResult, execute } from "graphql";
import type { Viewer } from "../../domain/access/actor.js";
import type { GraphQLContext } from "../../graphql/request/context.js";
import type { StreamMessage } from "../../store/events/event-stream.js";
import { requireUnexpired } from "../kit/authenticate.js";
import type { EntryPointServices } from "../kit/services.js";
import { withinTime } from "../kit/within-time.js";
import { analyzeDocument } from "./document-analysis.js";
import type { FairQueue } from "./fair-queue.js";
import { type ResultSharing, SharedReads, type SharingGroup } from "./result-sharing.js";

type MaybePromise<T> = T | Promise<T>;

/** What the messages of all subscriptions of a server need. */
export interface ExecutorServices extends Pick<EntryPointServices, "sessions" | "now" | "makeContext"> {
  readonly queue: FairQueue;
  readonly sharing: ResultSharing;
  readonly timeoutMs: number;
}

/** Who waits for the results of a subscription. */
interface Subscriber {
  /** Aborts when the client has left. */
  readonly closed: AbortSignal;
}

/**
 * Executes the messages of one subscription. A message whose result comes from its event alone is executed at once, and
 * once for all subscriptions of its sharing group. A message that reads the database waits in the fair queue, must be
 * done within the time of a request, and is executed once for those of its group that wait for it. Each execution has a
 * context of its own: none is held while the subscription waits, and rights and rows are read anew.
 */
export class MessageExecutor {
  private readonly operation: Pick<ExecutionArgs, "schema" | "document" | "operationName" | "variableValues">;
  private readonly viewer: Viewer;
  private readonly requestId: string;
  private readonly services: ExecutorServices;
  private group: SharingGroup | null;

  constructor(
    { schema, document, operationName, variableValues, contextValue }: ExecutionArgs,
    services: ExecutorServices,
  ) {
    const { viewer, requestId } = contextValue as GraphQLContext;
    this.operation = {
      schema,
      document,
      operationName: operationName ?? null,
      variableValues: variableValues ?? null,
    };
    this.viewer = viewer;
    this.requestId = requestId;
    this.services = services;
    this.group = services.sharing.join(this.operation, viewer);
  }

  /** Call once when the subscription ends. */
  close(): void {
    if (this.group) this.services.sharing.leave(this.group);
    this.group = null;
  }

  execute(message: StreamMessage, subscriber: Subscriber): MaybePromise<ExecutionResult> {
    const { sharing, timeoutMs } = this.services;
    const known = this.group && sharing.find(this.group, message);
    if (known) return known;
    if (message.event && analyzeDocument(this.operation).readsDatabase)
      return this.executeInQueue(message, subscriber.closed);
    const result = this.run(message);
    return "then" in result ? withinTime(timeoutMs, result, lateMessage(timeoutMs)) : result;
  }

  /** An execution that times out keeps its place in the queue until it is done. */
  private async executeInQueue(message: StreamMessage, closed: AbortSignal): Promise<ExecutionResult> {
    const { queue, sessions, now, timeoutMs } = this.services;
    const { viewer } = this;
    const reads = this.group?.reads ?? new SharedReads();
    const arrival = reads.arrive();
    try {
      const release = await queue.acquire(viewer.actor, closed);
      const work = async () => {
        // the token may have expired or been revoked while the message waited
        sessions.require(viewer);
        requireUnexpired(viewer, now());
        return reads.findSince(arrival, message) ?? reads.read(message, () => this.run(message));
      };
      return await withinTime(timeoutMs, work().finally(release), lateMessage(timeoutMs));
    } finally {
      reads.leave();
    }
  }

  private run(message: StreamMessage): MaybePromise<ExecutionResult> {
    const { makeContext, sharing } = this.services;
    const contextValue = makeContext(this.viewer, this.requestId);
    const result = execute({ ...this.operation, contextValue, rootValue: message }) as MaybePromise<ExecutionResult>;
    if (this.group && !("then" in result)) sharing.keep(this.group, message, result);
    return result;
  }
}

function lateMessage(timeoutMs: number): string {
  return `The message took longer than ${timeoutMs} ms. Subscribe again after the last cursor.`;
}
