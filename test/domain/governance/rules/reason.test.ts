import { describe, expect, test } from "vitest";
import type { RuleFields } from "../../../../src/domain/governance/rule.js";
import { RULES } from "../../../../src/domain/governance/rule-table.js";
import { refusalOf } from "../../../support/refusal.js";
import { find } from "../promotions.js";

const ANY: RuleFields["reason"] = { minimumLength: 1 };
const FIVE = { minimumLength: 5 };
const TICKET = { minimumLength: 1, pattern: "[A-Z]+-[0-9]+: .*" };

test.each<[string, RuleFields["reason"], string | null, string]>([
  ["no reason", ANY, null, "FAILED"],
  ["blank", ANY, " \n", "FAILED"],
  ["nothing visible", ANY, "\u200b", "FAILED"],
  ["a character", ANY, "x", "PASSED"],
  ["exactly long enough", FIVE, "12345", "PASSED"],
  ["too short", FIVE, "1234", "FAILED"],
  ["blanks at the ends do not count", FIVE, "  1234  ", "FAILED"],
  ["a character counts once", FIVE, "😀😀😀😀", "FAILED"],
  ["the pattern", TICKET, " RISK-1: go ", "PASSED"],
  ["not the pattern", TICKET, "go", "FAILED"],
])("%s", (_, rule, reason, verdict) => {
  expect(find("reason", rule, {}, { reason }).verdict).toBe(verdict);
});

test("says what would satisfy it", () => {
  expect(find("reason", { ...TICKET, ...FIVE }, {}, { reason: "x".repeat(500) })).toMatchObject({
    evidence: [{ value: `${"x".repeat(200)}…` }],
    satisfy: "Give a reason of at least 5 characters that the pattern [A-Z]+-[0-9]+: .* matches.",
  });
});

describe("input", () => {
  test("gets its defaults", () => {
    expect(RULES.reason.parse("reason", {})).toEqual(ANY);
  });

  test.each([
    [{ minimumLength: 0 }, "reason.minimumLength"],
    [{ minimumLength: 5_001 }, "reason.minimumLength"],
    [{ pattern: "[" }, "reason.pattern"],
  ])("%j is refused", (input, field) => {
    expect(refusalOf(() => RULES.reason.parse("reason", input)).field).toBe(field);
  });
});
