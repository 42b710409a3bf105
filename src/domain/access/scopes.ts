/** The scopes that a token may hold. */
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
  "checks:write",
  "audit:read",
  "policies:write",
  "policies:override",
  "grants:write",
  "webhooks:write",
  "admin",
] as const;
export type Scope = (typeof SCOPES)[number];

const KNOWN_SCOPES: ReadonlySet<string> = new Set(SCOPES);

export function isScope(text: string): text is Scope {
  return KNOWN_SCOPES.has(text);
}

/** The scopes that `admin` does not include, so that nobody goes past a policy by a right that was given for something else. */
export const NOT_IN_ADMIN: ReadonlySet<Scope> = new Set<Scope>(["policies:override"]);

/** `admin` and the scopes that it stands for. */
export const ADMIN_SCOPES: readonly Scope[] = SCOPES.filter((scope) => !NOT_IN_ADMIN.has(scope));

export function holdsScope(scopes: ReadonlySet<Scope>, scope: Scope): boolean {
  return scopes.has(scope) || (scopes.has("admin") && !NOT_IN_ADMIN.has(scope));
}

/** The scope that a command requires before it looks anything up. A move also requires those of its stages (domain/versions/stage.ts). */
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
  applyPolicy: "policies:write",
  deletePolicy: "policies:write",
  approvePolicyChange: "policies:write",
  rejectPolicyChange: "policies:write",
  cancelPolicyChange: "policies:write",
  acknowledgeOverride: "policies:override",
  reportCheck: "checks:write",
  approvePromotion: "stages:approve",
  rejectPromotion: "stages:approve",
  commentPromotion: "models:read",
  createExperiment: "runs:write",
  updateExperiment: "runs:write",
  deleteExperiment: "runs:write",
  restoreExperiment: "runs:write",
  createRun: "runs:write",
  updateRun: "runs:write",
  finishRun: "runs:write",
  deleteRun: "runs:write",
  restoreRun: "runs:write",
  logBatch: "runs:write",
  logInputs: "runs:write",
  logOutputs: "runs:write",
  createLoggedModel: "runs:write",
  finalizeLoggedModel: "runs:write",
  logLoggedModelParams: "runs:write",
  deleteLoggedModel: "runs:write",
  restoreLoggedModel: "runs:write",
  registerDataset: "runs:write",
  deleteDataset: "runs:write",
  restoreDataset: "runs:write",
  setTrackingTag: "runs:write",
  addLineage: "runs:write",
  removeLineage: "runs:write",
  reportDeployment: "deployments:write",
  removeDeployment: "deployments:write",
  createWebhook: "webhooks:write",
  updateWebhook: "webhooks:write",
  deleteWebhook: "webhooks:write",
  testWebhook: "webhooks:write",
  redeliver: "webhooks:write",
  revokeTokens: "admin",
} as const satisfies Record<string, Scope>;

/** The scopes that artifact files require, besides that the token sees the run or the logged model that they belong to. */
export const ARTIFACT_SCOPE = { read: "artifacts:read", write: "runs:write" } as const satisfies Record<string, Scope>;

/** The scope that reading an object requires, through any field; the keys are types of the GraphQL schema. */
export const TYPE_SCOPE = {
  Model: "models:read",
  ModelConnection: "models:read",
  ModelVersion: "models:read",
  ModelVersionConnection: "models:read",
  Alias: "models:read",
  StageSummary: "models:read",
  StageTransition: "models:read",
  StageTransitionConnection: "models:read",
  AliasTransition: "models:read",
  AliasTransitionConnection: "models:read",
  VersionComparison: "models:read",
  Policy: "models:read",
  PolicyConnection: "models:read",
  PolicyChangeRequest: "models:read",
  PolicyChangeRequestConnection: "models:read",
  Check: "models:read",
  CheckConnection: "models:read",
  PromotionDecision: "models:read",
  PromotionDecisionConnection: "models:read",
  PromotionOverride: "models:read",
  PromotionPreview: "models:read",
  PolicyImpactPromotion: "models:read",
  PolicyImpactPromotionConnection: "models:read",
  PromotionRequest: "models:read",
  PromotionRequestConnection: "models:read",
  PromotionReview: "models:read",
  PromotionReviewConnection: "models:read",
  PromotionComment: "models:read",
  PromotionCommentConnection: "models:read",
  Experiment: "runs:read",
  ExperimentConnection: "runs:read",
  Run: "runs:read",
  RunConnection: "runs:read",
  LoggedModel: "runs:read",
  LoggedModelConnection: "runs:read",
  Dataset: "runs:read",
  DatasetConnection: "runs:read",
  Series: "runs:read",
  Deployment: "models:read",
  DeploymentConnection: "models:read",
  Webhook: "webhooks:write",
  WebhookConnection: "webhooks:write",
  WebhookDelivery: "webhooks:write",
  WebhookDeliveryConnection: "webhooks:write",
  Revocation: "admin",
  RevocationConnection: "admin",
} as const satisfies Record<string, Scope>;

/** The scope that a single field requires, in addition to that of its type; the keys are fields of the GraphQL schema. */
export const FIELD_SCOPE = {
  "Query.head": "models:read",
  "Query.events": "models:read",
  "Query.holders": "models:read",
  "Query.audit": "audit:read",
  "Query.overrides": "audit:read",
  "Query.policyImpact": "audit:read",
  "Query.promotionReport": "audit:read",
  "ApplyPolicyPayload.previousDefinition": "models:read",
  "Model.activity": "models:read",
  "ModelVersion.activity": "models:read",
  "Subscription.stageChanged": "models:read",
  "Subscription.aliasChanged": "models:read",
  "Subscription.promotionRequested": "models:read",
  "Subscription.promotionRequestUpdated": "models:read",
  "Subscription.registryEvents": "models:read",
  "ModelVersion.source": "artifacts:read",
  "Dataset.source": "artifacts:read",
  "Dataset.sourceText": "artifacts:read",
  "LoggedModel.artifactUri": "artifacts:read",
  "Experiment.artifactRoot": "artifacts:read",
  "Run.artifactUri": "artifacts:read",
  "VersionComparison.params": "runs:read",
  "VersionComparison.metrics": "runs:read",
  "VersionComparison.inputs": "runs:read",
} as const satisfies Record<string, Scope>;

/**
 * Fields that the creator of the object may read back without the scope. The creator may not have set the value: somebody
 * else may set the source of a version while it is PENDING_REGISTRATION, and the creator reads that one too.
 */
export const CREATOR_MAY_READ: ReadonlySet<string> = new Set<keyof typeof FIELD_SCOPE>([
  "ModelVersion.source",
  "Dataset.source",
  "Dataset.sourceText",
  "LoggedModel.artifactUri",
  "Experiment.artifactRoot",
  "Run.artifactUri",
]);

/** The scope that filtering by a field requires: a result that depends on a value reveals it. */
export const FILTER_SCOPE = {
  "ModelVersionFilter.source": "artifacts:read",
  "deleted: ONLY": "models:delete",
  "DatasetFilter.source": "artifacts:read",
  "deleted: ONLY of runs": "runs:write",
} as const satisfies Record<string, Scope>;
