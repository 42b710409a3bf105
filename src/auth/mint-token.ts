import { randomUUID } from "node:crypto";
import { SignJWT } from "jose";
import type { ActorKind } from "../domain/actor.js";
import { SCOPES, type Scope } from "../domain/policy.js";
import { LOCAL_ALGORITHM, type LocalKeys } from "./local-keys.js";

export interface TokenRequest {
  readonly keys: LocalKeys;
  readonly subject: string;
  readonly scopes: readonly Scope[];
  /** Globs of model names; absent = all models. */
  readonly models?: readonly string[];
  /** Globs of experiment names and of environments; absent = all. */
  readonly experiments?: readonly string[];
  readonly environments?: readonly string[];
  readonly ttlSeconds: number;
  readonly name?: string;
  readonly kind?: ActorKind;
  readonly now: Date;
}

/** A token of local mode, signed with the key in the data folder. */
export function mintToken(request: TokenRequest): Promise<string> {
  const { keys, subject, scopes, models, experiments, environments, ttlSeconds, name, kind = "USER", now } = request;
  const issuedAt = Math.floor(now.getTime() / 1000);
  const claims = {
    scope: scopes.join(" "),
    kind: kind.toLowerCase(),
    ...(models && { models }),
    ...(experiments && { experiments }),
    ...(environments && { environments }),
    ...(name && { name }),
  };
  return new SignJWT(claims)
    .setProtectedHeader({ alg: LOCAL_ALGORITHM, typ: "JWT" })
    .setIssuer(keys.trust.issuer)
    .setAudience(keys.trust.audience)
    .setSubject(subject)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + ttlSeconds)
    .setJti(randomUUID())
    .sign(keys.privateKey);
}

const DEFAULT_TTL_SECONDS = 12 * 60 * 60;

/** The token that a server in local mode prints when it starts: everything, for a working day. */
export function mintDefaultToken(keys: LocalKeys, now: Date): Promise<string> {
  return mintToken({ keys, subject: "local", scopes: SCOPES, ttlSeconds: DEFAULT_TTL_SECONDS, now });
}
