import { describe, expect, test } from "vitest";
import type { MetricFact } from "../../../../src/domain/governance/facts.js";
import type { RuleFields } from "../../../../src/domain/governance/rule.js";
import { RULES } from "../../../../src/domain/governance/rule-table.js";
import { refusalOf } from "../../../support/refusal.js";
import { FROM_EVALUATION, find, HOLDER, holderMetric, metricOf, STRANGER, said, TRUSTED } from "../promotions.js";

type Rule = RuleFields["metricAgainstHolder"];
const RULE: Rule = {
  key: "accuracy",
  direction: "HIGHER_IS_BETTER",
  tolerance: { absolute: 0 },
  ifMissing: "FAIL",
};
const LENIENT: Rule = { ...RULE, ifMissing: "PASS" };
const ON_A = { datasetDigest: "a" };
const ON_B = { datasetDigest: "b" };
const STRANGE = { author: STRANGER };

test.each<[string, Rule, MetricFact[], string]>([
  ["equal", RULE, [metricOf(0.9), holderMetric(0.9)], "PASSED"],
  ["better", RULE, [metricOf(0.91), holderMetric(0.9)], "PASSED"],
  ["worse", RULE, [metricOf(0.89), holderMetric(0.9)], "FAILED"],
  ["lower is better", { ...RULE, direction: "LOWER_IS_BETTER" }, [metricOf(0.89), holderMetric(0.9)], "PASSED"],
  ["within the tolerance", { ...RULE, tolerance: { absolute: 0.25 } }, [metricOf(0.5), holderMetric(0.75)], "PASSED"],
  ["own value is missing", LENIENT, [holderMetric(0.9)], "FAILED"],
  ["the holder's is missing", RULE, [metricOf(0.9)], "FAILED"],
  ["the holder's is missing, and that is allowed", LENIENT, [metricOf(0.9)], "PASSED"],
  ["own value is NaN", LENIENT, [metricOf(Number.NaN), holderMetric(0.9)], "FAILED"],
  ["the holder's is NaN", LENIENT, [metricOf(0.9), holderMetric(Number.NaN)], "FAILED"],
  ["worse on one dataset", RULE, [metricOf(1), metricOf(0, ON_A), holderMetric(0), holderMetric(1, ON_A)], "FAILED"],
  ["only what both have", RULE, [metricOf(0), metricOf(1, ON_A), holderMetric(1, ON_A)], "PASSED"],
  ["no dataset in common", LENIENT, [metricOf(1, ON_B), holderMetric(0, ON_A)], "FAILED"],
  [
    "the dataset of the rule",
    { ...RULE, ...ON_A },
    [metricOf(0), holderMetric(1), metricOf(1, ON_A), holderMetric(1, ON_A)],
    "PASSED",
  ],
  ["own value is not on it", { ...LENIENT, ...ON_A }, [metricOf(1), holderMetric(1, ON_A)], "FAILED"],
  ["the holder's is not on it", { ...LENIENT, ...ON_A }, [metricOf(1, ON_A), holderMetric(1)], "PASSED"],
  [
    "the holder's is by another",
    { ...LENIENT, evidenceFrom: FROM_EVALUATION },
    [metricOf(1), holderMetric(1, STRANGE)],
    "FAILED",
  ],
  [
    "the holder's is by another, on a dataset that decides nothing",
    { ...RULE, evidenceFrom: FROM_EVALUATION },
    [metricOf(1), holderMetric(1, { author: TRUSTED }), holderMetric(0, { ...ON_A, ...STRANGE })],
    "PASSED",
  ],
  ["by another", { ...LENIENT, evidenceFrom: FROM_EVALUATION }, [metricOf(1, STRANGE)], "FAILED"],
  ["of another version than the first holder", LENIENT, [metricOf(0), metricOf(1, { versionNumber: 2 })], "PASSED"],
])("%s", (_, rule, metrics, verdict) => {
  expect(
    find("metricAgainstHolder", rule, { metrics, holders: [HOLDER, { ...HOLDER, id: "other", number: 2 }] }).verdict,
  ).toBe(verdict);
});

test("a deleted run of the holder is not a missing metric", () => {
  const holders = [{ ...HOLDER, isRunDeleted: true }];
  expect(said(find("metricAgainstHolder", LENIENT, { metrics: [metricOf(0.9)], holders }))).toMatchInlineSnapshot(
    `"FAILED: The run of the current holder is deleted, and its metrics with it."`,
  );
});

