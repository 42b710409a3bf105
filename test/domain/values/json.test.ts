import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonicalJson, canonicalMembers, type JsonValue, parseUserJson } from "../../../src/domain/values/json.js";
import { parseJson } from "../../../src/util/exact-json.js";
import { refusalOf } from "../../support/refusal.js";

describe("the canonical form of RFC 8785", () => {
  test("is that of the example in §3.2.2 and §3.2.3", () => {
    const example = {
      // biome-ignore lint/correctness/noPrecisionLoss: the RFC's own number
      numbers: [333333333.33333329, 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
      string: "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"/",
      literals: [null, true, false],
    };
    expect(canonicalJson(example)).toBe(
      String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
    );
  });

  test("sorts keys by UTF-16 code unit, as in §3.2.3", () => {
    const keys = ["\u20ac", "\r", "\ufb33", "1", "\u{1f600}", "\u0080", "\u00f6"];
    const values = [
      "Euro Sign",
      "Carriage Return",
      "Hebrew Letter Dalet With Dagesh",
      "One",
      "Emoji: Grinning Face",
      "Control",
      "Latin Small Letter O With Diaeresis",
    ];
    const object = Object.fromEntries(keys.map((key, i) => [key, values[i] as string]));
    expect(Object.values(JSON.parse(canonicalJson(object).replace('"1"', '"one"')))).toEqual([
      "Carriage Return",
      "One",
      "Control",
      "Latin Small Letter O With Diaeresis",
      "Euro Sign",
      "Emoji: Grinning Face",
      "Hebrew Letter Dalet With Dagesh",
    ]);
  });

  test.each([
    ["0000000000000000", "0"],
    ["8000000000000000", "0"],
    ["0000000000000001", "5e-324"],
    ["8000000000000001", "-5e-324"],
    ["7fefffffffffffff", "1.7976931348623157e+308"],
    ["ffefffffffffffff", "-1.7976931348623157e+308"],
    ["4340000000000000", "9007199254740992"],
    ["c340000000000000", "-9007199254740992"],
    ["4430000000000000", "295147905179352830000"],
    ["44b52d02c7e14af5", "9.999999999999997e+22"],
    ["44b52d02c7e14af6", "1e+23"],
    ["44b52d02c7e14af7", "1.0000000000000001e+23"],
    ["444b1ae4d6e2ef4e", "999999999999999700000"],
    ["444b1ae4d6e2ef4f", "999999999999999900000"],
    ["444b1ae4d6e2ef50", "1e+21"],
    ["3eb0c6f7a0b5ed8c", "9.999999999999997e-7"],
    ["3eb0c6f7a0b5ed8d", "0.000001"],
    ["41b3de4355555553", "333333333.3333332"],
    ["41b3de4355555554", "333333333.33333325"],
    ["41b3de4355555555", "333333333.3333333"],
    ["41b3de4355555556", "333333333.3333334"],
    ["41b3de4355555557", "333333333.33333343"],
    ["becbf647612f3696", "-0.0000033333333333333333"],
    ["43143ff3c1cb0959", "1424953923781206.2"],
  ])("writes the number %s of appendix B as %s", (hex, text) => {
    expect(canonicalJson(Buffer.from(hex, "hex").readDoubleBE())).toBe(text);
  });

  test("escapes control characters, quotes and backslashes only", () => {
    expect(canonicalJson('\b\t\n\f\r\u0000\u001f"\\/\u007f\u2028é😀')).toBe(
      String.raw`"\b\t\n\f\r\u0000\u001f\"\\/${"\u007f\u2028"}é😀"`,
    );
  });

  test("sorts nested objects, keeps the order of lists, and keeps empty ones", () => {
    expect(canonicalJson([{ b: { d: 1, c: [] }, a: {} }, [2, 1]])).toBe('[{"a":{},"b":{"c":[],"d":1}},[2,1]]');
    expect(canonicalMembers({ b: 1, a: null })).toBe('"a":null,"b":1');
    expect(canonicalMembers({})).toBe("");
  });

  test("does not depend on the order of keys, and parses back to the value", () => {
    const shuffle = (value: JsonValue): JsonValue => {
      if (Array.isArray(value)) return value.map(shuffle);
      if (value === null || typeof value !== "object") return value;
      return Object.fromEntries(
        Object.entries(value)
          .reverse()
          .map(([key, member]) => [key, shuffle(member)]),
      );
    };
    fc.assert(
      fc.property(fc.jsonValue(), (any) => {
        const value = JSON.parse(JSON.stringify(any)) as JsonValue;
        expect(canonicalJson(shuffle(value))).toBe(canonicalJson(value));
        expect(JSON.parse(canonicalJson(value))).toEqual(value);
      }),
    );
  });
});

describe("JSON that a user supplies", () => {
  const nested = (depth: number): JsonValue => (depth === 0 ? 1 : [nested(depth - 1)]);

  test.each([[{}], [[]], [{ a: [1, "x", null, true] }], [nested(32)], [["x".repeat(95)]]])("keeps %j", (value) => {
    expect(parseUserJson("json", value, 100)).toBe(value);
  });

  test.each([
    [null, "", "must be a JSON object or list"],
    ["text", "", "must be a JSON object or list"],
    [1, "", "must be a JSON object or list"],
    [["x".repeat(97)], "", "has 101 bytes; at most 100"],
    [["€".repeat(33)], "", "has 103 bytes; at most 100"],
    [nested(33), "", "nested deeper than 32"],
    [{ a: { b: "\u0000" } }, ".a.b", "U+0000"],
    [{ "\u0000": 1 }, "", "U+0000"],
    [["\ud800"], "[0]", "well-formed"],
    [{ a: [1, { "\udfff": 1 }] }, ".a[1]", "well-formed"],
    [parseJson('{"a":[0,{"id":1546130668394913822}]}'), ".a[1].id", "the number 1546130668394913822, which would"],
    [parseJson("[1e400]"), "[0]", "the number 1e400, which would come back changed"],
  ])("refuses %j and names where it is: %s", (value, path, sentence) => {
    const refused = refusalOf(() => parseUserJson("input.json", value, 100));
    expect(refused.field).toBe(`input.json${path}`);
    expect(refused.message).toContain(sentence);
  });
});
