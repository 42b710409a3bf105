import type { Author } from "../../../src/domain/access/author.js";
import { People } from "../../../src/domain/access/people.js";
import type {
  CheckFact,
  Facts,
  HolderFact,
  MetricFact,
  PromotionMove,
  StayFact,
} from "../../../src/domain/governance/facts.js";
import { type PolicyInput, parsePolicy } from "../../../src/domain/governance/parse-policy.js";
import type { Policy, PolicyMode } from "../../../src/domain/governance/policy.js";
import type { Finding, RuleFields, RuleKind } from "../../../src/domain/governance/rule.js";
import { RULES } from "../../../src/domain/governance/rule-table.js";

export const AT = new Date("2026-03-01T12:00:00Z");
/** A time before `AT`, or after it if the number is negative. */
export const ago = (seconds: number) => new Date(AT.getTime() - seconds * 1_000);

export const TRUSTED: Author = {
  issuer: "https://issuer.test",
  subject: "evaluator",
  name: "Evaluator",
  kind: "MACHINE",
  scopes: ["runs:write"],
  groups: ["evaluation"],
};
export const STRANGER: Author = { ...TRUSTED, subject: "stranger", name: null, groups: [] };
export const FROM_EVALUATION = { groups: ["evaluation"] };

export const DIGEST = `sha256:${"a".repeat(64)}`;

/** A version 7 with a run, whose target nobody holds. */
export const FACTS: Facts = {
  at: AT,
  people: new People(),
  version: {
    number: 7,
    digest: DIGEST,
    hasSignature: true,
    hasDescription: true,
    run: { id: "run-7", status: "FINISHED", experimentName: "fraud" },
    isRunDeleted: false,
    datasetInputs: 2,
    descriptionHash: "d41d8cd9",
    contentsHash: "0cc175b9",
    stage: "STAGING",
    stageEntry: 1,
    holdsTarget: false,
    registrant: { issuer: "https://issuer.test", subject: "registrant" },
  },
  tags: [],
  stays: [],
  holders: [],
  metrics: [],
  checks: [],
  request: null,
};

export const HOLDER: HolderFact = { id: "holder", number: 3, isRunDeleted: false };

export const TO_PRODUCTION: PromotionMove = {
  target: { stage: "PRODUCTION" },
  reason: null,
  isRollback: false,
  replacesHolders: false,
};

export function metricOf(value: number, other: Partial<MetricFact> = {}): MetricFact {
  return {
    versionNumber: 7,
    runId: "run-7",
    experimentName: "fraud",
    key: "accuracy",
    value,
    step: 10,
    timestamp: ago(60),
    datasetDigest: null,
    author: TRUSTED,
    ...other,
  };
}

export function holderMetric(value: number, other: Partial<MetricFact> = {}): MetricFact {
  return metricOf(value, { versionNumber: HOLDER.number, runId: "run-3", author: null, ...other });
}

export function checkOf(other: Partial<CheckFact> = {}): CheckFact {
  return {
    id: "check-1",
    name: "bias",
    status: "PASSED",
    digest: DIGEST,
    reportedAt: ago(60),
    expiresAt: null,
    author: TRUSTED,
    ...other,
  };
}

export function stayOf(place: Partial<StayFact>, from: number, to: number | null = null): StayFact {
  return { stage: null, alias: null, since: ago(from), until: to === null ? null : ago(to), ...place };
}

/** What a rule finds, with facts and a move that differ from the usual ones as given. */
export function find<K extends RuleKind>(
  kind: K,
  rule: RuleFields[K],
  facts: Partial<Facts> = {},
  move: Partial<PromotionMove> = {},
): Finding {
  return RULES[kind].check(rule, { ...FACTS, ...facts }, { ...TO_PRODUCTION, ...move });
}

/** The verdict and its explanation, as one line. */
export function said({ verdict, explanation }: Finding): string {
  return `${verdict}: ${explanation}`;
}

const ANY_TARGET = { stages: ["STAGING", "PRODUCTION"], aliases: ["*"] } as const;

export function policyOf(name: string, mode: PolicyMode, rules: NonNullable<PolicyInput["rules"]>): Policy {
  return { ...parsePolicy("input", { name, mode, target: ANY_TARGET, rules }), revision: 1 };
}
