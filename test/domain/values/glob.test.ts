import fc from "fast-check";
import { expect, test } from "vitest";
import { matchesAnyGlob, matchesGlob } from "../../../src/domain/values/glob.js";

/** The same rule as a regular expression, each part quoted. */
function toRegExp(glob: string): RegExp {
  const parts = glob.split("*").map((part) => part.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&"));
  return new RegExp(`^${parts.join("[\\s\\S]*")}$`);
}

const few = (characters: string, maxLength: number) =>
  fc.array(fc.constantFrom(...characters), { maxLength }).map((all) => all.join(""));

test("matches what the regular expression matches", () => {
  fc.assert(
    fc.property(few("ab*", 8), few("ab", 10), (glob, text) => {
      expect(matchesGlob(glob, text)).toBe(toRegExp(glob).test(text));
    }),
    { numRuns: 5000 },
  );
  fc.assert(
    fc.property(few("aA*%_\\.?[]^$+é😀\n", 8), few("aA*%_\\.?[]^$+é😀\n", 8), (glob, text) => {
      expect(matchesGlob(glob, text)).toBe(toRegExp(glob).test(text));
    }),
    { numRuns: 5000 },
  );
});

test("a glob made of a text by putting stars in place of pieces matches the text", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.string(), fc.boolean())), (pieces) => {
      const text = pieces.map(([piece]) => piece).join("");
      const glob = pieces.map(([piece, starred]) => (starred ? "*" : piece)).join("");
      expect(matchesGlob(glob, text)).toBe(true);
    }),
  );
});

test.each([
  ["", "", true],
  ["", "a", false],
  ["*", "", true],
  ["**", "a", true],
  ["a*a", "a", false],
  ["a*a", "aa", true],
  ["ab*ba", "aba", false],
  ["*a*b*", "ba", false],
  ["a*b*a", "aba", true],
  ["a*ab", "aab", true],
  ["fraud-*", "Fraud-1", false],
  ["fraud?", "fraud1", false],
])("%j on %j: %s", (glob, text, answer) => {
  expect(matchesGlob(glob, text)).toBe(answer);
});

test("no claim is every name, an empty one is none", () => {
  expect(matchesAnyGlob(null, "a")).toBe(true);
  expect(matchesAnyGlob([], "a")).toBe(false);
  expect(matchesAnyGlob(["b", "a*"], "ab")).toBe(true);
  expect(matchesAnyGlob(["b", "c*"], "ab")).toBe(false);
});

test("does not backtrack over the ways to place its stars", () => {
  expect(matchesGlob(`${"*a".repeat(200)}*b`, `${"a".repeat(5000)}c`)).toBe(false);
});
