import type { ActorKind } from "../domain/access/actor.js";
import type { ClaimRule } from "./claim-rules.js";
import type { SigningAlgorithm } from "./signing-algorithms.js";

export type TrustedKeys =
  | { readonly jwksUrl: URL }
  | { readonly publicKey: string }
  /** The issuer whose discovery document names the address of its keys. */
  | { readonly discoverFrom: string };

/** An issuer whose tokens are accepted, and how their claims are read. */
export interface IssuerSettings {
  readonly issuer: string;
  /** A token's `aud` claim must name at least one of these. */
  readonly audience: string | readonly string[];
  readonly algorithms: readonly SigningAlgorithm[];
  readonly keys: TrustedKeys;
  /** The accepted `typ` headers, in lower case; absent = JWT and at+jwt. A token without the header is accepted. */
  readonly types?: readonly string[] | undefined;
  /** Paths of the claims that hold scopes; absent = scope, scp, roles and permissions. */
  readonly scopeClaims?: readonly string[] | undefined;
  /** The path of the claim that holds a display name; absent = name, or else preferred_username. */
  readonly nameClaim?: string | undefined;
  /** The path of the claim that holds the groups of the bearer, a list or one text; absent = groups. */
  readonly groupsClaim?: string | undefined;
  /** Paths of the claims that events keep, as who stands behind a machine. */
  readonly recordClaims?: readonly string[] | undefined;
  /** Whether its tokens belong to people or to programs; absent = decided by each token's claims. */
  readonly kind?: ActorKind | undefined;
  readonly rules?: readonly ClaimRule[] | undefined;
}
