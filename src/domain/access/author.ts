import type { Actor, Viewer } from "./actor.js";
import type { Scope } from "./scopes.js";

/**
 * Who wrote something, with the rights of that time: a policy may count only the evidence of some authors. Tokens change, and
 * what was written keeps the author that it had.
 */
export interface Author extends Actor {
  /** The scopes that the token held, sorted: `admin` is one of them, and does not stand for the others here. */
  readonly scopes: readonly Scope[];
  /** Sorted. */
  readonly groups: readonly string[];
}

/** Scopes and groups are sorted, so that equal rights are one author. */
export function authorOf({ actor, scopes, groups }: Pick<Viewer, "actor" | "scopes" | "groups">): Author {
  const { issuer, subject, name, kind } = actor;
  return { issuer, subject, name, kind, scopes: [...scopes].sort(), groups: [...new Set(groups)].sort() };
}
