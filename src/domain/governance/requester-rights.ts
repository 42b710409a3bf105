import type { Actor, Viewer } from "../access/actor.js";
import { SCOPES, type Scope } from "../access/scopes.js";

/** Who moves a version, with the rights of a token: the viewer, or the requester of a promotion that an approval executes. */
export type Mover = Pick<Viewer, "actor" | "scopes" | "groups" | "modelGlobs">;

/** What a request that executes itself keeps of its requester's token. JSON, as it is stored. */
export type RequesterRights = {
  readonly scopes: readonly Scope[];
  readonly groups: readonly string[];
  readonly modelGlobs: readonly string[] | null;
  /** The token's `jti` and `iat`, by which it can be revoked. */
  readonly tokenId: string | null;
  readonly issuedAt: string | null;
};

export function requesterRightsOf({ scopes, groups, modelGlobs, tokenId, issuedAt }: Viewer): RequesterRights {
  return {
    scopes: SCOPES.filter((scope) => scopes.has(scope)),
    groups,
    modelGlobs,
    tokenId,
    issuedAt: issuedAt?.toISOString() ?? null,
  };
}

export function moverOf(actor: Actor, { scopes, groups, modelGlobs }: RequesterRights): Mover {
  return { actor, scopes: new Set(scopes), groups, modelGlobs };
}
