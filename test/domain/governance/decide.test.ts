import fc from "fast-check";
import { expect, test } from "vitest";
import { decide, isOverridable, needsOf, unmetRules } from "../../../src/domain/governance/decide.js";
import type { RuleResult } from "../../../src/domain/governance/decision.js";
import { canonicalJson, type JsonValue } from "../../../src/domain/values/json.js";
import { isStorable } from "../../../src/domain/values/text.js";
import { factsArbitrary, moveArbitrary, policyArbitrary } from "./arbitraries.js";
import { ago, checkOf, FACTS, metricOf, policyOf, TO_PRODUCTION } from "./promotions.js";

const METRIC = { metric: { key: "accuracy", comparator: "GTE", value: 0.9 } } as const;
const CHECK = { check: { name: "bias" } };
const REASON = { reason: {} };

const brief = (results: readonly RuleResult[]) =>
  results.map(({ policy, position, kind, mode, status }) => `${policy} ${position} ${kind} ${mode} ${status}`);

test("each rule of each policy that is not OFF, by the policies' names", () => {
  const policies = [
    policyOf("z", "ENFORCE", [REASON, METRIC]),
    policyOf("off", "OFF", [REASON]),
    policyOf("B", "EVALUATE", [CHECK, METRIC, REASON]),
    policyOf("a", "ENFORCE", [CHECK]),
  ];
  const facts = { ...FACTS, metrics: [metricOf(0.95)], checks: [checkOf({ status: "PENDING" })] };
  const results = decide(policies, facts, TO_PRODUCTION);
  expect(brief(results)).toMatchInlineSnapshot(`
    [
      "B 1 check EVALUATE EVALUATED",
      "B 2 metric EVALUATE PASSED",
      "B 3 reason EVALUATE EVALUATED",
      "a 1 check ENFORCE PENDING",
      "z 1 reason ENFORCE FAILED",
      "z 2 metric ENFORCE PASSED",
    ]
  `);
  expect(brief(unmetRules(results))).toMatchInlineSnapshot(`
    [
      "a 1 check ENFORCE PENDING",
      "z 1 reason ENFORCE FAILED",
    ]
  `);
  expect(results[1]).toMatchInlineSnapshot(`
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
          "summary": "accuracy = 0.95 at step 10",
          "value": 0.95,
        },
      ],
      "explanation": "The metric "accuracy" is at least 0.9.",
      "kind": "metric",
      "mode": "EVALUATE",
      "policy": "B",
      "position": 2,
      "requirement": "The metric "accuracy" is at least 0.9.",
      "revision": 1,
      "status": "PASSED",
    }
  `);
});

test("a rollback does not ask the rules that say so", () => {
  const policies = [
    policyOf("gate", "ENFORCE", [
      { previous: { stage: "STAGING" } },
      { previous: { stage: "STAGING", onRollback: "ASK" } },
      { check: { name: "bias", onRollback: "SKIP" } },
      CHECK,
      { freeze: { from: ago(9), to: ago(-9) } },
    ]),
  ];
  expect(brief(decide(policies, FACTS, { ...TO_PRODUCTION, isRollback: true }))).toMatchInlineSnapshot(`
    [
      "gate 1 previous ENFORCE PASSED",
      "gate 2 previous ENFORCE FAILED",
      "gate 3 check ENFORCE PASSED",
      "gate 4 check ENFORCE FAILED",
      "gate 5 freeze ENFORCE FAILED",
    ]
  `);
  expect(decide(policies, FACTS, { ...TO_PRODUCTION, isRollback: true })[0]?.explanation).toMatchInlineSnapshot(
    `"A rollback does not ask this rule."`,
  );
  expect(new Set(decide(policies, FACTS, TO_PRODUCTION).map(({ status }) => status))).toEqual(new Set(["FAILED"]));
});

test("what policies look at, each once", () => {
  const tag = { tag: { on: "MODEL", key: "risk" } } as const;
  const policies = [
    policyOf("a", "ENFORCE", [METRIC, CHECK, tag, { tag: { key: "risk" } }]),
    policyOf("b", "EVALUATE", [
      tag,
      CHECK,
      { metricAgainstHolder: { key: "accuracy", direction: "HIGHER_IS_BETTER" } },
      REASON,
    ]),
    policyOf("c", "OFF", [{ check: { name: "scan" } }]),
  ];
  expect(needsOf(policies)).toEqual({
    tags: [
      { on: "MODEL", key: "risk" },
      { on: "VERSION", key: "risk" },
    ],
    metrics: ["accuracy"],
    checks: ["bias"],
  });
});

test("an override does without all but what the database keeps", () => {
  expect([isOverridable({ kind: "check" }), isOverridable({ kind: "singleHolder" })]).toEqual([true, false]);
});

const policies = fc.tuple(policyArbitrary("a"), policyArbitrary("b"));

test("a decision is canonical JSON that the database can store", () => {
  fc.assert(
    fc.property(policies, factsArbitrary, moveArbitrary, (all, facts, move) => {
      const results = decide(all, facts, move);
      const text = canonicalJson(results as unknown as JsonValue);
      expect(isStorable(text)).toBe(true);
      expect(canonicalJson(JSON.parse(text))).toBe(text);
      for (const { status, satisfy } of results) expect(satisfy === undefined).toBe(status === "PASSED");
    }),
    { numRuns: 1_000 },
  );
});

test("another policy never makes an unmet promotion met", () => {
  fc.assert(
    fc.property(policies, policyArbitrary("aa"), factsArbitrary, moveArbitrary, (all, other, facts, move) => {
      const before = unmetRules(decide(all, facts, move));
      expect(unmetRules(decide([...all, other], facts, move))).toEqual(expect.arrayContaining(before));
    }),
  );
});

test("EVALUATE refuses nothing, and finds what ENFORCE finds", () => {
  fc.assert(
    fc.property(policyArbitrary("a"), factsArbitrary, moveArbitrary, (policy, facts, move) => {
      const as = (mode: "ENFORCE" | "EVALUATE") => decide([{ ...policy, mode }], facts, move);
      expect(unmetRules(as("EVALUATE"))).toEqual([]);
      const plain = (results: RuleResult[]) =>
        results.map(({ mode, status, ...rest }) => ({ ...rest, met: status === "PASSED" }));
      expect(plain(as("EVALUATE"))).toEqual(plain(as("ENFORCE")));
    }),
  );
});

test("sentences do not depend on what needs rights of its own", () => {
  fc.assert(
    fc.property(policies, factsArbitrary, moveArbitrary, (all, facts, move) => {
      const run = facts.version.run && { ...facts.version.run, id: "SECRET", experimentName: "SECRET" };
      const metrics = facts.metrics.map((metric) => ({
        ...metric,
        runId: "SECRET",
        experimentName: "SECRET",
        step: 4_711,
      }));
      const hidden = { ...facts, version: { ...facts.version, run }, metrics };
      const sentences = decide(all, hidden, move).map(({ explanation, satisfy }) => ({ explanation, satisfy }));
      expect(sentences).toEqual(decide(all, facts, move).map(({ explanation, satisfy }) => ({ explanation, satisfy })));
    }),
  );
});
