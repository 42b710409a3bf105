import { expect, test } from "vitest";
import { parseDescription, parseOptional, parseTrimmedLine } from "../../../src/domain/values/text.js";
import { refusalOf } from "../../support/refusal.js";

test("a description is any storable text of at most 100 000 characters", () => {
  expect(parseDescription("d", "")).toBe("");
  expect(parseDescription("d", "a\n\tb\u001b")).toBe("a\n\tb\u001b");
  expect(parseDescription("d", "😀".repeat(100_000))).toHaveLength(200_000);
  expect(refusalOf(() => parseDescription("d", "😀".repeat(100_001))).message).toContain("100001 characters");
  expect(refusalOf(() => parseDescription("d", "\u0000")).message).toContain("U+0000");
});

test.each([
  [" a", "begin or end with a blank"],
  ["a\u2003", "begin or end with a blank"],
  [" ", "blank"],
  ["a\nb", "control characters"],
  ["abcd", "at most 3"],
])("a trimmed line is not %j", (text, sentence) => {
  expect(refusalOf(() => parseTrimmedLine("line", text, 3)).message).toContain(sentence);
});

test("a trimmed line may have blanks inside, and be in any normalization form", () => {
  expect(parseTrimmedLine("line", "a b", 3)).toBe("a b");
  expect(parseTrimmedLine("line", "e\u0301", 3)).toBe("e\u0301");
});

test("null and undefined are not parsed", () => {
  const parse = () => expect.unreachable();
  expect([parseOptional(null, parse), parseOptional(undefined, parse)]).toEqual([null, undefined]);
});
