import { createSourceEventStream, type ExecutionArgs, type ExecutionResult } from "graphql";
import type { Plugin } from "graphql-yoga";
import type { StreamMessage } from "../store/event-stream.js";
import { MessageTeller, type TellerServices } from "./message-teller.js";
import { TakenSubscription } from "./subscription.js";
import { refuseConditionalRoot } from "./subscription-root.js";

/** Takes subscriptions for their doors to open: what their messages say is not yoga's to execute. */
export function useStreamMessages(services: TellerServices): Plugin {
  async function subscribe(args: ExecutionArgs): Promise<TakenSubscription | ExecutionResult> {
    const source = await createSourceEventStream(args);
    if (!(Symbol.asyncIterator in source)) return source;
    return new TakenSubscription(source as AsyncIterableIterator<StreamMessage>, new MessageTeller(args, services));
  }

  return {
    onValidate: ({ addValidationRule }) => addValidationRule(refuseConditionalRoot),
    onSubscribe: ({ setSubscribeFn }) => setSubscribeFn(subscribe as never),
  };
}
