import { decodeJwt, type JWTVerifyGetKey } from "jose";
import { UnauthenticatedError } from "../domain/errors.js";
import type { IssuerSettings } from "./issuer-settings.js";
import { createKeySource, createTokenVerifier, requireShort, type TokenVerifier } from "./token-verifier.js";

interface Trusted {
  /** The settings as a text, to tell whether they have changed. */
  readonly text: string;
  readonly verifier: TokenVerifier;
}

/** Any number of issuers, each with keys and rules of its own: no key is ever tried on another issuer's token. */
export interface TrustedIssuers extends TokenVerifier {
  /** Trusts these from now on, and no others. Returns the issuers whose tokens mean something else now, or nothing. */
  replace(issuers: readonly IssuerSettings[]): readonly string[];
}

export function createTrustedIssuers(issuers: readonly IssuerSettings[], now: () => Date): TrustedIssuers {
  let trusted = new Map<string, Trusted>();
  let keySources = new Map<string, JWTVerifyGetKey>();

  function replace(next: readonly IssuerSettings[]): readonly string[] {
    const before = trusted;
    const sources = new Map<string, JWTVerifyGetKey>();
    trusted = new Map();
    for (const settings of next) {
      const keys = JSON.stringify(settings.keys);
      const getKey = keySources.get(keys) ?? createKeySource({ ...settings, now });
      sources.set(keys, getKey);
      const text = JSON.stringify(settings);
      const verifier = before.get(settings.issuer);
      trusted.set(
        settings.issuer,
        verifier?.text === text ? verifier : { text, verifier: createTokenVerifier({ ...settings, now }, getKey) },
      );
    }
    keySources = sources;
    return [...before].flatMap(([issuer, { text }]) => (trusted.get(issuer)?.text === text ? [] : [issuer]));
  }

  replace(issuers);
  return {
    replace,
    async verify(token) {
      requireShort(token);
      const [only, ...others] = trusted.values();
      if (only && others.length === 0) return only.verifier.verify(token);
      const found = trusted.get(issuerOf(token) ?? "");
      if (!found) throw new UnauthenticatedError("The token comes from an issuer that is not trusted here.");
      return found.verifier.verify(token);
    },
  };
}

/** Not verified: it only chooses whose keys must have signed the token. */
export function issuerOf(token: string): string | undefined {
  try {
    const { iss } = decodeJwt(token);
    return typeof iss === "string" ? iss : undefined;
  } catch {
    throw new UnauthenticatedError("The token is not a well-formed JWT.");
  }
}
