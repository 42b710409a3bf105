import type { Viewer } from "../domain/access/actor.js";
import { holdsScope, type Scope, TYPE_SCOPE } from "../domain/access/scopes.js";
import { ConflictError, ForbiddenError } from "../domain/errors.js";
import { requireScopes } from "./command.js";

type Type = keyof typeof TYPE_SCOPE;

/** Whether the viewer may read objects of the type. The right to change them does not include it. */
export function mayRead({ scopes }: Viewer, type: Type): boolean {
  return holdsScope(scopes, TYPE_SCOPE[type]);
}

interface Conflict {
  /** May hold current values. */
  readonly message: string;
  /** The same without current values, for a viewer who may not read the object. */
  readonly plain: string;
  /** What does not depend on the object, such as the field of the input. */
  readonly details?: Record<string, unknown>;
  readonly values: Record<string, unknown>;
}

/** A CONFLICT with the state of an object of the type. A viewer who may not read such objects gets none of its values. */
export function conflictWith(viewer: Viewer, type: Type, { message, plain, details, values }: Conflict): ConflictError {
  return mayRead(viewer, type)
    ? new ConflictError(message, { ...details, ...values })
    : new ConflictError(plain, details);
}

/**
 * Like `requireScopes`, for scopes that depend on the state of an object of the type. A viewer who may not read such objects
 * gets the plain sentence and no list of scopes, since the list would show the state.
 */
export function requireScopesOfState(
  viewer: Viewer,
  type: Type,
  { scopes, action, plain }: { scopes: readonly Scope[]; action: string; plain: string },
): void {
  if (mayRead(viewer, type)) requireScopes(viewer, scopes, action);
  else if (!scopes.every((scope) => holdsScope(viewer.scopes, scope))) throw new ForbiddenError(plain, []);
}
