import { describe, expect, test } from "vitest";
import type { CheckFact } from "../../../../src/domain/governance/facts.js";
import type { RuleFields } from "../../../../src/domain/governance/rule.js";
import { RULES } from "../../../../src/domain/governance/rule-table.js";
import { refusalOf } from "../../../support/refusal.js";
import { AT, ago, checkOf, FACTS, FROM_EVALUATION, find, STRANGER } from "../promotions.js";

const RULE: RuleFields["check"] = { name: "bias" };
const RECENT = { ...RULE, maxAgeSeconds: 60 };
const ACCEPTED = { ...RULE, evidenceFrom: FROM_EVALUATION };

test.each<[string, RuleFields["check"], CheckFact[], string]>([
  ["passed", RULE, [checkOf()], "PASSED"],
  ["failed", RULE, [checkOf({ status: "FAILED" })], "FAILED"],
  ["pending", RULE, [checkOf({ status: "PENDING" })], "PENDING"],
  ["not reported", RULE, [], "FAILED"],
  ["another name", RULE, [checkOf({ name: "Bias" })], "FAILED"],
  ["exactly as old as allowed", RECENT, [checkOf({ reportedAt: ago(60) })], "PASSED"],
  ["older", RECENT, [checkOf({ reportedAt: ago(60.001) })], "FAILED"],
  ["expires later", RULE, [checkOf({ expiresAt: ago(-0.001) })], "PASSED"],
  ["expires exactly now", RULE, [checkOf({ expiresAt: AT })], "FAILED"],
  ["another digest", RULE, [checkOf({ digest: `sha256:${"b".repeat(64)}` })], "FAILED"],
  ["no digest", RULE, [checkOf({ digest: null })], "FAILED"],
  ["by another", ACCEPTED, [checkOf({ author: STRANGER })], "FAILED"],
  ["by nobody known", ACCEPTED, [checkOf({ author: null })], "FAILED"],
  ["by another, and anybody counts", RULE, [checkOf({ author: STRANGER })], "PASSED"],
])("%s", (_, rule, checks, verdict) => {
  expect(find("check", rule, { checks }).verdict).toBe(verdict);
});

test.each<[string, Partial<CheckFact>, RuleFields["check"], string]>([
  ["the newest of anybody counts", { author: STRANGER, status: "FAILED" }, RULE, "FAILED"],
  ["a newer one of another does not count", { author: STRANGER, status: "FAILED" }, ACCEPTED, "PASSED"],
  ["an older one does not count", { reportedAt: ago(61), status: "FAILED" }, RULE, "PASSED"],
  ["of two at one time the higher id counts", { reportedAt: ago(60), status: "FAILED" }, RULE, "FAILED"],
])("%s", (_, other, rule, verdict) => {
  const checks = [checkOf(), checkOf({ id: "check-2", reportedAt: ago(1), ...other })];
  expect(find("check", rule, { checks }).verdict).toBe(verdict);
  expect(find("check", rule, { checks: checks.toReversed() }).verdict).toBe(verdict);
});

test("a version without a digest takes checks without one", () => {
  const version = { ...FACTS.version, digest: null };
  expect(find("check", RULE, { version, checks: [checkOf({ digest: null })] }).verdict).toBe("PASSED");
  expect(find("check", RULE, { version, checks: [checkOf()] }).verdict).toBe("FAILED");
});

test("says why", () => {
  const explain = (rule: RuleFields["check"], check: Partial<CheckFact>) =>
    find("check", rule, { checks: [checkOf(check)] }).explanation;
  expect([
    explain(RULE, { status: "FAILED" }),
    explain(RULE, { digest: null }),
    explain(RULE, { expiresAt: ago(60) }),
    explain(RECENT, { reportedAt: ago(61) }),
    explain(ACCEPTED, { author: null }),
    find("check", RULE).explanation,
    RULES.check.describe({ ...RECENT, ...ACCEPTED }),
  ]).toMatchInlineSnapshot(`
    [
      "The check "bias" failed.",
      "The check "bias" was made for another digest.",
      "The check "bias" expired on 2026-03-01T11:59:00.000Z.",
      "The check "bias" is older than 1 minute.",
      "The check "bias" was reported only by somebody whose evidence does not count.",
      "The check "bias" was not reported.",
      "The check "bias" passed, at most 1 minute ago. Only evidence from group evaluation counts.",
    ]
  `);
  expect(find("check", RULE, { checks: [checkOf({ status: "PENDING" })] })).toMatchInlineSnapshot(`
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
          "checkId": "check-1",
          "key": "bias",
          "kind": "CHECK",
          "summary": "check bias: PENDING",
          "value": "PENDING",
        },
      ],
      "explanation": "The check "bias" is not over yet.",
      "satisfy": "Wait until the check "bias" passed.",
      "verdict": "PENDING",
    }
  `);
});

describe("input", () => {
  test.each([
    [{ name: "" }, "check.name"],
    [{ name: "x".repeat(251) }, "check.name"],
    [{ name: "bias", maxAgeSeconds: 0 }, "check.maxAgeSeconds"],
    [{ name: "bias", evidenceFrom: { scopes: ["runs:wirte"] } }, "check.evidenceFrom.scopes"],
  ])("%j is refused", (input, field) => {
    expect(refusalOf(() => RULES.check.parse("check", input)).field).toBe(field);
  });
});
