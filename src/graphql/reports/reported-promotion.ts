import type {
  ReportedDecision as Decision,
  Leave,
  ReportedPromotion as Line,
  NextPromotion,
  OverrideReview,
  Served,
} from "../../domain/reports/reported-promotion.js";
import { GuardingPolicy, RuleResult } from "../governance/rule-result.js";
import { Actor } from "../kit/actor.js";
import { builder } from "../kit/builder.js";
import { encodeId } from "../kit/ids.js";
import { Stage } from "../kit/stage.js";
import { loadRow } from "../kit/visible-rows.js";
import { Model } from "../models/model.js";
import { Run } from "../tracking/run.js";
import { ModelVersion } from "../versions/model-version.js";
import { ReportedInput, ReportedMetric } from "./reported-metric.js";
import { ReportedRequest } from "./reported-request.js";

const ProofState = builder.enumType("ProofState", {
  description: "How a line of a report is proven.",
  values: {
    LOG: { description: "The log holds the event, and the line says what the event says." },
    COMPACTED: { description: "The event was compacted: the proof is the archived segment that holds its revision." },
    DIFFERS: {
      description:
        "The line says something else than the event, or the event is gone without a compaction: somebody changed the database.",
    },
  } as const,
});

const Proof = builder.objectRef<Line["proof"]>("Proof").implement({
  description: "What proves a line of a report.",
  fields: (t) => ({
    state: t.field({ type: ProofState, description: "How the line is proven.", resolve: ({ state }) => state }),
    hash: t.exposeString("hash", {
      nullable: true,
      description:
        "The hash of the event, in hexadecimal digits, as `audit` and `shelfmark audit export` have it; null if the event was compacted before the registry kept hashes.",
    }),
  }),
});

const ReportedOverrideReview = builder.objectRef<OverrideReview>("ReportedOverrideReview").implement({
  description: "Somebody else than who overrode policies has looked at the override.",
  fields: (t) => ({
    reviewer: t.field({ type: Actor, description: "Who acknowledged it.", resolve: ({ reviewer }) => reviewer }),
    at: t.expose("at", { type: "DateTime", description: "When." }),
    comment: t.exposeString("comment", { nullable: true, description: "What the reviewer wrote." }),
  }),
});

const ReportedDecision = builder.objectRef<Decision>("ReportedDecision").implement({
  description: "What policies said about a promotion, as its event holds it.",
  fields: (t) => ({
    policies: t.field({
      type: [GuardingPolicy],
      description: "The policies that guarded the target, as they were then.",
      resolve: ({ policies }) => [...policies],
    }),
    rules: t.field({
      type: [RuleResult],
      description: "What each rule said. The rule `approvals` has those who approved as evidence.",
      resolve: ({ rules }) => [...rules],
    }),
    isRollback: t.exposeBoolean("isRollback", { description: "Whether the mutation `rollback` made it." }),
    overrideReason: t.exposeString("overrideReason", {
      nullable: true,
      description: "Why it was made although rules of enforced policies were not met; null if that was not needed.",
    }),
    overrideReview: t.field({
      type: ReportedOverrideReview,
      nullable: true,
      description: "Who acknowledged the override; null if nobody has, and if there is none.",
      resolve: ({ overrideReview }) => overrideReview,
    }),
    onBehalfOf: t.field({
      type: Actor,
      nullable: true,
      description: "The requester, if an approval made the move with the requester's rights; null otherwise.",
      resolve: ({ onBehalfOf }) => onBehalfOf,
    }),
  }),
});

const ServedTime = builder.objectRef<Served>("ServedTime").implement({
  description: "How long a version was in a stage or under an alias.",
  fields: (t) => ({
    from: t.expose("from", { type: "DateTime", description: "From when." }),
    until: t.expose("until", { type: "DateTime", nullable: true, description: "Until when; null if it still is." }),
    seconds: t.exposeFloat("seconds", { nullable: true, description: "For how many seconds; null if it still is." }),
  }),
});

const LeftBy = builder.objectRef<Leave>("LeftTarget").implement({
  description: "The move that took a version off a stage or an alias.",
  fields: (t) => ({
    revision: t.expose("revision", { type: "Long", description: "The revision of its event." }),
    at: t.expose("at", { type: "DateTime", description: "When it happened." }),
    toStage: t.expose("toStage", {
      type: Stage,
      nullable: true,
      description: "The stage moved to; null for an alias.",
    }),
    reason: t.exposeString("reason", { nullable: true, description: "The reason that the actor gave." }),
    actor: t.field({ type: Actor, description: "Who moved it.", resolve: ({ actor }) => actor }),
  }),
});

