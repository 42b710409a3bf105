import { builder } from "../kit/builder.js";
import { Stage } from "../kit/stage.js";
import { KEY_DESCRIPTION } from "../kit/tag.js";
import { RunStatus } from "../tracking/run-status.js";
import { PrincipalsInput } from "./principals.js";
import { Comparator, Direction, HeldWhen, IfMissing, OnRollback, RequiredField, TaggedNoun } from "./rule-enums.js";

const ON_ROLLBACK = "Whether a rollback asks the rule.";
const PATTERN = "In the syntax of RE2, at most 500 characters. The whole text must match.";
const DATASET = "The digest of a dataset.";
const EVIDENCE_FROM = "Whose evidence counts. Default: everybody's.";
const METRIC_SOURCE = "of the run that produced the version";

const PreviousRule = builder.inputType("PreviousRuleInput", {
  description:
    "The version is in a stage or under an alias, or was, for some time, such as in STAGING before PRODUCTION. Set exactly one of `stage` and `alias`.",
  fields: (t) => ({
    stage: t.field({ type: Stage, description: "The stage." }),
    alias: t.string({ description: "The alias." }),
    held: t.field({ type: HeldWhen, defaultValue: "NOW", description: "When the version has to be there." }),
    minimumSeconds: t.int({
      defaultValue: 0,
      description: "How long it has to be there without a break, in seconds; at most ten years.",
    }),
    onRollback: t.field({ type: OnRollback, defaultValue: "SKIP", description: ON_ROLLBACK }),
  }),
});

const PresentRule = builder.inputType("PresentRuleInput", {
  description: "The version has a digest, a signature, a description, a run, or a run that read a dataset.",
  fields: (t) => ({
    field: t.field({ type: RequiredField, required: true, description: "What it must have." }),
    onRollback: t.field({ type: OnRollback, defaultValue: "ASK", description: ON_ROLLBACK }),
  }),
});

const RunStatusRule = builder.inputType("RunStatusRuleInput", {
  description: "The run that produced the version has one of some statuses.",
  fields: (t) => ({
    in: t.field({ type: [RunStatus], required: true, description: "The statuses." }),
    onRollback: t.field({ type: OnRollback, defaultValue: "ASK", description: ON_ROLLBACK }),
  }),
});

const TagRule = builder.inputType("TagRuleInput", {
  description:
    "The version or the model has a tag. Set at most one of `values` and `pattern`; without both any value is allowed.",
  fields: (t) => ({
    on: t.field({ type: TaggedNoun, defaultValue: "VERSION", description: "What has the tag." }),
    key: t.string({ required: true, description: KEY_DESCRIPTION }),
    values: t.stringList({ description: "The allowed values: 1 to 100, of at most 1 000 characters." }),
    pattern: t.string({ description: `A pattern of allowed values. ${PATTERN}` }),
    evidenceFrom: t.field({ type: PrincipalsInput, description: `${EVIDENCE_FROM} Who set the tag's value counts.` }),
    onRollback: t.field({ type: OnRollback, defaultValue: "ASK", description: ON_ROLLBACK }),
  }),
});

const MetricRule = builder.inputType("MetricRuleInput", {
  description: `The latest value of a metric ${METRIC_SOURCE} compares with a number. Where it was measured on several datasets, the latest value on each of them must. NaN never does.`,
  fields: (t) => ({
    key: t.string({ required: true, description: KEY_DESCRIPTION }),
    comparator: t.field({ type: Comparator, required: true, description: "How it compares." }),
    value: t.field({ type: "MetricValue", required: true, description: "The number." }),
    datasetDigest: t.string({ description: `${DATASET} Only values that were measured on it are looked at.` }),
    ifMissing: t.field({
      type: IfMissing,
      defaultValue: "FAIL",
      description: "What the rule says if there is no such metric.",
    }),
    evidenceFrom: t.field({
      type: PrincipalsInput,
      description: `${EVIDENCE_FROM} Who logged the latest value counts.`,
    }),
    onRollback: t.field({ type: OnRollback, defaultValue: "ASK", description: ON_ROLLBACK }),
  }),
});

