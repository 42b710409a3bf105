import { expect, test } from "vitest";
import { RULES } from "../../../../src/domain/governance/rule-table.js";
import { refusalOf } from "../../../support/refusal.js";
import { AT, ago, find } from "../promotions.js";

test.each([
  ["before", ago(-0.001), ago(-9), "PASSED"],
  ["at its beginning", AT, ago(-9), "FAILED"],
  ["within", ago(9), ago(-9), "FAILED"],
  ["at its end", ago(9), AT, "PASSED"],
  ["after", ago(9), ago(0.001), "PASSED"],
])("%s", (_, from, to, verdict) => {
  expect(find("freeze", RULES.freeze.parse("freeze", { from, to })).verdict).toBe(verdict);
});

test("says until when", () => {
  expect(find("freeze", RULES.freeze.parse("freeze", { from: ago(9), to: ago(-9) }))).toMatchInlineSnapshot(`
    {
      "evidence": [
        {
          "at": "2026-03-01T12:00:00.000Z",
          "kind": "TIME",
          "summary": "at 2026-03-01T12:00:00.000Z",
        },
      ],
      "explanation": "Moves are frozen until 2026-03-01T12:00:09.000Z.",
      "satisfy": "Wait until 2026-03-01T12:00:09.000Z.",
      "verdict": "FAILED",
    }
  `);
});

test.each([
  ["empty", AT, AT],
  ["backwards", AT, ago(1)],
])("a freeze that is %s is refused", (_, from, to) => {
  expect(refusalOf(() => RULES.freeze.parse("input.rules[2].freeze", { from, to }))).toEqual({
    field: "input.rules[2].freeze.to",
    message: "input.rules[2].freeze.to must be after input.rules[2].freeze.from: the freeze would be empty.",
  });
});
