import { FIELD_SCOPE, type Scope } from "../access/scopes.js";
import type { EventNoun } from "./event.js";

/** A field of the GraphQL schema that shows the same value; null where the value stands in events only. */
type SameField = `${string}.${string}` | null;

const TAG = { key: null, value: null } as const;

/**
 * What events hold before and after a change, by noun. Each key names the field of the schema that shows the same value:
 * the scope that guards the field (FIELD_SCOPE) hides the key, in streams, `activity`, webhooks and wherever else events
 * are shown. A command that writes a key that is not here fails.
 */
export const SNAPSHOT_FIELDS = {
  model: { name: "Model.name", description: "Model.description", tags: "Model.tags", ...TAG },
  model_version: {
    number: "ModelVersion.number",
    source: "ModelVersion.source",
    digest: "ModelVersion.digest",
    signature: "ModelVersion.signature",
    flavors: "ModelVersion.flavors",
    description: "ModelVersion.description",
    status: "ModelVersion.status",
    statusMessage: "ModelVersion.statusMessage",
    stage: "ModelVersion.stage",
    reason: "StageTransition.reason",
    decision: "StageTransition.decision",
    runId: "ModelVersion.run",
    loggedModelId: "ModelVersion.loggedModel",
    externalRunId: "ModelVersion.externalRunId",
    externalModelId: "ModelVersion.externalModelId",
    runLink: "ModelVersion.runLink",
    tags: "ModelVersion.tags",
    ...TAG,
  },
  alias: { number: "ModelVersion.number", reason: "AliasTransition.reason", decision: "AliasTransition.decision" },
  check: {
    name: "Check.name",
    status: "Check.status",
    summary: "Check.summary",
    url: "Check.url",
    evidence: "Check.evidence",
    digest: "Check.digest",
    expiresAt: "Check.expiresAt",
    names: null,
    target: null,
  },
  promotion: {
    reason: "PromotionDecision.overrideReason",
    rules: "PromotionDecision.rules",
    comment: "PromotionOverride.comment",
  },
  promotion_request: {
    status: "PromotionRequest.status",
    reason: "PromotionRequest.reason",
    expiresAt: "PromotionRequest.expiresAt",
    staleReasons: "PromotionRequest.staleReasons",
    comment: "PromotionReview.comment",
    rules: "PromotionReview.rules",
  },
  policy: {
    name: "Policy.name",
    revision: "Policy.revision",
    mode: "Policy.mode",
    definition: null,
    reason: "PolicyChangeRequest.reason",
    changeRequest: null,
    proposedBy: "PolicyChangeRequest.requestedBy",
  },
  policy_change: {
    name: "Policy.name",
    kind: "PolicyChangeRequest.kind",
    status: "PolicyChangeRequest.status",
    expectedRevision: "PolicyChangeRequest.expectedRevision",
    mode: "PolicyChangeRequest.proposal",
    definition: "PolicyChangeRequest.proposal",
    reason: "PolicyChangeRequest.reason",
    expiresAt: "PolicyChangeRequest.expiresAt",
    comment: "PolicyChangeRequest.comment",
  },
  experiment: {
    name: "Experiment.name",
    description: "Experiment.description",
    number: "Experiment.number",
    artifactRoot: "Experiment.artifactRoot",
    tags: "Experiment.tags",
    ...TAG,
  },
  run: {
    name: "Run.name",
    status: "Run.status",
    startedAt: "Run.startedAt",
    endedAt: "Run.endedAt",
    user: "Run.user",
    source: "Run.source",
    gitCommit: "Run.gitCommit",
    parentId: "Run.parent",
    artifactUri: "Run.artifactUri",
    params: "Run.params",
    inputs: "Run.inputs",
    outputs: "Run.outputs",
    tags: "Run.tags",
    ...TAG,
  },
  logged_model: {
    name: "LoggedModel.name",
    modelType: "LoggedModel.modelType",
    status: "LoggedModel.status",
    statusMessage: "LoggedModel.statusMessage",
    sourceRunId: "LoggedModel.sourceRun",
    artifactUri: "LoggedModel.artifactUri",
    params: "LoggedModel.params",
    tags: "LoggedModel.tags",
    ...TAG,
  },
  dataset: {
    name: "Dataset.name",
    digest: "Dataset.digest",
    sourceType: "Dataset.sourceType",
    source: "Dataset.source",
    schema: "Dataset.schema",
    profile: "Dataset.profile",
    sourceText: "Dataset.sourceText",
    schemaText: "Dataset.schemaText",
    profileText: "Dataset.profileText",
    tags: "Dataset.tags",
    ...TAG,
  },
  lineage: { kind: null, context: null },
  deployment: {
    endpoint: "Deployment.endpoint",
    follows: null,
    state: "Deployment.state",
    health: "Deployment.health",
    running: "Deployment.running",
    message: "Deployment.message",
  },
  webhook: {
    origin: "Webhook.url",
    format: "Webhook.format",
    description: "Webhook.description",
    where: null,
    rights: null,
    enabled: null,
    disabledReason: "Webhook.disabledReason",
    secretRotated: null,
  },
  token: {
    tokenId: "Revocation.tokenId",
    issuer: "Revocation.issuer",
    subject: "Revocation.subject",
    issuedBefore: "Revocation.issuedBefore",
    reason: "Revocation.reason",
  },
} as const satisfies Record<EventNoun, Record<string, SameField>>;

/** The field that shows the same value as a key of an event; undefined if no event of the noun holds the key. */
export function fieldOfKey(noun: string, key: string): SameField | undefined {
  const fields = (SNAPSHOT_FIELDS as Readonly<Record<string, Readonly<Record<string, SameField>>>>)[noun];
  return fields && Object.hasOwn(fields, key) ? fields[key] : undefined;
}

/** The scope that reading a key of an event requires, beside those of the event itself. */
export function scopeOfKey(noun: string, key: string): Scope | undefined {
  const field = fieldOfKey(noun, key);
  return field ? (FIELD_SCOPE as Readonly<Record<string, Scope>>)[field] : undefined;
}
