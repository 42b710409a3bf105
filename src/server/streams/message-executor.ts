import { type ExecutionArgs, type ExecutionResult, execute } from "graphql";
import type { Viewer } from "../../domain/access/actor.js";
import type { OpenSessions } from "../../domain/access/open-sessions.js";
import type { GraphQLContext } from "../../graphql/request/context.js";
import type { StreamMessage } from "../../store/events/event-stream.js";
import { requireUnexpired } from "../kit/authenticate.js";
import { withinTime } from "../kit/within-time.js";
import { describeMessages } from "./document-analysis.js";
import type { MessageTurns } from "./fair-queue.js";
import { FreshResults } from "./fresh-results.js";
import type { SharedResults, SharingGroup } from "./result-sharing.js";

type Told = ExecutionResult | Promise<ExecutionResult>;

/** What holds for the messages of all subscriptions of a server. */
export interface TellerServices {
  readonly turns: MessageTurns;
  readonly results: SharedResults;
  readonly timeoutMs: number;
  readonly sessions: OpenSessions;
  readonly now: () => Date;
  makeContext(viewer: Viewer, requestId: string): GraphQLContext;
}

interface Reader {
  /** Aborts when whom it is for has left. */
  readonly left: AbortSignal;
}

/**
 * Executes the messages of one subscription: at once, and once for all who must get the same, where they come of their
 * event alone; in turn, and within the time of a request, where they ask the database, and once for those who wait for
 * the same. Each has a context of its own, so that none is held while the subscription waits, and rights and rows are
 * looked at anew.
 */
export class MessageTeller {
  private readonly args: Pick<ExecutionArgs, "schema" | "document" | "operationName" | "variableValues">;
  private readonly viewer: Viewer;
  private readonly requestId: string;
  private group: SharingGroup | null = null;
  private readonly services: TellerServices;

  constructor(
    { schema, document, operationName, variableValues, contextValue }: ExecutionArgs,
    services: TellerServices,
  ) {
    const { viewer, requestId } = contextValue as GraphQLContext;
    this.args = { schema, document, operationName: operationName ?? null, variableValues: variableValues ?? null };
    this.viewer = viewer;
    this.requestId = requestId;
    this.services = services;
  }

  begin(): void {
    this.group = this.services.results.join(this.args, this.viewer);
  }

  end(): void {
    if (this.group) this.services.results.leave(this.group);
    this.group = null;
  }

  tell(message: StreamMessage, reader: Reader): Told {
    const { results, timeoutMs } = this.services;
    const known = this.group && results.resultOf(this.group, message);
    if (known) return known;
    if (message.event && describeMessages(this.args).asksDatabase) return this.tellInTurn(message, reader.left);
    const told = this.execute(message);
    return "then" in told ? withinTime(timeoutMs, told, lateBy(timeoutMs)) : told;
  }

  /** What is given up for its time keeps its turn until it is done. */
  private async tellInTurn(message: StreamMessage, left: AbortSignal): Promise<ExecutionResult> {
    const { turns, sessions, now, timeoutMs } = this.services;
    const { viewer } = this;
    const fresh = this.group?.fresh ?? new FreshResults();
    const came = fresh.come();
    try {
      const leave = await turns.take(viewer.actor, left);
      const done = async () => {
        // it may have waited for longer than the token lasts
        sessions.require(viewer);
        requireUnexpired(viewer, now());
        return fresh.resultSince(came, message) ?? fresh.read(message, () => this.execute(message));
      };
      return await withinTime(timeoutMs, done().finally(leave), lateBy(timeoutMs));
    } finally {
      fresh.leave();
    }
  }

  private execute(message: StreamMessage): Told {
    const { makeContext, results } = this.services;
    const contextValue = makeContext(this.viewer, this.requestId);
    const result = execute({ ...this.args, contextValue, rootValue: message }) as Told;
    if (this.group && !("then" in result)) results.keep(this.group, message, result);
    return result;
  }
}

const lateBy = (timeoutMs: number) =>
  `A message was not done within ${timeoutMs} ms. Subscribe again after the last cursor.`;
