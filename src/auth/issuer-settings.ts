import type { ActorKind } from "../domain/access/actor.js";
import type { ClaimRule } from "./claim-rules.js";
import type { SigningAlgorithm } from "./signing-algorithms.js";

export type TrustedKeys = { readonly jwksUrl: URL } | { readonly publicKey: string };

/** Whose tokens are taken, and how they are read. */
export interface IssuerSettings {
  readonly issuer: string;
  /** Those of whom a token's `aud` must name one. */
  readonly audience: string | readonly string[];
  readonly algorithms: readonly SigningAlgorithm[];
  readonly keys: TrustedKeys;
  /** The `typ` headers that are taken, in lower case; absent = JWT and at+jwt. A token without one is taken. */
  readonly types?: readonly string[] | undefined;
  /** Paths of the claims that hold scopes; absent = scope, scp, roles and permissions. */
  readonly scopeClaims?: readonly string[] | undefined;
  /** The path of the claim that holds a name for people; absent = name, or else preferred_username. */
  readonly nameClaim?: string | undefined;
  /** Whether its tokens speak for people or programs; absent = as each token says. */
  readonly kind?: ActorKind | undefined;
  readonly rules?: readonly ClaimRule[] | undefined;
}
