import { createSourceEventStream, type ExecutionArgs, type ExecutionResult, execute } from "graphql";
import type { Plugin } from "graphql-yoga";
import type { GraphQLContext } from "../graphql/context.js";
import type { StreamMessage } from "../store/event-stream.js";
import { requireUnexpired } from "./authenticate.js";
import { withinTime } from "./execution.js";
import { describeMessages } from "./message-documents.js";
import type { MessageTurns } from "./message-turns.js";
import { SharedResults, type SharingGroup } from "./shared-results.js";
import { refuseConditionalRoot } from "./subscription-root.js";

type Told = ExecutionResult | Promise<ExecutionResult>;
type Source = AsyncIterable<StreamMessage> | ExecutionResult;

/**
 * Executes the messages of subscriptions: at once, and once for all who must get the same, where they come of their
 * event alone; in turn, and within the time of a request, where they ask the database.
 */
export function useStreamMessages(turns: MessageTurns, timeoutMs: number): Plugin {
  const shared = new SharedResults();
  const unopened = `The subscription was not open within ${timeoutMs} ms. Subscribe again.`;
  const late = `A message was not done within ${timeoutMs} ms. Subscribe again after the last cursor.`;

  /** What is given up for its time keeps its turn until it is done. */
  async function inTurn(args: ExecutionArgs, left: AbortSignal, work: () => Told): Promise<ExecutionResult> {
    const { viewer, sessions, now } = args.contextValue as GraphQLContext;
    const leave = await turns.take(viewer.actor, left);
    const done = async () => {
      // it may have waited for longer than the token lasts
      sessions.require(viewer);
      requireUnexpired(viewer, now());
      return work();
    };
    return withinTime(timeoutMs, done().finally(leave), late);
  }

  /** What opens after its time has nobody to read it. */
  async function open(args: ExecutionArgs): Promise<Source> {
    const opening = createSourceEventStream(args) as Promise<Source>;
    return withinTime(timeoutMs, opening, unopened).catch((error: unknown) => {
      opening.then(endSource, () => {});
      throw error;
    });
  }

  async function subscribe(args: ExecutionArgs): Promise<AsyncIterable<ExecutionResult> | ExecutionResult> {
    const source = await open(args);
    if (!(Symbol.asyncIterator in source)) return source;
    const { asksDatabase } = describeMessages(args);
    const group = shared.groupOf(args);
    return mapStream(source, (message, left) => {
      const known = group.resultOf(message);
      if (known) return known;
      if (asksDatabase && message.event) return inTurn(args, left, () => tell(args, group, message));
      const told = tell(args, group, message);
      return "then" in told ? withinTime(timeoutMs, told, late) : told;
    });
  }

  return {
    onValidate: ({ addValidationRule }) => addValidationRule(refuseConditionalRoot),
    onSubscribe: ({ setSubscribeFn }) => setSubscribeFn(subscribe as never),
  };
}

function endSource(source: Source): void {
  if (Symbol.asyncIterator in source) void source[Symbol.asyncIterator]().return?.();
}

function tell(args: ExecutionArgs, group: SharingGroup, message: StreamMessage): Told {
  const result = execute({ ...args, rootValue: message }) as Told;
  if (!("then" in result)) group.keep(message, result);
  return result;
}

/**
 * Not a generator: the end of one that waits for its next message would wait for that message, too. Whoever leaves is
 * told no more, not even what is being executed.
 */
function mapStream<From, To>(
  source: AsyncIterable<From>,
  map: (value: From, left: AbortSignal) => To | Promise<To>,
): AsyncIterableIterator<To> {
  const values = source[Symbol.asyncIterator]();
  const left = new AbortController();
  let endWait = () => {};
  async function leave(): Promise<IteratorResult<To>> {
    left.abort();
    endWait();
    await values.return?.();
    return END;
  }
  async function fail(error: unknown): Promise<never> {
    endWait = () => {};
    await leave();
    throw error;
  }
  const whileThere = (told: Promise<To>) =>
    new Promise<IteratorResult<To>>((resolve, reject) => {
      endWait = () => resolve(END);
      told.then(toResult, fail).then(resolve, reject);
    });
  const mapped = ({ value, done }: IteratorResult<From>) => {
    if (done || left.signal.aborted) return END;
    const told = map(value, left.signal);
    return told instanceof Promise ? whileThere(told) : toResult(told as To);
  };
  return {
    next: (): Promise<IteratorResult<To>> => values.next().then(mapped),
    return: leave,
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

const END = { value: undefined, done: true } as const;
const toResult = <T>(value: T) => ({ value, done: false as const });
