import { type KeyObject, randomUUID } from "node:crypto";
import { SignJWT } from "jose";
import type { ActorKind } from "../domain/access/actor.js";
import { ADMIN_SCOPES, type Scope } from "../domain/access/scopes.js";
import { GROUPS_CLAIM } from "./group-claims.js";
import type { LocalKeys } from "./local-keys.js";
import type { SigningAlgorithm } from "./signing-algorithms.js";

/** A key that signs tokens, and the issuer and audience that they name. */
export interface TokenSigner {
  readonly privateKey: KeyObject;
  readonly algorithm: SigningAlgorithm;
  readonly issuer: string;
  readonly audience: string;
}

export interface TokenRequest {
  readonly signer: TokenSigner;
  readonly subject: string;
  readonly scopes: readonly Scope[];
  /** Globs of model names; absent = all models. */
  readonly models?: readonly string[];
  /** Globs of experiment names and of environments; absent = all. */
  readonly experiments?: readonly string[];
  readonly environments?: readonly string[];
  /** Absent = no claim. */
  readonly groups?: readonly string[];
  readonly ttlSeconds: number;
  readonly name?: string;
  readonly kind?: ActorKind;
  readonly now: Date;
}

export function localSigner({ privateKey, trust: { issuer, audience, algorithms } }: LocalKeys): TokenSigner {
  return { privateKey, algorithm: algorithms[0], issuer, audience };
}

/** Signs a token with the requested claims. */
export function mintToken(request: TokenRequest): Promise<string> {
  const { signer, subject, scopes, models, experiments, environments, groups, ttlSeconds, name } = request;
  const { kind = "USER", now } = request;
  const issuedAt = Math.floor(now.getTime() / 1000);
  const claims = {
    scope: scopes.join(" "),
    kind: kind.toLowerCase(),
    ...(models && { models }),
    ...(experiments && { experiments }),
    ...(environments && { environments }),
    ...(groups && { [GROUPS_CLAIM]: groups }),
    ...(name && { name }),
  };
  return new SignJWT(claims)
    .setProtectedHeader({ alg: signer.algorithm, typ: "JWT" })
    .setIssuer(signer.issuer)
    .setAudience(signer.audience)
    .setSubject(subject)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + ttlSeconds)
    .setJti(randomUUID())
    .sign(signer.privateKey);
}

const DEFAULT_TTL_SECONDS = 12 * 60 * 60;

/** The token that a server in local mode prints when it starts: what `admin` stands for, valid for a working day. */
export function mintDefaultToken(keys: LocalKeys, now: Date): Promise<string> {
  return mintToken({
    signer: localSigner(keys),
    subject: "local",
    scopes: ADMIN_SCOPES,
    ttlSeconds: DEFAULT_TTL_SECONDS,
    now,
  });
}
