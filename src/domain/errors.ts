/** Every error code that a client can get, and whether the same request may succeed when it is sent again unchanged. */
export const ERROR_CODES = {
  UNAUTHENTICATED: { retryable: false },
  FORBIDDEN: { retryable: false },
  NOT_FOUND: { retryable: false },
  ALREADY_EXISTS: { retryable: false },
  INVALID_INPUT: { retryable: false },
  INVALID_DOCUMENT: { retryable: false },
  CONFLICT: { retryable: false },
  IN_USE: { retryable: false },
  POLICY_NOT_MET: { retryable: false },
  HISTORY_COMPACTED: { retryable: false },
  HISTORY_DIVERGED: { retryable: false },
  TOO_COMPLEX: { retryable: false },
  RATE_LIMITED: { retryable: true },
  TIMEOUT: { retryable: true },
  UNAVAILABLE: { retryable: true },
  INTERNAL: { retryable: false },
} as const satisfies Record<string, { retryable: boolean }>;

export type ErrorCode = keyof typeof ERROR_CODES;

/** An error that the client is meant to read: a stable code, a sentence, and the details that it needs to react. */
export abstract class RegistryError extends Error {
  abstract readonly code: ErrorCode;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(message: string, details: Record<string, unknown> = {}) {
    super(message);
    this.name = new.target.name;
    this.details = details;
  }

  get extensions(): Record<string, unknown> {
    return { ...this.details, code: this.code, retryable: ERROR_CODES[this.code].retryable };
  }
}

/** What is wrong with a token. */
export type TokenFault =
  | "missing"
  | "malformed"
  | "expired"
  | "claims"
  | "signature"
  | "key"
  | "algorithm"
  | "issuer"
  | "audience"
  | "revoked";

export class UnauthenticatedError extends RegistryError {
  readonly code = "UNAUTHENTICATED";
  readonly reason: TokenFault;

  constructor(message: string, reason: TokenFault) {
    super(message, { reason });
    this.reason = reason;
  }
}

export class ForbiddenError extends RegistryError {
  readonly code = "FORBIDDEN";
  constructor(message: string, requiredScopes: readonly string[]) {
    super(message, { requiredScopes });
  }
}

export class NotFoundError extends RegistryError {
  readonly code = "NOT_FOUND";
}

export class AlreadyExistsError extends RegistryError {
  readonly code = "ALREADY_EXISTS";
}

export class InvalidInputError extends RegistryError {
  readonly code = "INVALID_INPUT";
  constructor(field: string, message: string) {
    super(message, { field });
  }
}

export class InvalidDocumentError extends RegistryError {
  readonly code = "INVALID_DOCUMENT";
}

export class ConflictError extends RegistryError {
  readonly code = "CONFLICT";
}

export class InUseError extends RegistryError {
  readonly code = "IN_USE";
}

/** Rules of policies refuse a promotion. The details say which. */
export class PolicyNotMetError extends RegistryError {
  readonly code = "POLICY_NOT_MET";
}

export class HistoryCompactedError extends RegistryError {
  readonly code = "HISTORY_COMPACTED";
}

export class HistoryDivergedError extends RegistryError {
  readonly code = "HISTORY_DIVERGED";
}

export class TooComplexError extends RegistryError {
  readonly code = "TOO_COMPLEX";
}

export class TimeoutError extends RegistryError {
  readonly code = "TIMEOUT";
}

export class UnavailableError extends RegistryError {
  readonly code = "UNAVAILABLE";
}

export class RateLimitedError extends RegistryError {
  readonly code = "RATE_LIMITED";
}
