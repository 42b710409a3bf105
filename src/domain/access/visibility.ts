import { coversAllRuns, coversEverything, coversRunsByVersion, type Reader, type Viewer } from "./actor.js";
import {
  ALWAYS,
  and,
  type Condition,
  equals,
  evaluate,
  type Facts,
  isNull,
  matches,
  type Noun,
  or,
  when,
} from "./condition.js";

/** Living rows, or those that were deleted. */
export type Deleted = "EXCLUDE" | "ONLY";

type RowNoun = Exclude<Noun, "Event">;
type Rules = { readonly [N in RowNoun]: (viewer: Viewer, deleted: Deleted) => Condition<N> };

const living = (deleted: Deleted) => isNull("deletedAt", deleted === "EXCLUDE");

/** The models whose names the token covers, living or deleted. */
export function coveredModel({ modelGlobs }: Reader): Condition<"Model"> {
  return matches("name", modelGlobs);
}

function visibleModel(reader: Reader, deleted: Deleted = "EXCLUDE"): Condition<"Model"> {
  return and<"Model">(coveredModel(reader), living(deleted));
}

function visibleVersion(reader: Reader, deleted: Deleted = "EXCLUDE"): Condition<"ModelVersion"> {
  return and<"ModelVersion">(living(deleted), { kind: "related", relation: "model", where: visibleModel(reader) });
}

/**
 * The runs that the token covers, living or deleted: those of the experiments that it names, or, if it is narrowed to
 * models and names no experiments, those that produced or read a version that it sees.
 */
export function coveredRun(reader: Reader): Condition<"Run"> {
  if (!coversRunsByVersion(reader)) return inExperiment(matches("name", reader.experimentGlobs));
  const where = visibleVersion(reader);
  return or<"Run">(
    { kind: "related", relation: "producedVersions", where },
    { kind: "related", relation: "readVersions", where },
  );
}

/** A condition on the experiment of a run or a logged model. */
function inExperiment(where: Condition<"Experiment">) {
  return where === ALWAYS ? ALWAYS : ({ kind: "related", relation: "experiment", where } as const);
}

function visibleRun(reader: Reader, deleted: Deleted = "EXCLUDE"): Condition<"Run"> {
  const named = coversRunsByVersion(reader) ? ALWAYS : matches("name", reader.experimentGlobs);
  const experiment = and<"Experiment">(named, living("EXCLUDE"));
  return and<"Run">(visibleRunOfExperiment(reader, deleted), inExperiment(experiment));
}

/** The runs that the token sees, of an experiment that it sees: all, unless it sees runs by their versions. */
export function visibleRunOfExperiment(reader: Reader, deleted: Deleted): Condition<"Run"> {
  return and<"Run">(living(deleted), coversRunsByVersion(reader) ? coveredRun(reader) : ALWAYS);
}

/**
 * The logged models that the token covers, living or deleted: those of the experiments that it names, or, if it is narrowed
 * to models and names no experiments, those from which a version was registered that it sees.
 */
export function coveredLoggedModel(reader: Reader): Condition<"LoggedModel"> {
  if (!coversRunsByVersion(reader)) return inExperiment(matches("name", reader.experimentGlobs));
  return { kind: "related", relation: "versions", where: visibleVersion(reader) };
}

function visibleLoggedModel(reader: Reader, deleted: Deleted = "EXCLUDE"): Condition<"LoggedModel"> {
  const named = coversRunsByVersion(reader) ? ALWAYS : matches("name", reader.experimentGlobs);
  const experiment = and<"Experiment">(named, living("EXCLUDE"));
  return and<"LoggedModel">(visibleLoggedModelOfExperiment(reader, deleted), inExperiment(experiment));
}

/** The logged models that the token sees, of an experiment that it sees: all, unless it sees them by their versions. */
export function visibleLoggedModelOfExperiment(reader: Reader, deleted: Deleted): Condition<"LoggedModel"> {
  return and<"LoggedModel">(living(deleted), coversRunsByVersion(reader) ? coveredLoggedModel(reader) : ALWAYS);
}

/** The datasets that the token covers, living or deleted: all, or what visible runs read, wrote or were measured on. */
export function coveredDataset(reader: Reader): Condition<"Dataset"> {
  return coversAllRuns(reader) ? ALWAYS : usedBy(visibleRun(reader));
}

