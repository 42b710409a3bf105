import { decodeJwt, type JWTVerifyGetKey } from "jose";
import type { Viewer } from "../domain/access/actor.js";
import { UnauthenticatedError } from "../domain/errors.js";
import type { IssuerSettings } from "./issuer-settings.js";
import {
  createKeySource,
  createTokenVerifier,
  type RememberingVerifier,
  requireShort,
  type TokenVerifier,
} from "./token-verifier.js";
import { rememberVerified } from "./verified-tokens.js";

interface Trusted {
  /** The settings as JSON, to see whether they have changed. */
  readonly text: string;
  readonly verifier: RememberingVerifier;
}

/** Any number of issuers, each with its own keys and rules. A key is never tried on another issuer's token. */
export interface TrustedIssuers extends RememberingVerifier {
  /** From now on trusts these issuers and no others. */
  replace(issuers: readonly IssuerSettings[]): void;
  /** Whether the viewer's token was verified with the current settings of its issuer. */
  isCurrent(viewer: Viewer): boolean;
}

export function createTrustedIssuers(issuers: readonly IssuerSettings[], now: () => Date): TrustedIssuers {
  let trusted = new Map<string, Trusted>();
  let keySources = new Map<string, JWTVerifyGetKey>();

  const verifierOf = new WeakMap<Viewer, TokenVerifier>();

  function replace(next: readonly IssuerSettings[]): void {
    const before = trusted;
    const sources = new Map<string, JWTVerifyGetKey>();
    trusted = new Map();
    for (const settings of next) {
      const keys = JSON.stringify(settings.keys);
      const getKey = keySources.get(keys) ?? createKeySource({ ...settings, now });
      sources.set(keys, getKey);
      const text = JSON.stringify(settings);
      const known = before.get(settings.issuer);
      const create = () => rememberVerified(createTokenVerifier({ ...settings, now }, getKey), now);
      trusted.set(settings.issuer, known?.text === text ? known : { text, verifier: create() });
    }
    keySources = sources;
  }

  async function verifyBy(verifier: TokenVerifier, token: string): Promise<Viewer> {
    const viewer = await verifier.verify(token);
    verifierOf.set(viewer, verifier);
    return viewer;
  }

  function verifierFor(token: string): RememberingVerifier {
    requireShort(token);
    const [first] = trusted.values();
    if (first && trusted.size === 1) return first.verifier;
    const found = trusted.get(issuerOf(token) ?? "");
    if (!found) throw new UnauthenticatedError("The token is from an issuer that is not trusted here.", "issuer");
    return found.verifier;
  }

  replace(issuers);
  return {
    replace,
    isCurrent(viewer) {
      const verifier = verifierOf.get(viewer);
      return verifier !== undefined && trusted.get(viewer.actor.issuer)?.verifier === verifier;
    },
    recall(token) {
      // a viewer of before was verified by the verifier that remembers it
      return verifierFor(token).recall(token);
    },
    async verify(token) {
      return verifyBy(verifierFor(token), token);
    },
  };
}

/** The unverified issuer of a token. It only chooses whose keys must have signed the token. */
export function issuerOf(token: string): string | undefined {
  try {
    const { iss } = decodeJwt(token);
    return typeof iss === "string" ? iss : undefined;
  } catch {
    throw new UnauthenticatedError("The token is not a well-formed JWT.", "malformed");
  }
}
