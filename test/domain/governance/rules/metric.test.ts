import { describe, expect, test } from "vitest";
import type { MetricFact } from "../../../../src/domain/governance/facts.js";
import type { Comparator, RuleFields } from "../../../../src/domain/governance/rule.js";
import { RULES } from "../../../../src/domain/governance/rule-table.js";
import { refusalOf } from "../../../support/refusal.js";
import { FACTS, FROM_EVALUATION, find, metricOf, STRANGER, said } from "../promotions.js";

const RULE: RuleFields["metric"] = { key: "accuracy", comparator: "GTE", value: 0.9, ifMissing: "FAIL" };

test.each<[Comparator, Record<string, boolean>]>([
  ["GT", { "0.8": false, "0.9": false, "1": true, NaN: false, Infinity: true, "-Infinity": false }],
  ["GTE", { "0.8": false, "0.9": true, "1": true, NaN: false, Infinity: true, "-Infinity": false }],
  ["LT", { "0.8": true, "0.9": false, "1": false, NaN: false, Infinity: false, "-Infinity": true }],
  ["LTE", { "0.8": true, "0.9": true, "1": false, NaN: false, Infinity: false, "-Infinity": true }],
  ["EQ", { "0.8": false, "0.9": true, "1": false, NaN: false, Infinity: false, "-Infinity": false }],
])("%s 0.9", (comparator, expected) => {
  const met = Object.keys(expected).map((value) => {
    const found = find("metric", { ...RULE, comparator }, { metrics: [metricOf(Number(value))] });
    return [value, found.verdict === "PASSED"];
  });
  expect(Object.fromEntries(met)).toEqual(expected);
});

const ON_A = { datasetDigest: "a" };
const OTHERS = { ...RULE, evidenceFrom: FROM_EVALUATION };

test.each<[string, RuleFields["metric"], MetricFact[], string]>([
  ["missing", RULE, [], "FAILED"],
  ["missing, and that is allowed", { ...RULE, ifMissing: "PASS" }, [], "PASSED"],
  ["another key", RULE, [metricOf(1, { key: "Accuracy" })], "FAILED"],
  ["of another version", RULE, [metricOf(1, { versionNumber: 3 })], "FAILED"],
  ["one series of two is too low", RULE, [metricOf(1), metricOf(0, ON_A)], "FAILED"],
  ["only the dataset's series counts", { ...RULE, ...ON_A }, [metricOf(0), metricOf(1, ON_A)], "PASSED"],
  ["nothing on the dataset", { ...RULE, ...ON_A }, [metricOf(1), metricOf(1, { datasetDigest: "b" })], "FAILED"],
  ["by an accepted author", OTHERS, [metricOf(1)], "PASSED"],
  ["by another", OTHERS, [metricOf(1, { author: STRANGER })], "FAILED"],
  ["by nobody known", OTHERS, [metricOf(1, { author: null })], "FAILED"],
  ["by another is not missing", { ...OTHERS, ifMissing: "PASS" }, [metricOf(1, { author: STRANGER })], "FAILED"],
  ["NaN is not missing", { ...RULE, ifMissing: "PASS" }, [metricOf(Number.NaN)], "FAILED"],
])("%s", (_, rule, metrics, verdict) => {
  expect(find("metric", rule, { metrics }).verdict).toBe(verdict);
});

test("the value stands in evidence only", () => {
  const rule = { ...RULE, ...ON_A };
  expect(RULES.metric.describe({ ...rule, evidenceFrom: FROM_EVALUATION })).toMatchInlineSnapshot(
    `"The metric "accuracy" on the dataset a is at least 0.9. Only evidence from group evaluation counts."`,
  );
  expect(find("metric", rule, { metrics: [metricOf(Number.NaN, ON_A)] })).toMatchInlineSnapshot(`
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
          "summary": "accuracy = NaN at step 10 on the dataset a",
          "value": "NaN",
        },
      ],
      "explanation": "The metric "accuracy" on the dataset a is not at least 0.9.",
      "satisfy": "Log a value of "accuracy" on the dataset a that is at least 0.9 to the version's run, or register a version that has one.",
      "verdict": "FAILED",
    }
  `);
});

test("shows what fails first, and at most 20 series", () => {
  const metrics = Array.from({ length: 200 }, (_, i) => metricOf(i === 150 ? 0 : 1, { datasetDigest: `d${i}` }));
  const { evidence } = find("metric", RULE, { metrics });
  expect(evidence).toHaveLength(21);
  expect(evidence[0]).toMatchObject({ value: 0, datasetDigest: "d150" });
  expect(evidence[20]).toEqual({ kind: "METRIC", summary: "and others", experimentName: "fraud" });
});

test("a deleted run is not a missing metric", () => {
  const version = { ...FACTS.version, run: null, isRunDeleted: true };
  expect(said(find("metric", { ...RULE, ifMissing: "PASS" }, { version }))).toMatchInlineSnapshot(
    `"FAILED: The version's run is deleted, and its metrics with it."`,
  );
});

describe("input", () => {
  const GIVEN = { key: "accuracy", comparator: "GTE", value: 0.9 } as const;

  test("gets its defaults", () => {
    expect(RULES.metric.parse("metric", { ...GIVEN, datasetDigest: null })).toEqual(RULE);
  });

  test.each([
    [{ ...GIVEN, key: " " }, "metric.key"],
    [{ ...GIVEN, value: Number.NaN }, "metric.value"],
    [{ ...GIVEN, comparator: "GT", value: Number.POSITIVE_INFINITY } as const, "metric.value"],
    [{ ...GIVEN, comparator: "LT", value: Number.NEGATIVE_INFINITY } as const, "metric.value"],
    [{ ...GIVEN, datasetDigest: "" }, "metric.datasetDigest"],
  ])("%o is refused", (input, field) => {
    expect(refusalOf(() => RULES.metric.parse("metric", input)).field).toBe(field);
  });
});
