import { describe, expect, test } from "vitest";
import type { TagFact } from "../../../../src/domain/governance/facts.js";
import type { RuleFields } from "../../../../src/domain/governance/rule.js";
import { RULES } from "../../../../src/domain/governance/rule-table.js";
import { refusalOf } from "../../../support/refusal.js";
import { FROM_EVALUATION, find, STRANGER, TRUSTED } from "../promotions.js";

const APPROVED = { on: "VERSION", key: "approved" } as const;
const tagOf = (value: string, other: Partial<TagFact> = {}): TagFact => ({
  ...APPROVED,
  value,
  author: TRUSTED,
  ...other,
});

test.each<[string, RuleFields["tag"], TagFact[], string]>([
  ["any value", APPROVED, [tagOf("")], "PASSED"],
  ["no tag", APPROVED, [], "FAILED"],
  ["another key", APPROVED, [tagOf("yes", { key: "Approved" })], "FAILED"],
  ["on the model only", APPROVED, [tagOf("yes", { on: "MODEL" })], "FAILED"],
  ["on the model", { ...APPROVED, on: "MODEL" }, [tagOf("yes", { on: "MODEL" })], "PASSED"],
  ["one of the values", { ...APPROVED, values: ["a", "yes"] }, [tagOf("yes")], "PASSED"],
  ["none of the values", { ...APPROVED, values: ["a", "yes"] }, [tagOf("Yes")], "FAILED"],
  ["the pattern", { ...APPROVED, pattern: "[A-Z]+-[0-9]+" }, [tagOf("RISK-1")], "PASSED"],
  ["the pattern within the value", { ...APPROVED, pattern: "[A-Z]+-[0-9]+" }, [tagOf("see RISK-1")], "FAILED"],
  ["by an accepted author", { ...APPROVED, evidenceFrom: FROM_EVALUATION }, [tagOf("yes")], "PASSED"],
  ["by another", { ...APPROVED, evidenceFrom: FROM_EVALUATION }, [tagOf("yes", { author: STRANGER })], "FAILED"],
  ["by nobody known", { ...APPROVED, evidenceFrom: FROM_EVALUATION }, [tagOf("yes", { author: null })], "FAILED"],
  ["by nobody known, and anybody counts", APPROVED, [tagOf("yes", { author: null })], "PASSED"],
])("%s", (_, rule, tags, verdict) => {
  expect(find("tag", rule, { tags }).verdict).toBe(verdict);
});

test("a long value is cut in evidence, between characters, and stands nowhere else", () => {
  const found = find("tag", { ...APPROVED, values: ["yes"] }, { tags: [tagOf("😀".repeat(50_000))] });
  expect(found.evidence[0]?.value).toBe(`${"😀".repeat(200)}…`);
  expect(`${found.explanation} ${found.satisfy}`).not.toContain("😀");
});

test("says what would satisfy it", () => {
  const rule = { ...APPROVED, values: ["yes", "ok"], evidenceFrom: FROM_EVALUATION };
  expect(RULES.tag.describe(rule)).toMatchInlineSnapshot(
    `"The version has the tag "approved", with the value "yes" or "ok". Only evidence from group evaluation counts."`,
  );
  expect(find("tag", rule)).toMatchInlineSnapshot(`
    {
      "evidence": [],
      "explanation": "The version does not have the tag "approved".",
      "satisfy": "Set the tag "approved" on the version, with the value "yes" or "ok".",
      "verdict": "FAILED",
    }
  `);
  expect(find("tag", rule, { tags: [tagOf("ok", { author: STRANGER })] })).toMatchInlineSnapshot(`
    {
      "evidence": [
        {
          "author": {
            "issuer": "https://issuer.test",
            "kind": "MACHINE",
            "name": null,
            "subject": "stranger",
          },
          "key": "approved",
          "kind": "TAG",
          "summary": "version tag approved = ok",
          "value": "ok",
        },
      ],
      "explanation": "The tag "approved" of the version was set by somebody whose evidence does not count.",
      "satisfy": "Let somebody whose evidence counts set the tag "approved".",
      "verdict": "FAILED",
    }
  `);
  expect(RULES.tag.describe({ ...APPROVED, on: "MODEL", values: [..."abcdefg"] })).toMatchInlineSnapshot(
    `"The model has the tag "approved", with one of 7 values."`,
  );
});

describe("input", () => {
  const parse = (input: Parameters<typeof RULES.tag.parse>[1]) => RULES.tag.parse("tag", input);

  test("gets its defaults", () => {
    expect(parse({ key: "approved", values: null, evidenceFrom: null })).toEqual(APPROVED);
  });

  test.each([
    [{ key: "" }, "tag.key"],
    [{ key: "k", values: ["a"], pattern: "a" }, "tag"],
    [{ key: "k", values: [] }, "tag.values"],
    [{ key: "k", values: ["a", "a"] }, "tag.values[1]"],
    [{ key: "k", values: ["x".repeat(1_001)] }, "tag.values[0]"],
    [{ key: "k", pattern: "" }, "tag.pattern"],
    [{ key: "k", pattern: "(?=a)" }, "tag.pattern"],
    [{ key: "k", pattern: "(a)\\1" }, "tag.pattern"],
    [{ key: "k", pattern: "a".repeat(501) }, "tag.pattern"],
    [{ key: "k", evidenceFrom: {} }, "tag.evidenceFrom"],
    [{ key: "k", evidenceFrom: { groups: [] } }, "tag.evidenceFrom.groups"],
  ])("%j is refused", (input, field) => {
    expect(refusalOf(() => parse(input)).field).toBe(field);
  });
});
