import type { JWTPayload } from "jose";
import { InvalidInputError, UnauthenticatedError } from "../domain/errors.js";
import { parseAnyLine } from "../domain/values/text.js";
import { claimAt } from "./claim-rules.js";

const MAX_CHARACTERS = 1024;

/** Checks one line of text of a token. The database can store it. `place` starts the sentence: "The token's sub claim". */
export function parseLineAt(place: string, value: unknown, max = MAX_CHARACTERS): string {
  if (typeof value !== "string") throw new UnauthenticatedError(`${place} must be a string.`, "claims");
  try {
    return parseAnyLine(place, value, max);
  } catch (error) {
    throw error instanceof InvalidInputError ? new UnauthenticatedError(error.message, "claims") : error;
  }
}

export function requireLine(claim: string, value: unknown): string {
  return parseLineAt(`The token's ${claim} claim`, value);
}

export function readLine(claims: JWTPayload, claim: string): string | null {
  const value = claimAt(claims, claim);
  return value === undefined || value === null || value === "" ? null : requireLine(claim, value);
}
