import {
  AlreadyExistsError,
  ConflictError,
  InvalidInputError,
  type RegistryError,
  TimeoutError,
  TooComplexError,
  UnavailableError,
} from "../../domain/errors.js";
import { RESULT_TOO_LARGE } from "./large-results.js";

interface DatabaseFailure {
  /** SQLSTATEs (PostgreSQL, Appendix A), Prisma's P-codes, and codes of network errors. */
  readonly codes: readonly string[];
  readonly constraint: string | null;
}

/** The error that a client gets for a violated constraint. */
const CONSTRAINT_ERRORS: Record<string, () => RegistryError> = {
  model_live_name_key: () => new AlreadyExistsError("A model of this name already exists."),
  experiment_live_name_key: () =>
    new AlreadyExistsError("An experiment of this name already exists.", { field: "input.name" }),
  dataset_live_key: () => new AlreadyExistsError("A dataset of this name and digest already exists."),
  model_version_number_key: () => new ConflictError("This version number was given to another version."),
  model_version_exclusive_stage_key: () =>
    new ConflictError("A policy allows the stage one holder, and another version is in it."),
  promotion_request_live_stage_key: () => new AlreadyExistsError("Such a request is open already."),
  promotion_request_live_alias_key: () => new AlreadyExistsError("Such a request is open already."),
  policy_change_request_open_key: () => new AlreadyExistsError("A change of the policy is waiting already."),
  policy_protected: () => new ConflictError("The policy is protected: a change waits for a second person."),
  alias_pkey: () => new ConflictError("This alias was set by someone else at the same time."),
  model_version_write_once: () =>
    new ConflictError("The source, digest, signature, flavors, run and status of a READY version are fixed."),
  model_version_ready_to_serve_check: () => new ConflictError("Only a READY version can be in STAGING or PRODUCTION."),
  append_only: () => new ConflictError("History is append-only."),
};

const UNSTORABLE_TEXT = new Set(["22021", "22P05"]);
const TIMEOUTS = new Set(["57014"]);
const UNAVAILABLE = new Set([
  "P1001",
  "P1002",
  "P1008",
  "P1017",
  "P2024",
  "P2028",
  "P2034",
  "P2037",
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "08000",
  "08001",
  "08003",
  "08004",
  "08006",
  "53300",
  "57P01",
  "57P02",
  "57P03",
  "57P04",
  "57P05",
  "3D000",
  "55000",
  "40001",
  "40P01",
  "55P03",
  "25006",
]);
const UNAVAILABLE_MESSAGE =
  /Connection terminated|timeout exceeded when trying to connect|Can't reach database server|Server has closed the connection|Client has encountered a connection error|Cannot use a pool after calling end/;

/** The registry's error for an error of the database; null if the error is unexpected. */
export function translateDatabaseError(error: unknown): RegistryError | null {
  const failure = describe(error);
  const known = failure.constraint ? CONSTRAINT_ERRORS[failure.constraint] : undefined;
  if (known) return known();
  if (failure.codes.some((code) => UNSTORABLE_TEXT.has(code))) {
    return new InvalidInputError("input", "Text must be well-formed Unicode without the character U+0000.");
  }
  if (failure.codes.some((code) => TIMEOUTS.has(code))) {
    return new TimeoutError("The database did not answer within the time allowed for one statement.");
  }
  if (failure.codes.includes(RESULT_TOO_LARGE)) {
    return new TooComplexError("The database returned more than is allowed for one statement. Ask for less at once.");
  }
  if (failure.codes.some((code) => UNAVAILABLE.has(code)) || isConnectionLost(error)) {
    return new UnavailableError("The database cannot be reached or is too busy right now. Try again shortly.");
  }
  return null;
}

/** Whether the transaction failed by a deadlock or a serialization failure. It was rolled back, so it can be repeated. */
export function isRolledBackByConcurrency(error: unknown): boolean {
  return describe(error).codes.some((code) => code === "40001" || code === "40P01" || code === "P2034");
}

/** The error with all errors that it wraps: its causes, and Prisma's `meta.driverAdapterError.cause`. */
function unwrap(error: unknown): Record<string, unknown>[] {
  const links: Record<string, unknown>[] = [];
  const queue: unknown[] = [error];
  while (queue.length > 0 && links.length < 12) {
    const next = queue.shift();
    if (next === null || typeof next !== "object") continue;
    const link = next as Record<string, unknown>;
    links.push(link);
    queue.push(link.cause, link.meta, link.driverAdapterError, link.constraint);
    if (Array.isArray(link.errors)) queue.push(...link.errors);
  }
  return links;
}

function describe(error: unknown): DatabaseFailure {
  const codes: string[] = [];
  let constraint: string | null = null;
  for (const link of unwrap(error)) {
    for (const code of [link.code, link.originalCode]) if (typeof code === "string") codes.push(code);
    if (typeof link.constraint === "string") constraint ??= link.constraint;
    const message = typeof link.originalMessage === "string" ? link.originalMessage : link.message;
    const named = typeof message === "string" ? /constraint "([a-z_]+)"/.exec(message) : null;
    if (named?.[1] && named[1] in CONSTRAINT_ERRORS) constraint ??= named[1];
  }
  return { codes, constraint };
}

function isConnectionLost(error: unknown): boolean {
  return unwrap(error).some((link) => typeof link.message === "string" && UNAVAILABLE_MESSAGE.test(link.message));
}