test("no holder", () => {
  const metrics = [metricOf(0.9)];
  expect(find("metricAgainstHolder", RULE, { metrics })).toMatchInlineSnapshot(`
    {
      "evidence": [
        {
          "at": "2026-03-01T11:59:00.000Z",
          "author": {
            "issuer": "https://issuer.test",
            "kind": "MACHINE",
            "name": "Evaluator",
            "subject": "evaluator",
          },
          "experimentName": "fraud",
          "key": "accuracy",
          "kind": "METRIC",
          "runId": "run-7",
          "summary": "accuracy = 0.9 at step 10",
          "value": 0.9,
        },
      ],
      "explanation": "No version holds the target: there is nothing to compare with.",
      "satisfy": "Override the rule, or let the policy say ifMissing: PASS.",
      "verdict": "FAILED",
    }
  `);
  expect(find("metricAgainstHolder", LENIENT, { metrics }).verdict).toBe("PASSED");
  expect(find("metricAgainstHolder", LENIENT).verdict).toBe("FAILED");
});

test("shows both values as evidence, and in no sentence", () => {
  const rule = { ...RULE, tolerance: { relative: 0.1 }, evidenceFrom: FROM_EVALUATION };
  expect(RULES.metricAgainstHolder.describe(rule)).toMatchInlineSnapshot(
    `"The metric "accuracy" is not lower than the current holder's on the same dataset by more than 0.1 times that. Only evidence from group evaluation counts."`,
  );
  const metrics = [metricOf(0.5, ON_A), holderMetric(0.875, { ...ON_A, author: TRUSTED })];
  expect(find("metricAgainstHolder", rule, { metrics, holders: [HOLDER] })).toMatchInlineSnapshot(`
    {
      "evidence": [
        {
          "at": "2026-03-01T11:59:00.000Z",
          "author": {
            "issuer": "https://issuer.test",
            "kind": "MACHINE",
            "name": "Evaluator",
            "subject": "evaluator",
          },
          "datasetDigest": "a",
          "experimentName": "fraud",
          "key": "accuracy",
          "kind": "METRIC",
          "runId": "run-7",
          "summary": "accuracy = 0.5 at step 10 on the dataset a",
          "value": 0.5,
        },
        {
          "at": "2026-03-01T11:59:00.000Z",
          "author": {
            "issuer": "https://issuer.test",
            "kind": "MACHINE",
            "name": "Evaluator",
            "subject": "evaluator",
          },
          "datasetDigest": "a",
          "experimentName": "fraud",
          "key": "accuracy",
          "kind": "METRIC",
          "runId": "run-3",
          "summary": "version 3: accuracy = 0.875 at step 10 on the dataset a",
          "value": 0.875,
          "versionNumber": 3,
        },
      ],
      "explanation": "The metric "accuracy" is worse than the current holder's.",
      "satisfy": "Register a version whose "accuracy" is not worse than the current holder's.",
      "verdict": "FAILED",
    }
  `);
});

describe("input", () => {
  const GIVEN = { key: "accuracy", direction: "HIGHER_IS_BETTER" } as const;
  const parse = (other: Partial<Parameters<typeof RULES.metricAgainstHolder.parse>[1]>) =>
    RULES.metricAgainstHolder.parse("metricAgainstHolder", { ...GIVEN, ...other });

  test("gets its defaults", () => {
    expect(parse({})).toEqual(RULE);
    expect(parse({ relativeTolerance: 0 }).tolerance).toEqual({ relative: 0 });
  });

  test.each([
    [{ absoluteTolerance: 0, relativeTolerance: 0 }, "metricAgainstHolder"],
    [{ absoluteTolerance: -1 }, "metricAgainstHolder.absoluteTolerance"],
    [{ relativeTolerance: Number.NaN }, "metricAgainstHolder.relativeTolerance"],
    [{ relativeTolerance: Number.POSITIVE_INFINITY }, "metricAgainstHolder.relativeTolerance"],
    [{ datasetDigest: "?" }, "metricAgainstHolder.datasetDigest"],
  ])("%o is refused", (input, field) => {
    expect(refusalOf(() => parse(input)).field).toBe(field);
  });
});
