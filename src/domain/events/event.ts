import type { Actor, ActorKind, RecordedClaims } from "../access/actor.js";
import { canonicalMembers, type JsonObject } from "../values/json.js";
import type { Stage } from "../versions/stage.js";
import { fieldOfKey } from "./snapshot-fields.js";

/** The types of events, named as in CloudEvents: a noun, then a participle. */
export const EVENT_TYPES = [
  "model.registered",
  "model.updated",
  "model.renamed",
  "model.deleted",
  "model.restored",
  "model.tag_set",
  "model.tag_deleted",
  "model_version.created",
  "model_version.updated",
  "model_version.deleted",
  "model_version.restored",
  "model_version.stage_changed",
  "model_version.tag_set",
  "model_version.tag_deleted",
  "alias.set",
  "alias.deleted",
  "check.reported",
  "promotion.overridden",
  "promotion.override_acknowledged",
  "promotion_request.created",
  "promotion_request.approved",
  "promotion_request.rejected",
  "promotion_request.cancelled",
  "promotion_request.expired",
  "promotion_request.outdated",
  "promotion_request.renewed",
  "promotion_request.executed",
  "promotion_request.commented",
  "check.requested",
  "policy.applied",
  "policy.deleted",
  "policy_change.requested",
  "policy_change.applied",
  "policy_change.rejected",
  "policy_change.cancelled",
  "policy_change.expired",
  "policy_change.outdated",
  "experiment.created",
  "experiment.updated",
  "experiment.deleted",
  "experiment.restored",
  "experiment.tag_set",
  "experiment.tag_deleted",
  "run.created",
  "run.updated",
  "run.finished",
  "run.deleted",
  "run.restored",
  "run.tag_set",
  "run.tag_deleted",
  "run.inputs_logged",
  "run.outputs_logged",
  "logged_model.created",
  "logged_model.finalized",
  "logged_model.deleted",
  "logged_model.restored",
  "logged_model.tag_set",
  "logged_model.tag_deleted",
  "dataset.registered",
  "dataset.deleted",
  "dataset.restored",
  "dataset.tag_set",
  "dataset.tag_deleted",
  "lineage.added",
  "lineage.removed",
  "deployment.reported",
  "deployment.removed",
  "webhook.created",
  "webhook.updated",
  "webhook.deleted",
  "token.revoked",
] as const;
export type EventType = (typeof EVENT_TYPES)[number];

/** `model_version` of `model_version.created`. */
export type EventNoun = EventType extends `${infer Noun}.${string}` ? Noun : never;

export function nounOf(type: string): string {
  return type.slice(0, type.indexOf("."));
}

/**
 * An event as a command emits it. `before` and `after` are snapshots of what changed, so that it can be delivered without
 * reading the object again.
 */
export interface EventDraft {
  readonly id: string;
  readonly type: EventType;
  /** What the event is about, unless that is a model, a version or an alias. */
  readonly subject?: { readonly type: OtherSubject; readonly id: string };
  readonly experiment?: { readonly id: string; readonly name: string };
  readonly environment?: string;
  readonly model?: { readonly id: string; readonly name: string };
  readonly version?: { readonly id: string; readonly number: number };
  readonly fromStage?: Stage;
  readonly toStage?: Stage;
  readonly alias?: string;
  readonly before?: JsonObject | null;
  readonly after?: JsonObject | null;
  /** For whom the actor did it, if that is somebody else. */
  readonly onBehalfOf?: Actor;
}

type OtherSubject =
  | "Check"
  | "PromotionDecision"
  | "PromotionRequest"
  | "Policy"
  | "PolicyChangeRequest"
  | "Experiment"
  | "Run"
  | "LoggedModel"
  | "Dataset"
  | "LineageEdge"
  | "Deployment"
  | "Webhook"
  | "Revocation";

/** What all events of one transaction share: the actor and its recorded claims, the token, the request, the time and the commit. */
export interface CommitContext {
  readonly actor: Actor;
  readonly recordedClaims?: RecordedClaims | undefined;
  readonly tokenId: string | null;
  readonly requestId: string;
  readonly at: Date;
  readonly commitId: string;
}

