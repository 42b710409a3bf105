import { createSourceEventStream, type ExecutionArgs, type ExecutionResult } from "graphql";
import type { Plugin } from "graphql-yoga";
import type { StreamMessage } from "../../store/events/event-stream.js";
import { withinTime } from "../kit/within-time.js";
import { refuseConditionalRoot } from "../limits/root-condition-rule.js";
import { TakenSubscription } from "./client-stream.js";
import { MessageTeller, type TellerServices } from "./message-executor.js";

type Source = AsyncIterableIterator<StreamMessage> | ExecutionResult;

/** Takes subscriptions for their doors to open: what their messages say is not yoga's to execute. */
export function useStreamMessages(services: TellerServices): Plugin {
  const { timeoutMs } = services;
  const unopened = `The subscription was not open within ${timeoutMs} ms. Subscribe again.`;

  /** What opens after its time has nobody to read it. */
  async function open(args: ExecutionArgs): Promise<Source> {
    const opening = createSourceEventStream(args) as Promise<Source>;
    return withinTime(timeoutMs, opening, unopened).catch((error: unknown) => {
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
