import type { ExecutionArgs } from "graphql";
import type { Plugin } from "graphql-yoga";
import { TooComplexError } from "../../domain/errors.js";
import { type ErrorServices, toClientError } from "../../graphql/kit/client-errors.js";
import type { EntryPointContext } from "../kit/services.js";

/**
 * Refuses subscriptions that were asked for at length: the document, its variables and all that came with them are kept
 * for as long as the stream is open, and one principal may hold hundreds.
 */
export function useSubscriptionSize(maxBytes: number, services: ErrorServices): Plugin {
  return {
    onSubscribe({ args, setResultAndStopExecution }) {
      const { record } = (args as ExecutionArgs).contextValue as EntryPointContext;
      if (record.requestBytes <= maxBytes) return;
      const sentence = `A subscription is asked for in ${maxBytes} bytes at most, its document and variables together; this one has ${record.requestBytes}.`;
      const refusal = toClientError(new TooComplexError(sentence), record.requestId, services);
      setResultAndStopExecution({ errors: [refusal] });
    },
  };
}
