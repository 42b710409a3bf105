import { expect, test } from "vitest";
import { RULES } from "../../../../src/domain/governance/rule-table.js";
import { refusalOf } from "../../../support/refusal.js";
import { FACTS, find } from "../promotions.js";

test.each([
  [["FINISHED"] as const, "PASSED"],
  [["RUNNING", "FINISHED"] as const, "PASSED"],
  [["RUNNING"] as const, "FAILED"],
])("%j", (statuses, verdict) => {
  expect(find("runStatus", { in: statuses }).verdict).toBe(verdict);
});

test("a version without a run fails", () => {
  const version = { ...FACTS.version, run: null };
  expect(find("runStatus", { in: ["FINISHED"] }, { version })).toMatchInlineSnapshot(`
    {
      "evidence": [],
      "explanation": "The version has no run.",
      "satisfy": "Register a version that has a run.",
      "verdict": "FAILED",
    }
  `);
});

test("the status stands in evidence only", () => {
  const { explanation, satisfy, evidence } = find("runStatus", { in: ["RUNNING"] });
  expect(`${explanation} ${satisfy}`).not.toContain("FINISHED");
  expect(evidence).toMatchObject([{ kind: "RUN", value: "FINISHED" }]);
});

test("input", () => {
  expect(RULES.runStatus.parse("runStatus", { in: ["KILLED", "FINISHED"] })).toEqual({ in: ["FINISHED", "KILLED"] });
  expect(refusalOf(() => RULES.runStatus.parse("runStatus", { in: [] })).field).toBe("runStatus.in");
  expect(refusalOf(() => RULES.runStatus.parse("runStatus", { in: ["KILLED", "KILLED"] })).field).toBe(
    "runStatus.in[1]",
  );
});
