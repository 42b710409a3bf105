import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Reader } from "../../../src/domain/access/actor.js";
import type { Scope } from "../../../src/domain/access/scopes.js";
import type { RuleResult } from "../../../src/domain/governance/decision.js";
import { EVIDENCE_KINDS } from "../../../src/domain/governance/evidence.js";
import { visibleResults } from "../../../src/domain/governance/evidence-visibility.js";
import { resultArbitrary } from "./arbitraries.js";

function reader(scopes: Scope[], claims: Partial<Reader> = {}): Reader {
  return { scopes: new Set(scopes), modelGlobs: null, experimentGlobs: null, environmentGlobs: null, ...claims };
}

const OF_RUNS = ["METRIC", "RUN", "DATASET"];

const RESULT: RuleResult = {
  policy: "gate",
  revision: 1,
  mode: "ENFORCE",
  position: 1,
  kind: "metric",
  requirement: "r",
  status: "FAILED",
  explanation: "e",
  satisfy: "s",
  evidence: EVIDENCE_KINDS.map((kind) => ({ kind, summary: kind, experimentName: "fraud-eu" })),
};

const seesRuns = (by: Reader, result = RESULT) =>
  visibleResults(by, [result])[0]?.evidence.filter(({ kind }) => OF_RUNS.includes(kind)).length === OF_RUNS.length;

test.each<[string, Reader, boolean]>([
  ["models:read", reader(["models:read"]), false],
  ["runs:read", reader(["models:read", "runs:read"]), true],
  ["admin", reader(["admin"]), true],
  ["claims that match", reader(["runs:read"], { experimentGlobs: ["fraud-*"] }), true],
  ["claims of both that match", reader(["runs:read"], { experimentGlobs: ["fraud-*"], modelGlobs: ["m"] }), true],
  ["claims that do not match", reader(["runs:read"], { experimentGlobs: ["churn-*"] }), false],
  ["no experiment", reader(["admin"], { experimentGlobs: [] }), false],
  ["narrowed to models", reader(["admin"], { modelGlobs: ["*"] }), false],
  ["claims that match, without the scope", reader(["models:read"], { experimentGlobs: ["*"] }), false],
])("%s", (_, by, isSeen) => {
  expect(seesRuns(by)).toBe(isSeen);
});

test("whoever may not read runs sees the rest", () => {
  const [result] = visibleResults(reader(["models:read"]), [RESULT]);
  expect(result).toEqual({ ...RESULT, evidence: RESULT.evidence.filter(({ kind }) => !OF_RUNS.includes(kind)) });
});

test("evidence whose experiment is not known shows only to tokens that cover all runs", () => {
  const nameless = { ...RESULT, evidence: OF_RUNS.map((kind) => ({ kind, summary: "" })) } as RuleResult;
  expect(seesRuns(reader(["runs:read"], { experimentGlobs: ["*"] }), nameless)).toBe(false);
  expect(seesRuns(reader(["runs:read"]), nameless)).toBe(true);
});

describe("for every result", () => {
  const blind = fc.constantFrom(
    reader(["models:read", "audit:read"]),
    reader(["models:read", "runs:read"], { modelGlobs: ["*"] }),
    reader(["admin"], { experimentGlobs: ["payments"] }),
  );

  test("a reader without the right gets no evidence of runs, and all else", () => {
    fc.assert(
      fc.property(blind, fc.array(resultArbitrary), (by, results) => {
        const shown = visibleResults(by, results);
        expect(shown.flatMap(({ evidence }) => evidence).filter(({ kind }) => OF_RUNS.includes(kind))).toEqual([]);
        expect(shown.map(({ evidence, ...rest }) => rest)).toEqual(results.map(({ evidence, ...rest }) => rest));
      }),
    );
  });

  test("a reader with the right gets them as they are", () => {
    fc.assert(
      fc.property(fc.array(resultArbitrary), (results) => {
        expect(visibleResults(reader(["runs:read"]), results)).toEqual(results);
      }),
    );
  });
});
