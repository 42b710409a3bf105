import type { ExecutionResult } from "graphql";
import type { Plugin } from "graphql-yoga";
import type { ErrorServices } from "../../graphql/kit/client-errors.js";
import { toClientResult } from "../kit/client-result.js";
import { withStatus } from "../kit/http-status.js";
import type { HttpContext } from "../kit/services.js";
import { codesOf } from "../requests/request-record.js";

/**
 * Replaces the errors of a result by what a client may see, and chooses the HTTP status. It is the last step: until then
 * errors keep their cause.
 */
export function useClientResults(services: ErrorServices): Plugin<object, HttpContext> {
  return {
    onResultProcess({ result, setResult, serverContext }) {
      // a ClientStream has done so for each of its results
      if (Symbol.asyncIterator in result) return;
      const clientResult = toClientResult(result as ExecutionResult, serverContext.record.requestId, services);
      serverContext.codes = codesOf(clientResult);
      setResult(withStatus(clientResult));
    },
  };
}
