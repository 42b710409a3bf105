import type { ExecutionResult } from "graphql";
import { collapseErrors, type ErrorServices, toClientError } from "../../graphql/kit/client-errors.js";

/** An answer as a client may see it. */
export function toClientResult(result: ExecutionResult, requestId: string, services: ErrorServices): ExecutionResult {
  if (!result.errors) return result;
  return { ...result, errors: collapseErrors(result.errors.map((error) => toClientError(error, requestId, services))) };
}

/** Where there is no header to hold it. */
export function withRequestId(result: ExecutionResult, requestId: string): ExecutionResult {
  return { ...result, extensions: { ...result.extensions, requestId } };
}
