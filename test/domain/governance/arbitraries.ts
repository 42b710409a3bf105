import fc from "fast-check";
import { CHECK_STATUSES } from "../../../src/domain/governance/check.js";
import { RULE_STATUSES, type RuleResult } from "../../../src/domain/governance/decision.js";
import { EVIDENCE_KINDS } from "../../../src/domain/governance/evidence.js";
import type { Facts, PromotionMove } from "../../../src/domain/governance/facts.js";
import { parseRule, type RuleInput } from "../../../src/domain/governance/parse-rule.js";
import { POLICY_MODES, type Policy } from "../../../src/domain/governance/policy.js";
import { COMPARATORS, DIRECTIONS, PRESENT_FIELDS, type Rule } from "../../../src/domain/governance/rule.js";
import { RULE_KINDS } from "../../../src/domain/governance/rule-table.js";
import { RUN_STATUSES } from "../../../src/domain/tracking/run.js";
import { STAGES } from "../../../src/domain/versions/stage.js";
import { AT, ago, DIGEST, FACTS, FROM_EVALUATION, HOLDER, STRANGER, TRUSTED } from "./promotions.js";

// Few of each, so that rules and facts meet.
const key = fc.constantFrom("a", "b");
const text = fc.string({ unit: "grapheme", maxLength: 300 });
const dataset = fc.constantFrom(null, "d1", "d2");
const author = fc.constantFrom(null, TRUSTED, STRANGER);
const alias = fc.constantFrom("canary", "shadow");
const time = fc.integer({ min: -100, max: 100 }).map(ago);
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const evidenceFrom = maybe(fc.constant(FROM_EVALUATION));
const ifMissing = maybe(fc.constantFrom("FAIL", "PASS"));
const onRollback = maybe(fc.constantFrom("ASK", "SKIP"));
const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
const held = maybe(fc.constantFrom("NOW", "EVER"));

const INPUTS: { readonly [K in keyof RuleInput]: fc.Arbitrary<RuleInput[K]> } = {
  previous: fc.oneof(
    fc.record({ stage: fc.constantFrom(...STAGES), held, minimumSeconds: fc.nat(200), onRollback }),
    fc.record({ alias, held, minimumSeconds: fc.nat(200), onRollback }),
  ),
  present: fc.record({ field: fc.constantFrom(...PRESENT_FIELDS), onRollback }),
  runStatus: fc.record({ in: fc.subarray([...RUN_STATUSES], { minLength: 1 }), onRollback }),
  tag: fc.oneof(
    fc.record({ on: fc.constantFrom("MODEL", "VERSION"), key, evidenceFrom, onRollback }),
    fc.record({ key, pattern: fc.constantFrom("[a-f]*", ".*x"), evidenceFrom }),
    fc.record({ key, values: fc.uniqueArray(text, { minLength: 1, maxLength: 7 }) }),
  ),
  metric: fc.record({
    key,
    comparator: fc.constantFrom(...COMPARATORS),
    value: finite,
    datasetDigest: dataset,
    ifMissing,
    evidenceFrom,
    onRollback,
  }),
  metricAgainstHolder: fc.record({
    key,
    direction: fc.constantFrom(...DIRECTIONS),
    relativeTolerance: maybe(fc.nat(3)),
    datasetDigest: dataset,
    ifMissing,
    evidenceFrom,
    onRollback,
  }),
  check: fc.record({ name: key, maxAgeSeconds: maybe(fc.integer({ min: 1, max: 100 })), evidenceFrom, onRollback }),
  singleHolder: fc.constant(true),
  reason: fc.record({
    minimumLength: fc.integer({ min: 1, max: 20 }),
    pattern: maybe(fc.constant(".*a.*")),
    onRollback,
  }),
  approvals: fc.record({ quorum: fc.integer({ min: 1, max: 3 }), sameHolder: maybe(fc.boolean()), onRollback }),
  freeze: fc
    .tuple(fc.nat(100), fc.integer({ min: 1, max: 100 }), onRollback)
    .map(([from, length, rollback]) => ({ from: ago(from), to: ago(from - length), onRollback: rollback })),
};

