import type { JWTPayload } from "jose";
import type { ActorKind, Coverage, RecordedClaims, Viewer } from "../domain/access/actor.js";
import { type CombinedGrants, combineGrants, type Grant } from "../domain/access/grant.js";
import { SCOPES, type Scope } from "../domain/access/scopes.js";
import { UnauthenticatedError } from "../domain/errors.js";
import { isStorable } from "../domain/values/text.js";
import { readLine, requireLine } from "./claim-lines.js";
import { claimAt, findUnmet } from "./claim-rules.js";
import { readGroups } from "./group-claims.js";
import type { IssuerSettings } from "./issuer-settings.js";

/** Enough for a URL or the path of a workflow. */
const RECORDED_CHARACTERS = 256;
const LAST_TIME = Date.UTC(9999, 11, 31);
export const SCOPE_CLAIMS = ["scope", "scp", "roles", "permissions"] as const;
const NAME_CLAIMS = ["name", "preferred_username"] as const;

/** The known scopes in these claims, each a text of words separated by blanks or a list of words. */
function readScopes(claims: JWTPayload, names: readonly string[]): readonly Scope[] {
  const words = names.flatMap((name) => {
    const value = claimAt(claims, name);
    if (typeof value === "string") return value.split(" ");
    return Array.isArray(value) ? value : [];
  });
  return SCOPES.filter((scope) => words.includes(scope));
}

function readGlobs(claims: JWTPayload, claim: "models" | "experiments" | "environments"): readonly string[] | null {
  if (!Object.hasOwn(claims, claim)) return null;
  const globs = claims[claim];
  if (!Array.isArray(globs) || globs.some((glob) => typeof glob !== "string")) {
    throw new UnauthenticatedError(`The token's ${claim} claim must be an array of strings.`, "claims");
  }
  return Object.freeze(globs.map((glob) => requireLine(claim, glob)));
}

/** A token belongs to a program if a claim of ours or of a common identity provider says so. */
function readKind(claims: JWTPayload): ActorKind {
  const { kind, sub = "", gty, idtyp, client_id: clientId, azp } = claims;
  if (kind === "machine" || kind === "user") return kind === "machine" ? "MACHINE" : "USER";
  const isClient = clientId === sub || azp === sub || sub.endsWith("@clients");
  return isClient || gty === "client-credentials" || idtyp === "app" ? "MACHINE" : "USER";
}

function readExpiry(claims: JWTPayload): Date {
  const time = (claims.exp ?? Number.NaN) * 1000;
  if (!(time > 0 && time <= LAST_TIME))
    throw new UnauthenticatedError("The token's exp claim must be a time before the year 9999.", "claims");
  return new Date(time);
}

function readIssuedAt({ iat }: JWTPayload): Date | null {
  if (iat === undefined) return null;
  const time = iat * 1000;
  if (!(time >= 0 && time <= LAST_TIME))
    throw new UnauthenticatedError("The token's iat claim must be a time before the year 9999.", "claims");
  return new Date(time);
}

/** How the claims of an issuer's tokens are read. */
type ClaimSettings = Pick<
  IssuerSettings,
  "scopeClaims" | "nameClaim" | "groupsClaim" | "recordClaims" | "kind" | "rules"
>;

/** What the token's own claims restrict all of its scopes to. */
export function readCoverage(claims: JWTPayload): Coverage {
  return {
    modelGlobs: readGlobs(claims, "models"),
    experimentGlobs: readGlobs(claims, "experiments"),
    environmentGlobs: readGlobs(claims, "environments"),
  };
}

/** The token's own grant, if it names a known scope, followed by the rules that it meets, in their order. */
export function readGrants(claims: JWTPayload, { scopeClaims = SCOPE_CLAIMS, rules = [] }: ClaimSettings): Grant[] {
  const own = { source: "the token's own claims", scopes: readScopes(claims, scopeClaims), ...readCoverage(claims) };
  const met = rules.flatMap((rule, index) =>
    findUnmet(rule, claims) === null ? [{ ...rule, source: `rules[${index}]` }] : [],
  );
  return own.scopes.length > 0 ? [own, ...met] : met;
}

export function readRights(claims: JWTPayload, settings: ClaimSettings): CombinedGrants {
  return combineGrants(readCoverage(claims), readGrants(claims, settings));
}

/** They could drive the terminal of somebody who reads the audit trail. */
const CONTROL = /[\p{Cc}\p{Zl}\p{Zp}]/u;

/**
 * The claims that events keep. Only texts, numbers and true or false, since others have no bound; a long text is cut, so that
 * no token makes events large. A text that no column holds is left out: the token is valid without it.
 */
export function readRecorded(
  claims: JWTPayload,
  { recordClaims = [] }: ClaimSettings,
): { recordedClaims?: RecordedClaims } {
  const recorded = recordClaims.flatMap((path): [string, string | number | boolean][] => {
    const value = claimAt(claims, path);
    if (typeof value === "boolean") return [[path, value]];
    // an integer beyond these has lost its last digits already
    if (typeof value === "number") {
      const isFraction = Number.isFinite(value) && !Number.isInteger(value);
      return Number.isSafeInteger(value) || isFraction ? [[path, value]] : [];
    }
    return typeof value === "string" && isStorable(value) && !CONTROL.test(value) ? [[path, cutText(value)]] : [];
  });
  return recorded.length === 0 ? {} : { recordedClaims: Object.freeze(Object.fromEntries(recorded)) };
}

function cutText(text: string): string {
  const characters = Array.from(text.slice(0, 2 * RECORDED_CHARACTERS + 2));
  return characters.length <= RECORDED_CHARACTERS ? text : `${characters.slice(0, RECORDED_CHARACTERS - 1).join("")}…`;
}

/** The paths of the claims that decide about scopes, each once. */
function scopeClaimsOf({ scopeClaims = SCOPE_CLAIMS, rules = [] }: ClaimSettings): readonly string[] {
  return Object.freeze([...new Set([...scopeClaims, ...rules.flatMap(({ when }) => Object.keys(when))])]);
}

/** The viewer that a token's claims describe. Checks that the database can store every text. */
export function toViewer(claims: JWTPayload, settings: ClaimSettings = {}): Viewer {
  const names = settings.nameClaim === undefined ? NAME_CLAIMS : [settings.nameClaim];
  const actor = {
    issuer: requireLine("iss", claims.iss),
    subject: requireLine("sub", claims.sub),
    name: names.map((name) => readLine(claims, name)).find((name) => name !== null) ?? null,
    kind: settings.kind ?? readKind(claims),
  };
  const { scopes, modelGlobs, experimentGlobs, environmentGlobs } = readRights(claims, settings);
  return Object.freeze({
    actor: Object.freeze(actor),
    scopes,
    modelGlobs,
    experimentGlobs,
    environmentGlobs,
    groups: readGroups(claims, settings),
    scopeClaims: scopeClaimsOf(settings),
    ...readRecorded(claims, settings),
    tokenId: readLine(claims, "jti"),
    issuedAt: readIssuedAt(claims),
    expiresAt: readExpiry(claims),
  });
}