const MetricAgainstHolderRule = builder.inputType("MetricAgainstHolderRuleInput", {
  description: `A metric ${METRIC_SOURCE} is not worse than that of the version that holds the target now, on the same dataset. NaN on either side does not meet it. Set at most one tolerance.`,
  fields: (t) => ({
    key: t.string({ required: true, description: KEY_DESCRIPTION }),
    direction: t.field({ type: Direction, required: true, description: "Which values are better." }),
    absoluteTolerance: t.float({ description: "By how much it may be worse. Default: 0." }),
    relativeTolerance: t.float({
      description:
        "By which share of the holder's value it may be worse: 0.01 = 1 %. If that value is zero or negative, not at all.",
    }),
    datasetDigest: t.string({ description: `${DATASET} Only values that were measured on it are compared.` }),
    ifMissing: t.field({
      type: IfMissing,
      defaultValue: "FAIL",
      description:
        "What the rule says if no version holds the target, or the holder has no such metric. A version without the metric never meets the rule.",
    }),
    evidenceFrom: t.field({
      type: PrincipalsInput,
      description: `${EVIDENCE_FROM} Who logged the latest values of the version and of the holder counts.`,
    }),
    onRollback: t.field({ type: OnRollback, defaultValue: "SKIP", description: ON_ROLLBACK }),
  }),
});

const CheckRule = builder.inputType("CheckRuleInput", {
  description:
    "The newest check of a name passed, was made for the version's digest, and is neither expired nor too old. `reportCheck` reports checks.",
  fields: (t) => ({
    name: t.string({ required: true, description: "The name of the check." }),
    maxAgeSeconds: t.int({ description: "How old it may be, in seconds. Default: any age." }),
    evidenceFrom: t.field({
      type: PrincipalsInput,
      description: `${EVIDENCE_FROM} Reports of others are passed over.`,
    }),
    onRollback: t.field({ type: OnRollback, defaultValue: "ASK", description: ON_ROLLBACK }),
  }),
});

const ReasonRule = builder.inputType("ReasonRuleInput", {
  description: "The move gives a reason.",
  fields: (t) => ({
    minimumLength: t.int({
      defaultValue: 1,
      description: "The least number of characters, without blanks at both ends.",
    }),
    pattern: t.string({ description: `A pattern, such as of a ticket. ${PATTERN}` }),
    onRollback: t.field({ type: OnRollback, defaultValue: "ASK", description: ON_ROLLBACK }),
  }),
});

const ApprovalsRule = builder.inputType("ApprovalsRuleInput", {
  description:
    "So many people approved the request of whoever moves the version (`requestPromotion`). Each person counts once, by issuer and subject.",
  fields: (t) => ({
    quorum: t.int({ defaultValue: 1, description: "How many: 1 to 100." }),
    from: t.field({
      type: PrincipalsInput,
      description: "Whose approvals count. Default: everybody's with `stages:approve`.",
    }),
    notRegistrant: t.boolean({
      defaultValue: true,
      description: "Whether that of the version's registrant does not count.",
    }),
    notRequester: t.boolean({ defaultValue: true, description: "Whether that of the requester does not count." }),
    oneOfEach: t.stringList({
      description:
        "Of each of these groups there is at least one approver. At most 20, and at most as many as the quorum.",
    }),
    sameHolder: t.boolean({
      defaultValue: true,
      description: "Whether a request is stale once another version holds the target than when it was asked.",
    }),
    onRollback: t.field({ type: OnRollback, defaultValue: "SKIP", description: ON_ROLLBACK }),
  }),
});

const FreezeRule = builder.inputType("FreezeRuleInput", {
  description: "No version is promoted in a period.",
  fields: (t) => ({
    from: t.field({ type: "DateTime", required: true, description: "When the freeze begins." }),
    to: t.field({ type: "DateTime", required: true, description: "When it has ended." }),
    onRollback: t.field({ type: OnRollback, defaultValue: "ASK", description: ON_ROLLBACK }),
  }),
});

export const PolicyRuleInput = builder.inputType("PolicyRuleInput", {
  isOneOf: true,
  description: "What must hold before a version is promoted. Set exactly one field.",
  fields: (t) => ({
    previous: t.field({ type: PreviousRule, description: "Where the version is or was before." }),
    present: t.field({ type: PresentRule, description: "What the version must have." }),
    runStatus: t.field({ type: RunStatusRule, description: "The status of its run." }),
    tag: t.field({ type: TagRule, description: "A tag of the version or the model." }),
    metric: t.field({ type: MetricRule, description: "A metric, compared with a number." }),
    metricAgainstHolder: t.field({
      type: MetricAgainstHolderRule,
      description: "A metric, compared with that of the version that holds the target now.",
    }),
    check: t.field({ type: CheckRule, description: "A check from outside that passed." }),
    singleHolder: t.boolean({
      description: "`true`: a stage has at most one holder. The database keeps it so, and no override goes past it.",
    }),
    reason: t.field({ type: ReasonRule, description: "A reason for the move." }),
    approvals: t.field({ type: ApprovalsRule, description: "Approvals of a request." }),
    freeze: t.field({ type: FreezeRule, description: "A period without promotions." }),
  }),
});
