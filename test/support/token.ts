import { generateKeyPairSync } from "node:crypto";
import { SignJWT } from "jose";
import { uuidv7 } from "uuidv7";
import { ADMIN_SCOPES, type Scope } from "../../src/domain/access/scopes.js";

export const TEST_ISSUER = "https://issuer.test";
export const TEST_AUDIENCE = "shelfmark-test";
const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
export const TEST_PUBLIC_KEY = publicKey.export({ type: "spki", format: "pem" }).toString();

/** Whose token a request carries. Default: subject "tester" with every scope that `admin` stands for and not `admin`, for all models. */
export interface As {
  readonly subject?: string;
  readonly issuer?: string;
  readonly scopes?: readonly Scope[];
  /** The `models` claim; absent = no claim. */
  readonly models?: unknown;
  /** The `experiments` and `environments` claims; absent = no claim. */
  readonly experiments?: unknown;
  readonly environments?: unknown;
  /** The `groups` claim; absent = no claim. */
  readonly groups?: unknown;
  readonly ttlSeconds?: number;
  readonly tokenId?: string;
  /** The `iat` claim, in seconds; null = none. */
  readonly issuedAt?: number | null;
  readonly name?: string;
}

export async function mintTestToken(as: As = {}): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    scope: (as.scopes ?? ADMIN_SCOPES.filter((scope) => scope !== "admin")).join(" "),
    ...(as.models === undefined ? {} : { models: as.models }),
    ...(as.experiments === undefined ? {} : { experiments: as.experiments }),
    ...(as.environments === undefined ? {} : { environments: as.environments }),
    ...(as.groups === undefined ? {} : { groups: as.groups }),
    ...(as.name ? { name: as.name } : {}),
  };
  const token = new SignJWT(claims)
    .setProtectedHeader({ alg: "ES256" })
    .setIssuer(as.issuer ?? TEST_ISSUER)
    .setAudience(TEST_AUDIENCE)
    .setSubject(as.subject ?? "tester")
    .setJti(as.tokenId ?? uuidv7())
    .setExpirationTime(now + (as.ttlSeconds ?? 3600));
  if (as.issuedAt !== null) token.setIssuedAt(as.issuedAt ?? now);
  return token.sign(privateKey);
}
