import type { FieldMap } from "@pothos/core";
import { EVENT_TYPES, type EventType, nounOf } from "../../domain/events/event.js";
import type { Event } from "../../store/generated/client.js";
import { builder } from "../kit/builder.js";
import {
  aboutDataset,
  aboutExperiment,
  aboutLoggedModel,
  aboutModel,
  aboutRun,
  aboutVersion,
  changedFields,
  type EventFieldBuilder,
  tagDeleted,
  tagSet,
} from "./event-fields.js";
import {
  checkReport,
  decisionField,
  overrideAcknowledged,
  policyApplied,
  policyChange,
  policyChangeClosed,
  policyChangeRequested,
  policyDeleted,
  promotionOverride,
} from "./governance-event-fields.js";
import { edge } from "./lineage-event-fields.js";
import { AliasChangedEvent, described, renamed, stageChange } from "./model-event-fields.js";
import { aboutWebhook, deployment, revocation } from "./operation-event-fields.js";
import { eventTypeName, RegistryEvent } from "./registry-event.js";
import {
  checksRequested,
  PromotionRequestEvent,
  requestChanged,
  requestCommented,
  requestOutdated,
  requestReviewed,
} from "./request-event-fields.js";
import { dataset, loggedModelStatus, runStatus } from "./tracking-event-fields.js";

type Fields = (t: EventFieldBuilder) => FieldMap;

const tags = (about: Fields): { set: Fields; deleted: Fields } => ({
  set: (t) => ({ ...about(t), ...tagSet(t) }),
  deleted: (t) => ({ ...about(t), ...tagDeleted(t) }),
});

