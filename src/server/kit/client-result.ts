import type { ExecutionResult } from "graphql";
import { collapseErrors, type ErrorServices, toClientError } from "../../graphql/kit/client-errors.js";

/** A result with its errors as a client may see them. */
export function toClientResult(result: ExecutionResult, requestId: string, services: ErrorServices): ExecutionResult {
  if (!result.errors) return result;
  return { ...result, errors: collapseErrors(result.errors.map((error) => toClientError(error, requestId, services))) };
}

/** For a transport without headers. */
export function withRequestId(result: ExecutionResult, requestId: string): ExecutionResult {
  return { ...result, extensions: { ...result.extensions, requestId } };
}