/**
 * An event as the database function `append_events` takes it: the columns to filter by, and the body in three pieces,
 * between which the function puts the time and the revision.
 */
export interface EventRecord {
  readonly id: string;
  readonly type: EventType;
  readonly at: string;
  readonly head: string;
  readonly middle: string;
  readonly tail: string;
  readonly actorIssuer: string;
  readonly actorSubject: string;
  readonly actorName: string | null;
  readonly actorKind: ActorKind;
  readonly tokenId: string | null;
  readonly requestId: string;
  readonly commitId: string;
  readonly subjectType: "Model" | "ModelVersion" | "Alias" | OtherSubject;
  readonly subjectId: string;
  readonly experimentId: string | null;
  readonly experimentName: string | null;
  readonly environment: string | null;
  readonly modelId: string | null;
  readonly modelName: string | null;
  readonly versionId: string | null;
  readonly versionNumber: number | null;
  readonly fromStage: Stage | null;
  readonly toStage: Stage | null;
  readonly alias: string | null;
}

/** Makes the records of one transaction's events, in the order in which they were emitted. */
export function composeEvents(drafts: readonly EventDraft[], context: CommitContext): EventRecord[] {
  return drafts.map((draft, index) => composeEvent(draft, context, { size: drafts.length, index }));
}

function composeEvent(
  draft: EventDraft,
  context: CommitContext,
  position: { size: number; index: number },
): EventRecord {
  requireDescribedKeys(draft);
  const { id } = draft;
  const { actor, recordedClaims, tokenId, requestId, commitId } = context;
  const subject = subjectOf(draft);
  const about = {
    alias: draft.alias ?? null,
    environment: draft.environment ?? null,
    experimentId: draft.experiment?.id ?? null,
    experimentName: draft.experiment?.name ?? null,
    fromStage: draft.fromStage ?? null,
    modelId: draft.model?.id ?? null,
    modelName: draft.model?.name ?? null,
    toStage: draft.toStage ?? null,
    versionId: draft.version?.id ?? null,
    versionNumber: draft.version?.number ?? null,
  };
  const who: JsonObject = {
    // without the key where there are none, as in the events from before claims were recorded
    ...(recordedClaims ? { claims: recordedClaims } : {}),
    issuer: actor.issuer,
    kind: actor.kind,
    name: actor.name,
    ...(draft.onBehalfOf ? { onBehalfOf: { ...draft.onBehalfOf } } : {}),
    subject: actor.subject,
  };
  const commit: JsonObject = { id: commitId, ...position };
  // The keys of the whole body are in canonical order: actor after AT before commit id requestId REVISION subject tokenId type.
  return {
    ...about,
    id,
    type: draft.type,
    at: context.at.toISOString(),
    head: `{${canonicalMembers({ actor: who, after: draft.after ?? null })},"at":"`,
    middle: `",${canonicalMembers({ before: draft.before ?? null, commit, id, requestId })},"revision":`,
    tail: `,${canonicalMembers({ subject: { ...subject, ...about }, tokenId, type: draft.type })}}`,
    actorIssuer: actor.issuer,
    actorSubject: actor.subject,
    actorName: actor.name,
    actorKind: actor.kind,
    tokenId,
    requestId,
    commitId,
    subjectType: subject.type,
    subjectId: subject.id,
  };
}

/** What the table does not describe could not be hidden from readers who may not see it. */
function requireDescribedKeys({ type, before, after }: EventDraft): void {
  const keys = [...Object.keys(before ?? {}), ...Object.keys(after ?? {})];
  const unknown = keys.find((key) => fieldOfKey(nounOf(type), key) === undefined);
  if (unknown) throw new Error(`${type} holds "${unknown}", which domain/events/snapshot-fields.ts does not describe.`);
}

function subjectOf({ subject, alias, version, model }: EventDraft): { id: string; type: EventRecord["subjectType"] } {
  if (subject) return subject;
  if (!model) throw new Error("An event needs a subject or a model.");
  if (alias !== undefined) return { type: "Alias", id: `${model.id}/${alias}` };
  if (version) return { type: "ModelVersion", id: version.id };
  return { type: "Model", id: model.id };
}
