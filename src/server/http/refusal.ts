import { ERROR_CODES, type ErrorCode } from "../../domain/errors.js";

/** Why a request is refused before GraphQL sees it. */
export interface Refusal {
  readonly code: ErrorCode;
  readonly message: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** The body of the response: the same shape as an error of GraphQL. */
export function toRefusalBody({ code, message, details }: Refusal, requestId: string): string {
  const extensions = { ...details, code, retryable: ERROR_CODES[code].retryable, requestId };
  return JSON.stringify({ errors: [{ message, extensions }] });
}
