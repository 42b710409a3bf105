import { expect, test } from "vitest";
import { parseModelName } from "../../../src/domain/models/model.js";
import { refusalOf } from "../../support/refusal.js";

test.each([
  "fraud",
  "a",
  "Müller's Modell (v2.1) @ Köln",
  "日本語モデル",
  "100%_*\\?#&",
  "a-b",
  "a..b",
  "…",
  "x".repeat(256),
  "😀".repeat(256),
])("a model may be named %j", (name) => {
  expect(parseModelName("name", name)).toBe(name);
});

test.each([
  ["", "must not be blank"],
  [" \u00a0 ", "must not be blank"],
  ["a/b", 'must not contain "/" or ":"'],
  ["a:b", 'must not contain "/" or ":"'],
  [" a", "must not begin or end with a blank"],
  ["a\u2003", "must not begin or end with a blank"],
  ["a\ufeffb", "contains U+FEFF, which cannot be seen there"],
  ["--force", 'must not begin with "-"'],
  ["a\tb", "must not contain control characters"],
  ["a\u007fb", "must not contain control characters"],
  ["a\u0085b", "must not contain control characters"],
  ["a\u0000b", "U+0000"],
  ["a\ud800b", "well-formed Unicode"],
  ["\udc00", "well-formed Unicode"],
  ["e\u0301", "normalization form C"],
  ["x".repeat(257), "has 257 characters; at most 256"],
  ["😀".repeat(257), "has 257 characters; at most 256"],
])("a model may not be named %j", (name, sentence) => {
  const refused = refusalOf(() => parseModelName("input.name", name));
  expect(refused.field).toBe("input.name");
  expect(refused.message).toContain(sentence);
});