/**
 * The datasets that the token may link to a run by name and digest: what it covers, and what a run uses that it could
 * restore. Otherwise a run that repeats a deleted one could not name the same data.
 */
export function linkableDataset(reader: Reader): Condition<"Dataset"> {
  return coversAllRuns(reader) ? ALWAYS : usedBy(or<"Run">(visibleRun(reader), visibleRun(reader, "ONLY")));
}

function usedBy(where: Condition<"Run">): Condition<"Dataset"> {
  return or<"Dataset">(
    { kind: "related", relation: "readingRuns", where },
    { kind: "related", relation: "writingRuns", where },
    { kind: "related", relation: "measuringRuns", where },
  );
}

/**
 * The experiments that the token names, or, if it sees runs by their versions, those of the runs and the logged models that it
 * covers.
 */
function visibleExperiment(reader: Reader, deleted: Deleted): Condition<"Experiment"> {
  return and<"Experiment">(coveredExperiment(reader), living(deleted));
}

function coveredExperiment(reader: Reader): Condition<"Experiment"> {
  if (!coversRunsByVersion(reader)) return matches("name", reader.experimentGlobs);
  const runs = and<"Run">(living("EXCLUDE"), coveredRun(reader));
  const loggedModels = and<"LoggedModel">(living("EXCLUDE"), coveredLoggedModel(reader));
  return or<"Experiment">(
    { kind: "related", relation: "runs", where: runs },
    { kind: "related", relation: "loggedModels", where: loggedModels },
  );
}

/** Webhooks of the same actor; all of them for a token without limits. */
function visibleWebhook(viewer: Viewer): Condition<"Webhook"> {
  const { issuer, subject } = viewer.actor;
  const own = and<"Webhook">(equals("createdBySubject", subject), equals("createdByIssuer", issuer));
  return and<"Webhook">(coversEverything(viewer) ? ALWAYS : own, isNull("deletedAt"));
}

/**
 * Who may see which rows of each noun. Every filter, predicate and check is built from this table: a noun without a rule
 * does not compile. The scopes that reading requires are in scopes.ts.
 */
export const VISIBLE: Rules = {
  Model: visibleModel,
  ModelVersion: visibleVersion,
  StageTransition: (viewer) => ({ kind: "related", relation: "model", where: visibleModel(viewer) }),
  AliasTransition: (viewer) => ({ kind: "related", relation: "model", where: visibleModel(viewer) }),
  // Also of deleted models: whoever overrode a policy cannot take the override off the list by deleting the model.
  PromotionDecision: (viewer) => ({ kind: "related", relation: "model", where: coveredModel(viewer) }),
  PromotionRequest: (viewer) => ({ kind: "related", relation: "modelVersion", where: visibleVersion(viewer) }),
  Check: (viewer) => ({ kind: "related", relation: "modelVersion", where: visibleVersion(viewer) }),
  // A policy names models that a narrowed token may not know of.
  Policy: (viewer) => and<"Policy">(isNull("deletedAt"), when(viewer.modelGlobs === null)),
  // Also those of deleted policies: they say who deleted them.
  PolicyChangeRequest: (viewer) => when(viewer.modelGlobs === null),
  Experiment: visibleExperiment,
  Run: visibleRun,
  LoggedModel: visibleLoggedModel,
  Dataset: (viewer, deleted) => and<"Dataset">(coveredDataset(viewer), living(deleted)),
  Deployment: (viewer) =>
    and<"Deployment">(matches("environment", viewer.environmentGlobs), isNull("removedAt"), {
      kind: "related",
      relation: "model",
      where: visibleModel(viewer),
    }),
  Webhook: visibleWebhook,
  WebhookDelivery: (viewer) => ({ kind: "related", relation: "webhook", where: visibleWebhook(viewer) }),
  Revocation: (viewer) => when(coversEverything(viewer)),
};

/**
 * Whether the viewer may see the row, by the rule of its noun: the living row, or with "EITHER" also the deleted one.
 * Undefined if that depends on related rows that the facts do not hold.
 */
export function isVisible<N extends RowNoun>(
  noun: N,
  viewer: Viewer,
  facts: Facts,
  deleted: "EXCLUDE" | "EITHER" = "EXCLUDE",
): boolean | undefined {
  const isDeleted = deleted === "EITHER" && facts.deletedAt instanceof Date;
  return evaluate(VISIBLE[noun](viewer, isDeleted ? "ONLY" : "EXCLUDE"), facts);
}
