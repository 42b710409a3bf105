import { createSourceEventStream, type ExecutionArgs, type ExecutionResult } from "graphql";
import type { Plugin } from "graphql-yoga";
import type { GraphQLContext } from "../graphql/context.js";
import type { StreamMessage } from "../store/event-stream.js";
import { withinTime } from "./execution.js";
import { MessageTeller, type TellerServices } from "./message-teller.js";
import type { StreamTurns } from "./stream-turns.js";
import { TakenSubscription } from "./subscription.js";
import { refuseConditionalRoot } from "./subscription-root.js";

type Source = AsyncIterableIterator<StreamMessage> | ExecutionResult;

/**
 * Takes subscriptions for their doors to open, a few at once, since where they begin is asked of the database: what their
 * messages say is not yoga's to execute.
 */
export function useStreamMessages(services: TellerServices, openings: StreamTurns): Plugin {
  const { timeoutMs } = services;
  const unopened = `The subscription was not open within ${timeoutMs} ms. Subscribe again.`;

  async function openInTurn(args: ExecutionArgs, givenUp: AbortSignal): Promise<Source> {
    const leave = await openings.take((args.contextValue as GraphQLContext).viewer.actor, givenUp);
    return (createSourceEventStream(args) as Promise<Source>).finally(leave);
  }

  /** What opens after its time has nobody to read it. */
  async function open(args: ExecutionArgs): Promise<Source> {
    const givenUp = new AbortController();
    const opening = openInTurn(args, givenUp.signal);
    return withinTime(timeoutMs, opening, unopened).catch((error: unknown) => {
      givenUp.abort();
      opening.then(endSource, () => {});
      throw error;
    });
  }

  async function subscribe(args: ExecutionArgs): Promise<TakenSubscription | ExecutionResult> {
    const source = await open(args);
    return isStream(source) ? new TakenSubscription(source, new MessageTeller(args, services)) : source;
  }

  return {
    onValidate: ({ addValidationRule }) => addValidationRule(refuseConditionalRoot),
    onSubscribe: ({ setSubscribeFn }) => setSubscribeFn(subscribe as never),
  };
}

function isStream(source: Source): source is AsyncIterableIterator<StreamMessage> {
  return Symbol.asyncIterator in source;
}

function endSource(source: Source): void {
  if (isStream(source)) void source.return?.();
}
