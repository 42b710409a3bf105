import type { RuleKind as DomainRuleKind } from "../../domain/governance/rule.js";
import { nameOfKind, RULE_KINDS } from "../../domain/governance/rule-table.js";
import { builder } from "../kit/builder.js";

export const PolicyMode = builder.enumType("PolicyMode", {
  description:
    "What a policy does with a promotion that does not meet its rules, and whether it protects what holds its target.",
  values: {
    ENFORCE: { description: "It refuses the promotion. Its protection holds." },
    EVALUATE: {
      description:
        "It refuses nothing and protects nothing, and records what it would have refused. A new policy begins so.",
    },
    OFF: { description: "It does nothing, and is not recorded." },
  } as const,
});

export const CheckStatus = builder.enumType("CheckStatus", {
  description: "The result of a check.",
  values: {
    PENDING: { description: "It has not ended." },
    PASSED: { description: "It passed." },
    FAILED: { description: "It failed." },
  } as const,
});

export const IfMissing = builder.enumType("IfMissing", {
  description: "What a rule decides where there is nothing to look at.",
  values: {
    FAIL: { description: "It is not met." },
    PASS: { description: "It is met." },
  } as const,
});

export const OnRollback = builder.enumType("OnRollback", {
  description: "Whether a rule is asked of a version that held the target before and is put back.",
  values: {
    ASK: { description: "It is asked." },
    SKIP: { description: "It is not asked." },
  } as const,
});

export const HeldWhen = builder.enumType("HeldWhen", {
  description: "When a version has to be in a stage or under an alias.",
  values: {
    NOW: { description: "It is there when it is promoted." },
    EVER: { description: "It is there, or was there before." },
  } as const,
});

export const RequiredField = builder.enumType("RequiredField", {
  description: "What a version must have.",
  values: {
    DIGEST: { description: "The digest of its artifacts." },
    SIGNATURE: { description: "A signature." },
    DESCRIPTION: { description: "A description that is not empty." },
    RUN: { description: "The run that produced it, which is not deleted." },
    DATASET_INPUT: { description: "A dataset that its run read." },
  } as const,
});

export const Comparator = builder.enumType("Comparator", {
  description: "How a metric is compared with a number. NaN meets none.",
  values: {
    GT: { description: "Greater." },
    GTE: { description: "Greater or equal." },
    LT: { description: "Less." },
    LTE: { description: "Less or equal." },
    EQ: { description: "Equal." },
  } as const,
});

export const Direction = builder.enumType("Direction", {
  description: "Which values of a metric are better.",
  values: {
    HIGHER_IS_BETTER: { description: "As for an accuracy." },
    LOWER_IS_BETTER: { description: "As for a loss." },
  } as const,
});

export const TaggedNoun = builder.enumType("TaggedNoun", {
  description: "What has the tag that a rule looks at.",
  values: {
    MODEL: { description: "The model." },
    VERSION: { description: "The version." },
  } as const,
});

const KIND_DESCRIPTIONS: Readonly<Record<DomainRuleKind, string>> = {
  previous: "Where the version is or was before.",
  present: "What the version must have.",
  runStatus: "The status of the version's run.",
  tag: "A tag of the version or the model.",
  metric: "A metric, compared with a number.",
  metricAgainstHolder: "A metric, compared with that of the current holder.",
  check: "A check from outside that passed.",
  singleHolder: "At most one holder of a stage.",
  reason: "A reason for the move.",
  approvals: "Approvals of a request.",
  freeze: "A period without promotions.",
};

export const RuleKind = builder.enumType("PolicyRuleKind", {
  description: "The kind of a rule: the field of `PolicyRuleInput` that defines it.",
  values: Object.fromEntries(
    RULE_KINDS.map((value) => [nameOfKind(value), { value, description: KIND_DESCRIPTIONS[value] }]),
  ) as Record<string, { value: DomainRuleKind; description: string }>,
});

export const RuleStatus = builder.enumType("PolicyRuleStatus", {
  description: "What a rule says about a promotion.",
  values: {
    PASSED: { description: "It is met." },
    FAILED: { description: "It is not met." },
    PENDING: { description: "It is not met yet: what it waits for has not ended." },
    EVALUATED: { description: "It is not met, and its policy only evaluates: it refuses nothing." },
  } as const,
});

export const EvidenceKind = builder.enumType("EvidenceKind", {
  description: "What a rule looked at.",
  values: {
    METRIC: { description: "The latest value of a metric. Requires `runs:read`." },
    RUN: { description: "The run that produced the version. Requires `runs:read`." },
    DATASET: { description: "The datasets that the run read. Requires `runs:read`." },
    TAG: { description: "A tag." },
    CHECK: { description: "A check." },
    STAY: { description: "A time in a stage or under an alias." },
    HOLDER: { description: "A version that holds the target." },
    FIELD: { description: "A field of the version." },
    REASON: { description: "The reason of the move." },
    APPROVAL: { description: "An approval of a request." },
    TIME: { description: "The time of the move." },
  } as const,
});

export const ReplayStatus = builder.enumType("ReplayStatus", {
  description: "What a rule would have said about a promotion of the past.",
  values: {
    PASSED: { description: "It was met." },
    FAILED: { description: "It was not met." },
    PENDING: { description: "It was not met yet." },
    UNKNOWN: { description: "What it looks at was not recorded." },
  } as const,
});

export const ReplaySource = builder.enumType("ReplaySource", {
  description: "How it is known what a rule would have said.",
  values: {
    DECISION: { description: "The decision of then recorded an equal rule." },
    HISTORY: { description: "The history says what the rule looks at." },
    NONE: { description: "It is not known." },
  } as const,
});

export const ImpactVerdict = builder.enumType("ImpactVerdict", {
  description: "What a draft would have said about a promotion of the past.",
  values: {
    BLOCKED: { description: "A rule was not met." },
    UNKNOWN: { description: "No rule is known not to be met, and some are not known." },
    ALLOWED: { description: "All rules were met." },
  } as const,
});
