import { describe, expect, test } from "vitest";
import { type AnyCondition, equals, evaluate, isNull, matches } from "../../../src/domain/access/condition.js";

describe.each<[string, AnyCondition, [value: string | Date | null, met: boolean][]]>([
  [
    "isNull",
    isNull("column"),
    [
      [null, true],
      ["", false],
      [new Date(0), false],
    ],
  ],
  [
    "isNull … false",
    isNull("column", false),
    [
      [null, false],
      ["", true],
      [new Date(0), true],
    ],
  ],
  [
    "equals",
    equals("column", "a"),
    [
      ["a", true],
      ["b", false],
      [null, false],
    ],
  ],
  [
    "matches",
    matches("column", ["a*"]),
    [
      ["ab", true],
      ["b", false],
      [null, false],
    ],
  ],
])("%s", (_name, condition, cases) => {
  test.each(cases)("of %o is %o", (value, met) => {
    expect(evaluate(condition, { column: value })).toBe(met);
  });

  test("of a column that was not read is not known, and so are what depends on it and its rows", () => {
    expect(evaluate(condition, {})).toBeUndefined();
    expect(evaluate({ kind: "and", of: [condition, { kind: "constant", value: true }] }, {})).toBeUndefined();
    expect(evaluate({ kind: "and", of: [condition, { kind: "constant", value: false }] }, {})).toBe(false);
    expect(evaluate({ kind: "or", of: [condition, { kind: "constant", value: true }] }, {})).toBe(true);
    expect(evaluate({ kind: "related", relation: "row", where: condition }, { row: [{}] })).toBeUndefined();
  });
});

test("a related row that was not read is looked up under its condition", () => {
  const where = isNull("deletedAt");
  const asked: unknown[] = [];
  const met = evaluate({ kind: "related", relation: "run", where }, {}, (...call) => {
    asked.push(call);
    return true;
  });
  expect({ met, asked }).toEqual({ met: true, asked: [["run", where]] });
});
