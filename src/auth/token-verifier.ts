import type { webcrypto } from "node:crypto";
import { errors, type JWTPayload, type JWTVerifyGetKey, type JWTVerifyResult, jwtVerify } from "jose";
import type { Viewer } from "../domain/access/actor.js";
import { RegistryError, type TokenFault, UnauthenticatedError } from "../domain/errors.js";
import type { IssuerSettings } from "./issuer-settings.js";
import { createDiscoveredKeys, createRemoteKeys } from "./remote-keys.js";
import { readPublicKey } from "./signing-algorithms.js";
import { toViewer } from "./viewer-claims.js";

const MAX_TOKEN_CHARACTERS = 16 * 1024;
export const CLOCK_TOLERANCE_SECONDS = 30;
const TOKEN_TYPES: readonly string[] = ["jwt", "at+jwt", "application/jwt", "application/at+jwt"];

export interface TokenVerifierOptions extends IssuerSettings {
  readonly now: () => Date;
}

export interface TokenVerifier {
  /** The viewer of a token. Throws an UnauthenticatedError, or an UnavailableError when the keys cannot be fetched. */
  verify(token: string): Promise<Viewer>;
}

/** A verifier that remembers the tokens that it verified. */
export interface RememberingVerifier extends TokenVerifier {
  /**
   * The viewer of a token that was verified a moment ago; null if it must be verified anew. Throws an UnauthenticatedError for
   * a token that is refused since.
   */
  recall(token: string): Viewer | null;
}

const NOT_SUPPORTED = "The token requires an algorithm or an extension that is not supported.";
const CLAIM_SENTENCES: Readonly<Record<string, string>> = {
  iss: "The token is from an issuer that is not trusted here.",
  aud: "The token is meant for another audience.",
  nbf: "The token is not valid yet.",
};

const CLAIM_FAULTS: Readonly<Record<string, TokenFault>> = { iss: "issuer", aud: "audience" };

function describeClaim(error: errors.JWTClaimValidationFailed): string {
  if (error.reason === "missing") return `The token has no ${error.claim} claim.`;
  if (error.reason === "invalid") return `The token's ${error.claim} claim must be a number.`;
  return CLAIM_SENTENCES[error.claim] ?? `The token's ${error.claim} claim is not acceptable.`;
}

/** The refusal for a verification error. Its message reveals nothing of the token or the key. */
function toRefusal(error: unknown, algorithms: readonly string[]): UnauthenticatedError {
  const refuse = (reason: TokenFault, sentence: string) => new UnauthenticatedError(sentence, reason);
  if (error instanceof errors.JWTExpired) return refuse("expired", "The token has expired.");
  if (error instanceof errors.JWTClaimValidationFailed)
    return refuse(CLAIM_FAULTS[error.claim] ?? "claims", describeClaim(error));
  if (error instanceof errors.JOSEAlgNotAllowed) {
    const allowed = algorithms.join(", ");
    return refuse(
      "algorithm",
      `The token is signed with an algorithm that is not allowed here; allowed are ${allowed}.`,
    );
  }
  if (error instanceof errors.JWSSignatureVerificationFailed)
    return refuse("signature", "The token's signature does not match the issuer's key.");
  if (error instanceof errors.JWKSNoMatchingKey)
    return refuse("key", "The token is signed with a key that the issuer does not list.");
  if (error instanceof errors.JOSENotSupported) return refuse("algorithm", NOT_SUPPORTED);
  if (error instanceof errors.JWSInvalid || error instanceof errors.JWTInvalid)
    return refuse("malformed", "The token is not a well-formed JWT.");
  return refuse("key", "The token's signing key has a type or size that is not allowed here.");
}

/** A token without a key id may match several keys of a set. */
async function verifyWithAny(
  candidates: errors.JWKSMultipleMatchingKeys,
  verifyWith: (key: webcrypto.CryptoKey) => Promise<JWTVerifyResult>,
): Promise<JWTVerifyResult> {
  for await (const key of candidates) {
    try {
      return await verifyWith(key);
    } catch (error) {
      if (!(error instanceof errors.JWSSignatureVerificationFailed || error instanceof TypeError)) throw error;
    }
  }
  throw new errors.JWSSignatureVerificationFailed();
}

function checkHeader({ protectedHeader }: JWTVerifyResult, types: readonly string[] = TOKEN_TYPES): void {
  const { typ, crit } = protectedHeader;
  if (crit !== undefined) throw new UnauthenticatedError(NOT_SUPPORTED, "algorithm");
  if (typ !== undefined && !(typeof typ === "string" && types.includes(typ.toLowerCase()))) {
    const known = types === TOKEN_TYPES ? "JWT or at+jwt" : types.join(" or ");
    throw new UnauthenticatedError(`The token's typ header must be ${known}.`, "claims");
  }
}

/** The keys of an issuer. A source that fetches keys caches them. */
export function createKeySource({ keys, now }: Pick<TokenVerifierOptions, "keys" | "now">): JWTVerifyGetKey {
  if ("jwksUrl" in keys) return createRemoteKeys(keys.jwksUrl, now);
  if ("discoverFrom" in keys) return createDiscoveredKeys(keys.discoverFrom, now);
  const { key } = readPublicKey(keys.publicKey);
  return () => key;
}

/** Refuses a long token before anything of it is parsed. */
export function requireShort(token: string): void {
  if (token.length <= MAX_TOKEN_CHARACTERS) return;
  throw new UnauthenticatedError(`The token is longer than ${MAX_TOKEN_CHARACTERS} characters.`, "malformed");
}

/** Verifies bearer tokens of one issuer by RFC 8725. */
export function createTokenVerifier(
  options: TokenVerifierOptions,
  getKey: JWTVerifyGetKey = createKeySource(options),
): TokenVerifier {
  const { issuer, now } = options;
  const algorithms = [...options.algorithms];
  const audience = [options.audience].flat();

  async function verifyClaims(token: string): Promise<JWTPayload> {
    const settings = {
      issuer,
      audience,
      algorithms,
      currentDate: now(),
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      requiredClaims: ["exp", "sub"],
    };
    const result = await jwtVerify(token, getKey, settings).catch((error: unknown) => {
      if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error;
      return verifyWithAny(error, (key) => jwtVerify(token, key, settings));
    });
    checkHeader(result, options.types);
    return result.payload;
  }

  return {
    async verify(token) {
      requireShort(token);
      try {
        return toViewer(await verifyClaims(token), options);
      } catch (error) {
        throw error instanceof RegistryError ? error : toRefusal(error, algorithms);
      }
    },
  };
}