/** The description and the own fields of each event type. */
const OWN_FIELDS: Record<EventType, [description: string, fields: Fields]> = {
  "model.registered": ["A model was registered.", aboutModel],
  "model.updated": ["A model's description changed.", described],
  "model.renamed": ["A model was renamed to `modelName`.", renamed],
  "model.deleted": ["A model was deleted with its versions.", aboutModel],
  "model.restored": ["A deleted model was restored.", aboutModel],
  "model.tag_set": ["A tag of a model was set.", tags(aboutModel).set],
  "model.tag_deleted": ["A tag of a model was deleted.", tags(aboutModel).deleted],
  "model_version.created": ["A version was registered.", aboutVersion],
  "model_version.updated": ["A version changed.", (t) => ({ ...aboutVersion(t), ...changedFields(t) })],
  "model_version.deleted": ["A version was deleted.", aboutVersion],
  "model_version.restored": ["A deleted version was restored.", aboutVersion],
  "model_version.stage_changed": ["A version moved from one stage to another.", stageChange],
  "model_version.tag_set": ["A tag of a version was set.", tags(aboutVersion).set],
  "model_version.tag_deleted": ["A tag of a version was deleted.", tags(aboutVersion).deleted],
  "alias.set": ["An alias was set to point to a version.", (t) => ({ ...aboutVersion(t), decision: decisionField(t) })],
  "alias.deleted": ["An alias was deleted. `versionNumber` is the version that it pointed to.", aboutVersion],
  "check.reported": ["A check of a version was reported.", checkReport],
  "promotion.overridden": [
    "A version was promoted although rules of policies were not met. Follows the event of the move, in the same transaction.",
    promotionOverride,
  ],
  "promotion.override_acknowledged": [
    "Somebody else than who overrode policies has looked at the override.",
    overrideAcknowledged,
  ],
  "promotion_request.created": ["Somebody asked for a promotion.", requestChanged],
  "promotion_request.approved": [
    "Somebody approved a request. With the last approval that policies ask for, its status is APPROVED.",
    requestReviewed,
  ],
  "promotion_request.rejected": ["Somebody rejected a request.", requestReviewed],
  "promotion_request.cancelled": ["A request was taken back.", requestChanged],
  "promotion_request.expired": ["The time of a request is over.", requestChanged],
  "promotion_request.outdated": ["What was seen when a request was asked has changed.", requestOutdated],
  "promotion_request.renewed": ["A request was asked again.", requestChanged],
  "promotion_request.executed": [
    "The version of a request was promoted. Follows the event of the move, in the same transaction.",
    requestChanged,
  ],
  "promotion_request.commented": ["Somebody commented on a request.", requestCommented],
  "check.requested": [
    "A request lacks checks, so that whoever reports them can begin. Follows the event of the request.",
    checksRequested,
  ],
  "policy.applied": ["A policy was created or changed.", policyApplied],
  "policy.deleted": ["A policy was deleted.", policyDeleted],
  "policy_change.requested": ["A change of a protected policy was proposed.", policyChangeRequested],
  "policy_change.applied": [
    "A second person approved a change of a protected policy. Follows the event of the policy, in the same transaction.",
    policyChangeClosed,
  ],
  "policy_change.rejected": ["A second person rejected a change of a protected policy.", policyChangeClosed],
  "policy_change.cancelled": ["A proposed change of a protected policy was taken back.", policyChange],
  "policy_change.expired": ["The time of a proposed change of a protected policy is over.", policyChange],
  "policy_change.outdated": [
    "A protected policy has another revision than the one that a change was proposed against.",
    policyChange,
  ],
  "experiment.created": ["An experiment was created.", aboutExperiment],
  "experiment.updated": ["An experiment changed.", (t) => ({ ...aboutExperiment(t), ...changedFields(t) })],
  "experiment.deleted": ["An experiment was deleted with its runs.", aboutExperiment],
  "experiment.restored": ["A deleted experiment was restored.", aboutExperiment],
  "experiment.tag_set": ["A tag of an experiment was set.", tags(aboutExperiment).set],
  "experiment.tag_deleted": ["A tag of an experiment was deleted.", tags(aboutExperiment).deleted],
  "run.created": ["A run was created.", runStatus],
  "run.updated": ["A run changed.", (t) => ({ ...runStatus(t), ...changedFields(t) })],
  "run.finished": ["A run finished.", runStatus],
  "run.deleted": ["A run was deleted.", aboutRun],
  "run.restored": ["A deleted run was restored.", aboutRun],
  "run.tag_set": ["A tag of a run was set.", tags(aboutRun).set],
  "run.tag_deleted": ["A tag of a run was deleted.", tags(aboutRun).deleted],
  "run.inputs_logged": ["Inputs of a run were recorded.", aboutRun],
  "run.outputs_logged": ["Outputs of a run were recorded.", aboutRun],
  "logged_model.created": ["A logged model was created.", loggedModelStatus],
  "logged_model.finalized": ["The upload of a logged model ended.", loggedModelStatus],
  "logged_model.deleted": ["A logged model was deleted.", aboutLoggedModel],
  "logged_model.restored": ["A deleted logged model was restored.", aboutLoggedModel],
  "logged_model.tag_set": ["A tag of a logged model was set.", tags(aboutLoggedModel).set],
  "logged_model.tag_deleted": ["A tag of a logged model was deleted.", tags(aboutLoggedModel).deleted],
  "dataset.registered": ["A dataset was registered.", dataset],
  "dataset.deleted": ["A dataset was deleted.", dataset],
  "dataset.restored": ["A deleted dataset was restored.", dataset],
  "dataset.tag_set": ["A tag of a dataset was set.", tags(aboutDataset).set],
  "dataset.tag_deleted": ["A tag of a dataset was deleted.", tags(aboutDataset).deleted],
  "lineage.added": ["A lineage edge was added.", edge],
  "lineage.removed": ["A lineage edge was removed.", edge],
  "deployment.reported": ["The running versions, the state or the health of a deployment changed.", deployment],
  "deployment.removed": ["A deployment was removed.", deployment],
  "webhook.created": ["A webhook was created.", aboutWebhook],
  "webhook.updated": [
    "A webhook was changed, disabled or enabled again.",
    (t) => ({ ...aboutWebhook(t), ...changedFields(t) }),
  ],
  "webhook.deleted": ["A webhook was deleted.", aboutWebhook],
  "token.revoked": ["Tokens were revoked.", revocation],
};

/** One object type for each event type. */
export const EVENT_OBJECTS = Object.fromEntries(EVENT_TYPES.map((type) => [type, implementEvent(type)])) as Record<
  EventType,
  ReturnType<typeof implementEvent>
>;

function implementEvent(type: EventType) {
  const [description, fields] = OWN_FIELDS[type];
  return builder
    .objectRef<Event>(eventTypeName(type))
    .implement({ description, interfaces: interfacesOf(type), fields });
}

function interfacesOf(type: EventType) {
  const noun = nounOf(type);
  if (noun === "alias") return [RegistryEvent, AliasChangedEvent];
  const isOfRequest = noun === "promotion_request" || type === "check.requested";
  return isOfRequest ? [RegistryEvent, PromotionRequestEvent] : [RegistryEvent];
}
