import { coversAllRuns, coversEverything, coversRunsByVersion, type Reader } from "../access/actor.js";
import { ALWAYS, and, type Condition, evaluate, type Facts, matches, NEVER, when } from "../access/condition.js";
import { holdsScope, type Scope } from "../access/scopes.js";
import { coveredDataset, coveredLoggedModel, coveredRun } from "../access/visibility.js";
import { type EventNoun, nounOf } from "./event.js";

interface EventRule {
  /** What the log calls the thing that such an event is about. */
  readonly subjectType: string;
  readonly visible: (reader: Reader) => Condition<"Event">;
  /** Webhooks get no event about webhooks, nor about the tokens that are revoked. */
  readonly isForWebhooks: boolean;
}

function reads({ scopes }: Reader, ...required: Scope[]): Condition<"Event"> {
  return when(required.every((scope) => holdsScope(scopes, scope)));
}

function aboutModel(reader: Reader): Condition<"Event"> {
  return and<"Event">(reads(reader, "models:read"), matches("modelName", reader.modelGlobs));
}

/** A policy names models that a narrowed token may not know of. */
function aboutPolicy(reader: Reader): Condition<"Event"> {
  return and<"Event">(reads(reader, "models:read"), when(reader.modelGlobs === null));
}

function aboutDeployment(reader: Reader): Condition<"Event"> {
  return and<"Event">(aboutModel(reader), matches("environment", reader.environmentGlobs));
}

/** An experiment is covered by its name, and by no run: a token that sees runs by their versions sees no such event. */
function aboutExperiment(reader: Reader): Condition<"Event"> {
  const covered = coversRunsByVersion(reader) ? NEVER : matches("experimentName", reader.experimentGlobs);
  return and<"Event">(reads(reader, "runs:read"), covered);
}

/** By the name of the run's experiment then, or by the run's versions as they are now. */
function aboutRun(reader: Reader): Condition<"Event"> {
  const covered: Condition<"Event"> = coversRunsByVersion(reader)
    ? { kind: "related", relation: "run", where: coveredRun(reader) }
    : matches("experimentName", reader.experimentGlobs);
  return and<"Event">(reads(reader, "runs:read"), covered);
}

/** As for runs: by the name of the experiment then, or by the versions that are registered from it now. */
function aboutLoggedModel(reader: Reader): Condition<"Event"> {
  const covered: Condition<"Event"> = coversRunsByVersion(reader)
    ? { kind: "related", relation: "loggedModel", where: coveredLoggedModel(reader) }
    : matches("experimentName", reader.experimentGlobs);
  return and<"Event">(reads(reader, "runs:read"), covered);
}

function aboutDataset(reader: Reader): Condition<"Event"> {
  const where = coveredDataset(reader);
  const covered: Condition<"Event"> = where === ALWAYS ? ALWAYS : { kind: "related", relation: "dataset", where };
  return and<"Event">(reads(reader, "runs:read"), covered);
}

/** An edge connects two things of any kind, so a token that is narrowed sees none. */
function aboutEdge(reader: Reader): Condition<"Event"> {
  return and<"Event">(reads(reader, "runs:read", "models:read"), when(coversAllRuns(reader)));
}

function forAdmins(reader: Reader): Condition<"Event"> {
  return when(coversEverything(reader));
}

/** Who may see events, by their noun: a noun without a rule does not compile. */
export const EVENT_RULES: Readonly<Record<EventNoun, EventRule>> = {
  model: { subjectType: "Model", visible: aboutModel, isForWebhooks: true },
  model_version: { subjectType: "ModelVersion", visible: aboutModel, isForWebhooks: true },
  alias: { subjectType: "Alias", visible: aboutModel, isForWebhooks: true },
  check: { subjectType: "Check", visible: aboutModel, isForWebhooks: true },
  promotion: { subjectType: "PromotionDecision", visible: aboutModel, isForWebhooks: true },
  promotion_request: { subjectType: "PromotionRequest", visible: aboutModel, isForWebhooks: true },
  policy: { subjectType: "Policy", visible: aboutPolicy, isForWebhooks: true },
  policy_change: { subjectType: "PolicyChangeRequest", visible: aboutPolicy, isForWebhooks: true },
  deployment: { subjectType: "Deployment", visible: aboutDeployment, isForWebhooks: true },
  experiment: { subjectType: "Experiment", visible: aboutExperiment, isForWebhooks: true },
  run: { subjectType: "Run", visible: aboutRun, isForWebhooks: true },
  logged_model: { subjectType: "LoggedModel", visible: aboutLoggedModel, isForWebhooks: true },
  dataset: { subjectType: "Dataset", visible: aboutDataset, isForWebhooks: true },
  lineage: { subjectType: "LineageEdge", visible: aboutEdge, isForWebhooks: true },
  webhook: { subjectType: "Webhook", visible: forAdmins, isForWebhooks: false },
  token: { subjectType: "Revocation", visible: forAdmins, isForWebhooks: false },
};

/** The columns of an event that its visibility depends on, besides the run, logged model or dataset that it is about. */
export interface VisibleColumns {
  readonly type: string;
  readonly modelName: string | null;
  readonly experimentName: string | null;
  readonly environment: string | null;
}

function ruleOf(type: string): EventRule | undefined {
  const noun = nounOf(type);
  return noun in EVENT_RULES ? EVENT_RULES[noun as EventNoun] : undefined;
}

/** Conditions are built once for a reader, since each event of a stream is checked for each of its readers. */
const CONDITIONS = new WeakMap<Reader, Map<EventRule["visible"], Condition<"Event">>>();

function conditionOf(reader: Reader, { visible }: EventRule): Condition<"Event"> {
  const built = CONDITIONS.get(reader) ?? new Map<EventRule["visible"], Condition<"Event">>();
  CONDITIONS.set(reader, built);
  const condition = built.get(visible) ?? visible(reader);
  built.set(visible, condition);
  return condition;
}

/**
 * The condition under which the reader may see events of this type. No reader sees an event whose noun is not known, as a
 * newer server may have written it.
 */
export function visibleEvent(reader: Reader, type: string): Condition<"Event"> {
  const rule = ruleOf(type);
  return rule ? conditionOf(reader, rule) : NEVER;
}

/**
 * Whether a webhook with these rights gets the event. It is decided without a look-up: an event about a run, a logged
 * model or a dataset that only its relations make visible is not delivered.
 */
export function mayDeliver(reader: Reader, event: VisibleColumns): boolean {
  const rule = ruleOf(event.type);
  return rule?.isForWebhooks === true && evaluate(conditionOf(reader, rule), factsOf(event)) === true;
}

export function factsOf({ modelName, experimentName, environment }: VisibleColumns): Facts {
  return { modelName, experimentName, environment };
}
