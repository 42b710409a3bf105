import { type EventNoun, type EventType, nounOf } from "../events/event.js";
import type { JsonObject } from "../values/json.js";
import type { LoggedEvent } from "./cloud-event.js";

/** What happened, after the words for what it happened to. */
const PHRASES: Readonly<Record<EventType, string>> = {
  "model.registered": "was registered",
  "model.updated": "was changed",
  "model.renamed": "has a new name",
  "model.deleted": "was deleted",
  "model.restored": "was restored",
  "model.tag_set": "has a new value of a tag",
  "model.tag_deleted": "lost a tag",
  "model_version.created": "was created",
  "model_version.updated": "was changed",
  "model_version.deleted": "was deleted",
  "model_version.restored": "was restored",
  "model_version.stage_changed": "moved",
  "model_version.tag_set": "has a new value of a tag",
  "model_version.tag_deleted": "lost a tag",
  "alias.set": "was set",
  "alias.deleted": "was deleted",
  "check.reported": "was reported",
  "promotion.overridden": "was made although rules were not met",
  "promotion.override_acknowledged": "was made although rules were not met, and somebody looked at it",
  "promotion_request.created": "was requested",
  "promotion_request.approved": "was approved",
  "promotion_request.rejected": "was rejected",
  "promotion_request.cancelled": "is no longer requested",
  "promotion_request.expired": "was not made in time",
  "promotion_request.outdated": "must be requested again, since something changed",
  "promotion_request.renewed": "was requested again",
  "promotion_request.executed": "was made",
  "promotion_request.commented": "has a new comment",
  "check.requested": "is required",
  "policy.applied": "was applied",
  "policy.deleted": "was deleted",
  "policy_change.requested": "was requested",
  "policy_change.applied": "was applied",
  "policy_change.rejected": "was rejected",
  "policy_change.cancelled": "is no longer requested",
  "policy_change.expired": "was not reviewed in time",
  "policy_change.outdated": "must be requested again, since the policy changed",
  "experiment.created": "was created",
  "experiment.updated": "was changed",
  "experiment.deleted": "was deleted",
  "experiment.restored": "was restored",
  "experiment.tag_set": "has a new value of a tag",
  "experiment.tag_deleted": "lost a tag",
  "run.created": "was created",
  "run.updated": "was changed",
  "run.finished": "ended",
  "run.deleted": "was deleted",
  "run.restored": "was restored",
  "run.tag_set": "has a new value of a tag",
  "run.tag_deleted": "lost a tag",
  "run.inputs_logged": "has new inputs",
  "run.outputs_logged": "has new outputs",
  "logged_model.created": "was created",
  "logged_model.finalized": "was finalized",
  "logged_model.deleted": "was deleted",
  "logged_model.restored": "was restored",
  "logged_model.tag_set": "has a new value of a tag",
  "logged_model.tag_deleted": "lost a tag",
  "dataset.registered": "was registered",
  "dataset.deleted": "was deleted",
  "dataset.restored": "was restored",
  "dataset.tag_set": "has a new value of a tag",
  "dataset.tag_deleted": "lost a tag",
  "lineage.added": "was added",
  "lineage.removed": "was removed",
  "deployment.reported": "changed",
  "deployment.removed": "was removed",
  "webhook.created": "was created",
  "webhook.updated": "was changed",
  "webhook.deleted": "was deleted",
  "token.revoked": "was revoked",
};

/** The sentence that a notice begins with. `shown` is what the webhook may see of the event, `before` of what was before it. */
export function titleOf(event: LoggedEvent, shown: JsonObject, before: JsonObject | null): string {
  if (event.type === "model.renamed" && typeof before?.name === "string")
    return `The model ${before.name} is now called ${event.modelName}`;
  // a newer server may have written an event of another type
  const phrase = (PHRASES as Readonly<Record<string, string>>)[event.type] ?? "changed";
  return `${subjectOf(event, shown)} ${phrase}${whereTo(event, shown)}`;
}

function whereTo({ type, fromStage, toStage }: LoggedEvent, { number }: JsonObject): string {
  if (type === "model_version.stage_changed") return ` from ${fromStage} to ${toStage}`;
  return type === "alias.set" && typeof number === "number" ? ` to version ${number}` : "";
}

function subjectOf(event: LoggedEvent, shown: JsonObject): string {
  const noun = nounOf(event.type);
  return noun in SUBJECTS ? SUBJECTS[noun as EventNoun](event, shown) : event.type;
}

type Subject = (event: LoggedEvent, shown: JsonObject) => string;

const named = (what: string, { name }: JsonObject) => (typeof name === "string" ? `${what} ${name}` : what);
const ofExperiment: (what: string) => Subject = (what) => (event, shown) => {
  const within = event.experimentName === null ? "" : ` of the experiment ${event.experimentName}`;
  return named(what, shown) + within;
};
const version = ({ modelName, versionNumber }: LoggedEvent) =>
  versionNumber === null ? `The model ${modelName}` : `${modelName} v${versionNumber}`;
const target = ({ alias, toStage }: LoggedEvent) =>
  alias !== null ? ` to the alias ${alias}` : toStage === null ? "" : ` to ${toStage}`;
const promotion: Subject = (event) => `The promotion of ${version(event)}${target(event)}`;

const SUBJECTS: Readonly<Record<EventNoun, Subject>> = {
  model: version,
  model_version: version,
  alias: ({ alias, modelName }) => `The alias ${alias} of ${modelName}`,
  check: (event, shown) => `${named("The check", shown)} of ${version(event)}`,
  promotion,
  promotion_request: promotion,
  policy: (_event, shown) => named("The policy", shown),
  policy_change: (_event, shown) => `A change of ${named("the policy", shown)}`,
  experiment: ({ experimentName }) => `The experiment ${experimentName}`,
  run: ofExperiment("The run"),
  logged_model: ofExperiment("The logged model"),
  dataset: (_event, shown) => named("The dataset", shown),
  lineage: () => "A link of the lineage",
  deployment: ({ modelName, environment }) => `The deployment of ${modelName} in ${environment}`,
  webhook: () => "A webhook",
  token: () => "A token",
};
