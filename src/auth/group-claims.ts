import type { JWTPayload } from "jose";
import { UnauthenticatedError } from "../domain/errors.js";
import { parseLineAt } from "./claim-lines.js";
import { claimAt } from "./claim-rules.js";
import type { IssuerSettings } from "./issuer-settings.js";

/** What most identity providers call it. */
export const GROUPS_CLAIM = "groups";
/** As many as Entra ID writes into a JWT. */
export const MAX_GROUPS = 200;
export const MAX_GROUP_CHARACTERS = 256;

/**
 * The groups of the bearer, each once, in the order of the claim. Too many are refused and not cut: which of them are left
 * would decide what the bearer may do.
 */
export function readGroups(
  claims: JWTPayload,
  { groupsClaim: path = GROUPS_CLAIM }: Pick<IssuerSettings, "groupsClaim">,
): readonly string[] {
  const place = `The token's ${path} claim`;
  const value = claimAt(claims, path);
  if (value === undefined || value === null || value === "") return Object.freeze([]);
  if (typeof value === "string") return Object.freeze([parseLineAt(place, value, MAX_GROUP_CHARACTERS)]);
  if (!Array.isArray(value) || value.some((group) => typeof group !== "string")) {
    throw new UnauthenticatedError(`${place} must be an array of strings or a string.`, "claims");
  }
  if (value.length > MAX_GROUPS) {
    throw new UnauthenticatedError(
      `${place} has ${value.length} groups; at most ${MAX_GROUPS} are allowed. Let the issuer write only those that this registry needs.`,
      "claims",
    );
  }
  const groups = value.map((group, index) => parseLineAt(`The token's ${path}[${index}]`, group, MAX_GROUP_CHARACTERS));
  return Object.freeze([...new Set(groups)]);
}
