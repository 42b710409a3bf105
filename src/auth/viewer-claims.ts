import type { JWTPayload } from "jose";
import type { ActorKind, Viewer } from "../domain/actor.js";
import { InvalidInputError, UnauthenticatedError } from "../domain/errors.js";
import { isScope, type Scope } from "../domain/policy.js";
import { parseLine } from "../domain/text.js";

const MAX_CHARACTERS = 1024;
const LAST_TIME = Date.UTC(9999, 11, 31);
const SCOPE_CLAIMS = ["scope", "scp", "roles", "permissions"] as const;

function requireLine(claim: string, value: unknown): string {
  if (typeof value !== "string") throw new UnauthenticatedError(`The token's ${claim} claim must be a string.`);
  try {
    return parseLine(`The token's ${claim} claim`, value, MAX_CHARACTERS);
  } catch (error) {
    throw error instanceof InvalidInputError ? new UnauthenticatedError(error.message) : error;
  }
}

function readLine(claims: JWTPayload, claim: string): string | null {
  const value = claims[claim];
  return value === undefined || value === null || value === "" ? null : requireLine(claim, value);
}

function readScopes(claims: JWTPayload): ReadonlySet<Scope> {
  const words = SCOPE_CLAIMS.flatMap((claim) => {
    const value = claims[claim];
    if (typeof value === "string") return value.split(" ");
    return Array.isArray(value) ? value.filter((word) => typeof word === "string") : [];
  });
  return new Set(words.filter(isScope));
}

function readGlobs(claims: JWTPayload, claim: "models" | "experiments" | "environments"): readonly string[] | null {
  if (!Object.hasOwn(claims, claim)) return null;
  const globs = claims[claim];
  if (!Array.isArray(globs) || globs.some((glob) => typeof glob !== "string")) {
    throw new UnauthenticatedError(`The token's ${claim} claim must be an array of strings.`);
  }
  return Object.freeze(globs.map((glob) => requireLine(claim, glob)));
}

/** A token is a program's when it says so, in our words or in those of the common identity providers. */
function readKind(claims: JWTPayload): ActorKind {
  const { kind, sub = "", gty, idtyp, client_id: clientId, azp } = claims;
  if (kind === "machine" || kind === "user") return kind === "machine" ? "MACHINE" : "USER";
  const isClient = clientId === sub || azp === sub || sub.endsWith("@clients");
  return isClient || gty === "client-credentials" || idtyp === "app" ? "MACHINE" : "USER";
}

function readExpiry(claims: JWTPayload): Date {
  const time = (claims.exp ?? Number.NaN) * 1000;
  if (!(time > 0 && time <= LAST_TIME))
    throw new UnauthenticatedError("The token's exp claim must be a time before the year 9999.");
  return new Date(time);
}

/** Who a token's claims speak of. What goes to the database is checked to be storable. */
export function toViewer(claims: JWTPayload): Viewer {
  const actor = {
    issuer: requireLine("iss", claims.iss),
    subject: requireLine("sub", claims.sub),
    name: readLine(claims, "name") ?? readLine(claims, "preferred_username"),
    kind: readKind(claims),
  };
  return Object.freeze({
    actor: Object.freeze(actor),
    scopes: readScopes(claims),
    modelGlobs: readGlobs(claims, "models"),
    experimentGlobs: readGlobs(claims, "experiments"),
    environmentGlobs: readGlobs(claims, "environments"),
    tokenId: readLine(claims, "jti"),
    expiresAt: readExpiry(claims),
  });
}
