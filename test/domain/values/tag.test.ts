import { expect, test } from "vitest";
import { parseTag, parseTags } from "../../../src/domain/values/tag.js";
import { refusalOf } from "../../support/refusal.js";

const tags = (count: number) => Array.from({ length: count }, (_, i) => ({ key: `k${i}`, value: "" }));

test("keys are lines and values are texts", () => {
  const tag = { key: "k".repeat(250), value: "😀".repeat(100_000) };
  expect(parseTag("tag", tag)).toEqual(tag);
  expect(parseTag("tag", { key: "a b/c:d", value: "" })).toEqual({ key: "a b/c:d", value: "" });
  expect(parseTags("tags", tags(100))).toHaveLength(100);
  expect(parseTags("tags", [])).toEqual([]);
});

test.each([
  [{ key: "", value: "" }, "tags[0].key", "blank"],
  [{ key: "a\nb", value: "" }, "tags[0].key", "control"],
  [{ key: "k".repeat(251), value: "" }, "tags[0].key", "at most 250"],
  [{ key: "k", value: "\u0000" }, "tags[0].value", "U+0000"],
  [{ key: "k", value: "\ud83d" }, "tags[0].value", "well-formed"],
  [{ key: "k", value: "x".repeat(100_001) }, "tags[0].value", "at most 100000"],
])("refuses %j", (tag, field, sentence) => {
  const refused = refusalOf(() => parseTags("tags", [tag]));
  expect(refused.field).toBe(field);
  expect(refused.message).toContain(sentence);
});

test("at most 100 tags, each key once; keys are case-sensitive", () => {
  expect(refusalOf(() => parseTags("tags", tags(101)))).toEqual({
    field: "tags",
    message: "tags has 101 entries; at most 100 are allowed.",
  });
  const twice = [...tags(3), { key: "k1", value: "again" }];
  expect(refusalOf(() => parseTags("tags", twice))).toEqual({
    field: "tags[3].key",
    message: 'tags has the key "k1" twice.',
  });
  const cases = ["__proto__", "constructor", "K", "k"].map((key) => ({ key, value: "" }));
  expect(parseTags("tags", cases)).toEqual(cases);
});