const rule: fc.Arbitrary<Rule> = fc.oneof(
  ...RULE_KINDS.map((kind) =>
    (INPUTS[kind] as fc.Arbitrary<unknown>).map((given) => parseRule("rule", { [kind]: given })),
  ),
);

export function policyArbitrary(name: string): fc.Arbitrary<Policy> {
  return fc
    .record({ mode: fc.constantFrom(...POLICY_MODES), rules: fc.array(rule, { maxLength: 6 }), revision: fc.nat() })
    .map(({ mode, rules, revision }) => ({
      name,
      mode,
      revision,
      definition: {
        selector: { models: ["*"], tags: [] },
        target: { stages: ["PRODUCTION"], aliases: ["*"] },
        rules,
        protection: { freezeDescription: false, freezeTags: false, reservedTags: [] },
      },
    }));
}

const metricArbitrary = fc.record({
  versionNumber: fc.constantFrom(FACTS.version.number, HOLDER.number),
  runId: fc.constantFrom("run-1", "run-2"),
  experimentName: text,
  key,
  value: fc.double(),
  step: fc.integer(),
  timestamp: time,
  datasetDigest: dataset,
  author,
});

export const factsArbitrary: fc.Arbitrary<Facts> = fc.record({
  at: fc.constant(AT),
  version: fc.record({
    number: fc.constant(FACTS.version.number),
    digest: fc.constantFrom(null, DIGEST),
    hasSignature: fc.boolean(),
    hasDescription: fc.boolean(),
    run: fc.option(fc.record({ id: key, status: fc.constantFrom(...RUN_STATUSES), experimentName: text })),
    isRunDeleted: fc.boolean(),
    datasetInputs: fc.nat(2),
    descriptionHash: fc.constantFrom(null, "d41d8cd9"),
    contentsHash: fc.constantFrom("a", "b"),
    stage: fc.constantFrom(...STAGES),
    stageEntry: fc.nat(9),
    holdsTarget: fc.boolean(),
    registrant: fc.constant(FACTS.version.registrant),
  }),
  request: fc.constant(null),
  people: fc.constant(FACTS.people),
  tags: fc.array(fc.record({ on: fc.constantFrom("MODEL", "VERSION"), key, value: text, author })),
  stays: fc.array(
    fc.oneof(
      fc.record({ stage: fc.constantFrom(...STAGES), alias: fc.constant(null), since: time, until: fc.option(time) }),
      fc.record({ stage: fc.constant(null), alias, since: time, until: fc.option(time) }),
    ),
  ),
  holders: fc.constantFrom([], [HOLDER], [HOLDER, { ...HOLDER, id: "other", number: 2 }]),
  metrics: fc.array(metricArbitrary),
  checks: fc.array(
    fc.record({
      id: text,
      name: key,
      status: fc.constantFrom(...CHECK_STATUSES),
      digest: fc.constantFrom(null, DIGEST),
      reportedAt: time,
      expiresAt: fc.option(time),
      author,
    }),
  ),
});

export const moveArbitrary: fc.Arbitrary<PromotionMove> = fc.record({
  target: fc.oneof(fc.constant({ stage: "PRODUCTION" as const }), fc.record({ alias })),
  reason: fc.option(text),
  isRollback: fc.boolean(),
  replacesHolders: fc.boolean(),
});

export const resultArbitrary: fc.Arbitrary<RuleResult> = fc.record({
  policy: text,
  revision: fc.nat(),
  mode: fc.constantFrom(...POLICY_MODES),
  position: fc.nat(),
  kind: fc.constantFrom(...RULE_KINDS),
  requirement: text,
  status: fc.constantFrom(...RULE_STATUSES),
  explanation: text,
  evidence: fc.array(
    fc.record(
      { kind: fc.constantFrom(...EVIDENCE_KINDS), summary: text, experimentName: fc.constantFrom("fraud", "churn") },
      { requiredKeys: ["kind", "summary"] },
    ),
  ),
});
