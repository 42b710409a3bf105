import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hasBareNotANumber, inexactNumberOf, parseJson } from "../../src/util/exact-json.js";

/** The inexact numbers of a value, by their paths. */
function inexactIn(value: unknown, path = ""): Record<string, string> {
  if (typeof value !== "object" || value === null) return {};
  return Object.assign(
    {},
    ...Object.entries(value).map(([key, member]) => {
      const text = inexactNumberOf(value, key);
      return text === undefined ? inexactIn(member, `${path}/${key}`) : { [`${path}/${key}`]: text };
    }),
  );
}

test.each([
  ["1546130668394913822", true],
  ["-9007199254740993", true],
  ["9007199254740992", false],
  ["1152921504606846976", true], // 2^60, which comes back as the next one
  ["1152921504606847000", false],
  ["1000000000000000000000", false],
  ["1000000000000000000001", true],
  ["-1234567890123456800000000", false],
  ["123456789012345678901234567890", true],
  ["1e400", true],
  ["-1.5E+309", true],
  ["1".repeat(400), true],
  [`1${"0".repeat(400)}.5`, true],
  ["1e-400", true],
  [`0.${"0".repeat(400)}1`, true],
  ["0e999", false],
  ["0.0", false],
  ["-0", false],
  ["5e-324", false],
  ["1e23", false],
  ["0.1234567890123456789", false],
  ["1.7976931348623157e308", false],
  [`1${"0".repeat(250)}e99`, true],
  [`0.${"0".repeat(250)}1e-99`, true],
])("%s is inexact: %s", (number, isInexact) => {
  const parsed = parseJson(`{"a": [ ${number} ,1], "b": ${number}}`);
  expect(inexactIn(parsed)).toEqual(isInexact ? { "/a/0": number, "/b": number } : {});
  expect(parsed).toEqual(JSON.parse(`{"a": [ ${number} ,1], "b": ${number}}`));
});

test("digits in texts and keys are no numbers, whatever is around them", () => {
  const value = { "1546130668394913822": "1e999", 'a"1546130668394913822\\': ["\\", '"', "9".repeat(400)], b: 1 };
  expect(inexactIn(parseJson(JSON.stringify(value)))).toEqual({});
});

test.each(["1546130668394913822 : 1", "01546130668394913822", "1e400.", "-", "1546130668394913822e"])(
  "what JSON.parse refuses is refused, also around an inexact number: %s",
  (text) => {
    for (const whole of [`{${text}}`, `[1e400,${text}]`, `{"a":1e400,"b":${text}}`])
      expect(() => parseJson(whole)).toThrow(SyntaxError);
  },
);

test("more than ten thousand inexact numbers are refused", () => {
  expect(() => parseJson(`[${"1e400,".repeat(10_001)}1]`)).toThrow(RangeError);
  expect(() => parseJson(`[${"1e400,".repeat(10_000)}1]`)).not.toThrow();
});

test.each([
  ["digits", `{"a":${"9".repeat(3_000_000)}}`],
  ["digits after the point", `{"a":0.${"0".repeat(3_000_000)}1}`],
  ["blanks after a number", `{"a":1e400${" ".repeat(3_000_000)}}`],
  ["escapes", `{"b":"${"\\\\".repeat(1_000_000)}","a":1e400}`],
])("millions of %s exhaust no stack", (_case, text) => {
  expect(Object.keys(inexactIn(parseJson(text)))).toEqual(["/a"]);
});

test("of a key that stands twice, the last counts, as in JSON.parse", () => {
  expect(inexactIn(parseJson('{"a": 1e999, "a": 1}'))).toEqual({});
  expect(inexactIn(parseJson('{"a": 1, "a": 1e999}'))).toEqual({ "/a": "1e999" });
});

test("parses every JSON as JSON.parse does, and finds exactly the integers that do not come back", () => {
  const integer = fc.bigInt({ min: -(2n ** 65n), max: 2n ** 65n });
  const json = fc.json({ maxDepth: 4 });
  fc.assert(
    fc.property(fc.array(integer, { maxLength: 5 }), json, fc.string(), (integers, other, key) => {
      const text = `{"n":[${integers.join(", ")}],"o":${other},${JSON.stringify(`k${key}`)}:0}`;
      const parsed = parseJson(text);
      expect(parsed).toEqual(JSON.parse(text));
      const expected = integers.flatMap((n, i) =>
        JSON.stringify(Number(n)) === String(n) ? [] : [[`/n/${i}`, String(n)]],
      );
      expect(inexactIn(parsed)).toEqual(Object.fromEntries(expected));
    }),
  );
});

describe("NaN and Infinity without quotes", () => {
  test.each([
    ['{"a":NaN}', true],
    ["[-Infinity]", true],
    ['{"a":"NaN"}', false],
    ['{"a":"x\\"NaN"', false],
    ['{"a":1', false],
  ])("%s: %s", (text, expected) => {
    expect(hasBareNotANumber(text)).toBe(expected);
  });
});
