import { type ErrorCode, RegistryError, UnavailableError } from "../../domain/errors.js";
import { translateDatabaseError } from "../../store/connection/database-errors.js";
import { toLoggedError } from "../../util/logged-error.js";
import { type Answer, json } from "./answer.js";

/**
 * MLflow's code and the status of each error of the registry. A status of 5xx or 429 only where another try may succeed: the
 * client repeats those, seven times.
 */
const MLFLOW_ERRORS = {
  UNAUTHENTICATED: { code: "UNAUTHENTICATED", status: 401 },
  FORBIDDEN: { code: "PERMISSION_DENIED", status: 403 },
  NOT_FOUND: { code: "RESOURCE_DOES_NOT_EXIST", status: 404 },
  ALREADY_EXISTS: { code: "RESOURCE_ALREADY_EXISTS", status: 400 },
  INVALID_INPUT: { code: "INVALID_PARAMETER_VALUE", status: 400 },
  INVALID_DOCUMENT: { code: "BAD_REQUEST", status: 400 },
  CONFLICT: { code: "RESOURCE_CONFLICT", status: 409 },
  IN_USE: { code: "RESOURCE_CONFLICT", status: 409 },
  POLICY_NOT_MET: { code: "INVALID_STATE", status: 409 },
  HISTORY_COMPACTED: { code: "INVALID_STATE", status: 409 },
  HISTORY_DIVERGED: { code: "INVALID_STATE", status: 409 },
  TOO_COMPLEX: { code: "INVALID_PARAMETER_VALUE", status: 400 },
  RATE_LIMITED: { code: "REQUEST_LIMIT_EXCEEDED", status: 429 },
  TIMEOUT: { code: "TEMPORARILY_UNAVAILABLE", status: 503 },
  UNAVAILABLE: { code: "TEMPORARILY_UNAVAILABLE", status: 503 },
  INTERNAL: { code: "INTERNAL_ERROR", status: 500 },
} as const satisfies Record<ErrorCode, { code: string; status: number }>;

const RETRY_SECONDS = "5";

export interface ErrorLog {
  error(details: Record<string, unknown>, message: string): void;
}

/** The answer to an error: MLflow's code, and no internals. */
export function toErrorAnswer(error: unknown, requestId: string, log: ErrorLog): Answer {
  const known = error instanceof RegistryError ? error : translateDatabaseError(error);
  if (!known) {
    log.error({ requestId, err: toLoggedError(error) }, "Unexpected error");
    return refusal("INTERNAL", `Something went wrong on our side. Tell us the request id ${requestId}.`);
  }
  const answer = refusal(known.code, known.message.replaceAll("input.", ""));
  const isLater = answer.status === 503 && !(known instanceof UnavailableError && "retryAfterSeconds" in known.details);
  return isLater ? { ...answer, headers: { "retry-after": RETRY_SECONDS } } : answer;
}

function refusal(known: ErrorCode, message: string): Answer {
  const { code, status } = MLFLOW_ERRORS[known];
  return { ...json(status, { error_code: code, message }), code: known };
}

/** The answer for a path that is not here: what an MLflow server has and this one has not, too. */
export function noEndpoint(method: string, path: string): Answer {
  const message = `There is no endpoint ${method} ${path.slice(0, 200)}. This server has MLflow's model registry, experiments and runs.`;
  return { ...json(404, { error_code: "ENDPOINT_NOT_FOUND", message }), code: "NOT_FOUND" };
}

export function wrongMethod(method: string, allowed: readonly string[]): Answer {
  const message = `The method ${method} is not allowed here; allowed: ${allowed.join(", ")}.`;
  const answer = json(405, { error_code: "ENDPOINT_NOT_FOUND", message });
  return { ...answer, code: "NOT_FOUND", headers: { allow: allowed.join(", ") } };
}
