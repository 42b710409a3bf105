import type { Actor } from "./actor.js";
import type { Scope } from "./scopes.js";

/** Who wrote a value, with the scopes and groups that the token had then. */
export interface Author extends Actor {
  readonly scopes: readonly Scope[];
  readonly groups: readonly string[];
}
