import type { Reader } from "../access/actor.js";
import { SCOPES, type Scope } from "../access/scopes.js";
import type { JsonObject } from "../values/json.js";

/** What a webhook may receive: the rights of the token that its owner last created or updated it with, kept as JSON. */
export interface WebhookRights extends JsonObject {
  readonly scopes: readonly Scope[];
  readonly modelGlobs: readonly string[] | null;
  readonly experimentGlobs: readonly string[] | null;
  readonly environmentGlobs: readonly string[] | null;
}

export function rightsOf({ scopes, modelGlobs, experimentGlobs, environmentGlobs }: Reader): WebhookRights {
  return { scopes: SCOPES.filter((scope) => scopes.has(scope)), modelGlobs, experimentGlobs, environmentGlobs };
}

export function readerOf(rights: WebhookRights): Reader {
  return { ...rights, scopes: new Set(rights.scopes) };
}
