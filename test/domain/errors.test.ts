import { expect, test } from "vitest";
import * as errors from "../../src/domain/errors.js";

test("the codes of requests that may succeed when they are sent again unchanged", () => {
  const retryable = Object.entries(errors.ERROR_CODES).filter(([, { retryable }]) => retryable);
  expect(retryable.map(([code]) => code)).toEqual(["RATE_LIMITED", "TIMEOUT", "UNAVAILABLE"]);
});

test("every error class has a code of the list, and shows it in its extensions", () => {
  const made = [
    new errors.UnauthenticatedError("m", "missing"),
    new errors.ForbiddenError("m", ["models:read"]),
    new errors.NotFoundError("m"),
    new errors.AlreadyExistsError("m", { name: "x" }),
    new errors.InvalidInputError("input.name", "m"),
    new errors.InvalidDocumentError("m"),
    new errors.ConflictError("m", { code: "OTHER", retryable: true }),
    new errors.InUseError("m", { dependents: [] }),
    new errors.PolicyNotMetError("m", { rules: [] }),
    new errors.HistoryCompactedError("m"),
    new errors.HistoryDivergedError("m"),
    new errors.TooComplexError("m"),
    new errors.RateLimitedError("m", { retryAfterSeconds: 7 }),
    new errors.TimeoutError("m"),
    new errors.UnavailableError("m"),
  ];
  const classes = Object.values(errors).filter(
    (value) => typeof value === "function" && value !== errors.RegistryError,
  );
  expect(new Set(made.map((error) => error.constructor))).toEqual(new Set(classes));
  expect(Object.fromEntries(made.map((error) => [error.name, error.extensions]))).toMatchInlineSnapshot(`
    {
      "AlreadyExistsError": {
        "code": "ALREADY_EXISTS",
        "name": "x",
        "retryable": false,
      },
      "ConflictError": {
        "code": "CONFLICT",
        "retryable": false,
      },
      "ForbiddenError": {
        "code": "FORBIDDEN",
        "requiredScopes": [
          "models:read",
        ],
        "retryable": false,
      },
      "HistoryCompactedError": {
        "code": "HISTORY_COMPACTED",
        "retryable": false,
      },
      "HistoryDivergedError": {
        "code": "HISTORY_DIVERGED",
        "retryable": false,
      },
      "InUseError": {
        "code": "IN_USE",
        "dependents": [],
        "retryable": false,
      },
      "InvalidDocumentError": {
        "code": "INVALID_DOCUMENT",
        "retryable": false,
      },
      "InvalidInputError": {
        "code": "INVALID_INPUT",
        "field": "input.name",
        "retryable": false,
      },
      "NotFoundError": {
        "code": "NOT_FOUND",
        "retryable": false,
      },
      "PolicyNotMetError": {
        "code": "POLICY_NOT_MET",
        "retryable": false,
        "rules": [],
      },
      "RateLimitedError": {
        "code": "RATE_LIMITED",
        "retryAfterSeconds": 7,
        "retryable": true,
      },
      "TimeoutError": {
        "code": "TIMEOUT",
        "retryable": true,
      },
      "TooComplexError": {
        "code": "TOO_COMPLEX",
        "retryable": false,
      },
      "UnauthenticatedError": {
        "code": "UNAUTHENTICATED",
        "reason": "missing",
        "retryable": false,
      },
      "UnavailableError": {
        "code": "UNAVAILABLE",
        "retryable": true,
      },
    }
  `);
  for (const error of made) expect(error).toMatchObject({ message: "m", name: error.constructor.name });
});
