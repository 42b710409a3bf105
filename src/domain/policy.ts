/** What a token may be allowed. */
export const SCOPES = [
  "models:read",
  "models:write",
  "models:delete",
  "aliases:write",
  "stages:staging",
  "stages:production",
  "stages:archived",
  "stages:approve",
  "runs:read",
  "runs:write",
  "artifacts:read",
  "deployments:write",
  "audit:read",
  "policies:write",
  "grants:write",
  "webhooks:write",
  "admin",
] as const;
export type Scope = (typeof SCOPES)[number];

const KNOWN_SCOPES: ReadonlySet<string> = new Set(SCOPES);

export function isScope(text: string): text is Scope {
  return KNOWN_SCOPES.has(text);
}

/** `admin` stands for every scope. */
export function holdsScope(scopes: ReadonlySet<Scope>, scope: Scope): boolean {
  return scopes.has(scope) || scopes.has("admin");
}

/** What a command asks for before it looks anything up. A move also asks for the scopes of its stages (domain/stage.ts). */
export const COMMAND_SCOPE = {
  registerModel: "models:write",
  updateModel: "models:write",
  renameModel: "models:write",
  deleteModel: "models:delete",
  restoreModel: "models:delete",
  createModelVersion: "models:write",
  updateModelVersion: "models:write",
  deleteModelVersion: "models:delete",
  restoreModelVersion: "models:delete",
  setAlias: "aliases:write",
  deleteAlias: "aliases:write",
  setTag: "models:write",
  deleteTag: "models:write",
} as const satisfies Record<string, Scope>;

/** What reading a field asks for, wherever it is reached from; the keys are those of the GraphQL schema. */
export const FIELD_SCOPE = {
  "Query.head": "models:read",
  "Query.model": "models:read",
  "Query.models": "models:read",
  "Query.modelVersion": "models:read",
  "Query.modelVersions": "models:read",
  "Query.stageTransitions": "models:read",
  "Query.node": "models:read",
  "Query.nodes": "models:read",
  "Subscription.stageChanged": "models:read",
  "RegisterModelPayload.model": "models:read",
  "UpdateModelPayload.model": "models:read",
  "RenameModelPayload.model": "models:read",
  "RestoreModelPayload.model": "models:read",
  "CreateModelVersionPayload.modelVersion": "models:read",
  "UpdateModelVersionPayload.modelVersion": "models:read",
  "RestoreModelVersionPayload.modelVersion": "models:read",
  "TransitionModelVersionPayload.modelVersion": "models:read",
  "TransitionModelVersionPayload.transition": "models:read",
  "TransitionModelVersionPayload.archived": "models:read",
  "SetAliasPayload.alias": "models:read",
  "SetAliasPayload.previous": "models:read",
  "DeleteAliasPayload.previous": "models:read",
  "SetTagPayload.model": "models:read",
  "SetTagPayload.modelVersion": "models:read",
  "DeleteTagPayload.model": "models:read",
  "DeleteTagPayload.modelVersion": "models:read",
  "ModelVersion.source": "artifacts:read",
} as const satisfies Record<string, Scope>;

/** What filtering by a field asks for: an answer that depends on a value tells of it. */
export const FILTER_SCOPE = {
  "ModelVersionFilter.source": "artifacts:read",
  "deleted: ONLY": "models:delete",
} as const satisfies Record<string, Scope>;
