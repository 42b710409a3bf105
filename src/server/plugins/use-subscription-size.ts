import type { Plugin } from "graphql-yoga";
import { TooComplexError } from "../../domain/errors.js";
import { type ErrorServices, toClientError } from "../../graphql/kit/client-errors.js";
import type { EntryPointContext } from "../kit/services.js";

/**
 * Refuses subscriptions whose request is long: the document, its variables and the rest of the request are held as long
 * as the stream is open, and one actor may hold hundreds.
 */
export function useSubscriptionSize(maxBytes: number, services: ErrorServices): Plugin<EntryPointContext> {
  return {
    onSubscribe({ args, setResultAndStopExecution }) {
      const { requestId, requestBytes } = args.contextValue.record;
      if (requestBytes <= maxBytes) return;
      const error = new TooComplexError(
        `A subscription may have ${maxBytes} bytes at most, its document and variables together; this one has ${requestBytes}.`,
      );
      setResultAndStopExecution({ errors: [toClientError(error, requestId, services)] });
    },
  };
}
