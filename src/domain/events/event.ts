import type { Actor, ActorKind } from "../access/actor.js";
import { canonicalMembers, type JsonObject } from "../values/json.js";
import type { Stage } from "../versions/stage.js";
import { fieldOfKey } from "./snapshot-fields.js";

/** Every kind of thing that the log tells, named as CloudEvents types are: noun, then participle. */
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

/** What happened, as a command tells it. Before and after are snapshots of what changed, told without a later read. */
export interface EventDraft {
  readonly id: string;
  readonly type: EventType;
  /** What the event is about, where it is neither a model nor a version nor an alias. */
  readonly subject?: { readonly type: TrackingSubject; readonly id: string };
  readonly experiment?: { readonly id: string; readonly name: string };
  readonly environment?: string;
  readonly model?: { readonly id: string; readonly name: string };
  readonly version?: { readonly id: string; readonly number: number };
  readonly fromStage?: Stage;
  readonly toStage?: Stage;
  readonly alias?: string;
  readonly before?: JsonObject | null;
  readonly after?: JsonObject | null;
}

type TrackingSubject = "Experiment" | "Run" | "Dataset" | "LineageEdge" | "Deployment" | "Webhook" | "Revocation";

/** In whose name, by which token and request, and when a transaction's events happened. */
export interface Occasion {
  readonly actor: Actor;
  readonly tokenId: string | null;
  readonly requestId: string;
  readonly at: Date;
  readonly commitId: string;
}

/** The row that `append_events` writes: columns to filter by, and the body in pieces around the time and the revision. */
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
  readonly subjectType: "Model" | "ModelVersion" | "Alias" | TrackingSubject;
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

/** The rows for one transaction's events, in the order in which they were told. */
export function composeEvents(drafts: readonly EventDraft[], occasion: Occasion): EventRecord[] {
  return drafts.map((draft, index) => composeEvent(draft, occasion, { size: drafts.length, index }));
}

function composeEvent(draft: EventDraft, occasion: Occasion, place: { size: number; index: number }): EventRecord {
  requireDescribedKeys(draft);
  const { id } = draft;
  const { actor, tokenId, requestId, commitId } = occasion;
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
  const who: JsonObject = { issuer: actor.issuer, kind: actor.kind, name: actor.name, subject: actor.subject };
  // The keys of the whole body are in canonical order: actor after AT before commit id requestId REVISION subject tokenId type.
  return {
    ...about,
    id,
    type: draft.type,
    at: occasion.at.toISOString(),
    head: `{${canonicalMembers({ actor: who, after: draft.after ?? null })},"at":"`,
    middle: `",${canonicalMembers({ before: draft.before ?? null, commit: { id: commitId, ...place }, id, requestId })},"revision":`,
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
  if (!model) throw new Error("An event is about something.");
  if (alias !== undefined) return { type: "Alias", id: `${model.id}/${alias}` };
  if (version) return { type: "ModelVersion", id: version.id };
  return { type: "Model", id: model.id };
}