const Next = builder.objectRef<NextPromotion>("NextPromotion").implement({
  description: "The next promotion of a model to the same stage or alias.",
  fields: (t) => ({
    revision: t.expose("revision", { type: "Long", description: "The revision of its event." }),
    at: t.expose("at", { type: "DateTime", description: "When it happened." }),
    versionNumber: t.exposeInt("versionNumber", { description: "The number of the version that was promoted." }),
    heldBefore: t.exposeBoolean("heldBefore", {
      description: "Whether that version had held the target before, so that the promotion was undone, not followed.",
    }),
  }),
});

export const ReportedPromotion = builder.objectRef<Line>("ReportedPromotion").implement({
  description:
    "A promotion as an auditor reads it. What the event says about it is proven by the event; previous holders, times served, runs, metrics and datasets are from other tables of the registry.",
  fields: (t) => ({
    revision: t.expose("revision", { type: "Long", description: "The revision of the promotion's event." }),
    eventId: t.exposeID("eventId", { description: "The event's own id, as `audit` has it." }),
    at: t.expose("at", { type: "DateTime", description: "When it happened." }),
    proof: t.field({ type: Proof, description: "What proves the line.", resolve: ({ proof }) => proof }),
    notes: t.stringList({
      description: "What the line does not show, and why, in words: what is hidden, deleted, compacted or not known.",
      resolve: ({ notes }) => [...notes],
    }),
    modelId: t.id({ description: "The model's global id.", resolve: ({ modelId }) => encodeId("Model", modelId) }),
    modelName: t.exposeString("modelName", {
      nullable: true,
      description: "The model's name at the time; null if it is not known or the token does not cover it.",
    }),
    currentModelName: t.exposeString("currentModelName", {
      description: "The model's name now, also if it is deleted.",
    }),
    model: t.field({
      type: Model,
      nullable: true,
      description: "The model as it is now; null if it is deleted.",
      resolve: ({ modelId }, _args, context, info) => loadRow({ context, info }, "Model", modelId),
    }),
    versionNumber: t.exposeInt("versionNumber", { description: "The version's number, also if it is deleted." }),
    modelVersion: t.field({
      type: ModelVersion,
      nullable: true,
      description: "The version as it is now; null if it is deleted.",
      resolve: ({ versionId }, _args, context, info) => loadRow({ context, info }, "ModelVersion", versionId),
    }),
    digest: t.exposeString("digest", { nullable: true, description: "The SHA-256 of the version's artifacts." }),
    stage: t.expose("stage", { type: Stage, nullable: true, description: "The stage moved to; null for an alias." }),
    alias: t.exposeString("alias", { nullable: true, description: "The alias moved; null for a stage." }),
    fromStage: t.expose("fromStage", {
      type: Stage,
      nullable: true,
      description: "The stage that the version left; null for an alias.",
    }),
    previousVersionNumber: t.exposeInt("previousVersionNumber", {
      nullable: true,
      description:
        "The number of the version that held the target before: of several in a stage, the one that entered last. Null if none did.",
    }),
    heldBefore: t.exposeBoolean("heldBefore", {
      description: "Whether the version had been promoted to the target before: every rollback, and moves like one.",
    }),
    actor: t.field({ type: Actor, description: "Who moved it.", resolve: ({ actor }) => actor }),
    reason: t.exposeString("reason", { nullable: true, description: "The reason that the actor gave." }),
    decision: t.field({
      type: ReportedDecision,
      nullable: true,
      description: "What policies said; null if no policy guarded the target.",
      resolve: ({ decision }) => decision,
    }),
    request: t.field({
      type: ReportedRequest,
      nullable: true,
      description: "The request that the promotion executed; null if there was none.",
      resolve: ({ request }) => request,
    }),
    run: t.field({
      type: Run,
      nullable: true,
      description: "The run that made the version; null if there is none, it is deleted or the viewer may not see it.",
      resolve: ({ runId }, _args, context, info) => (runId === null ? null : loadRow({ context, info }, "Run", runId)),
    }),
    metrics: t.field({
      type: [ReportedMetric],
      nullable: true,
      description:
        "The metrics of the version against the version that held the target before: those that rules looked at, and at most 50 others. Null if the run is none, deleted or hidden. Requires `runs:read`.",
      resolve: ({ metrics }) => metrics && [...metrics],
    }),
    datasets: t.field({
      type: [ReportedInput],
      nullable: true,
      description:
        "The datasets that the version's run read, at most 20. Null if the run is none, deleted or hidden. Requires `runs:read`.",
      resolve: ({ datasets }) => datasets && [...datasets],
    }),
    served: t.field({
      type: ServedTime,
      description: "How long the version was in the stage or under the alias.",
      resolve: ({ served }) => served,
    }),
    left: t.field({
      type: LeftBy,
      nullable: true,
      description: "The move that took the version off the target; null if it still holds it.",
      resolve: ({ left }) => left,
    }),
    next: t.field({
      type: Next,
      nullable: true,
      description: "The next promotion of the model to the same target; null if there was none.",
      resolve: ({ next }) => next,
    }),
  }),
});
