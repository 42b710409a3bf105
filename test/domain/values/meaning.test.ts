import { expect, test } from "vitest";
import {
  always,
  canonicalMeaning,
  moment,
  optional,
  threeState,
  UNCOMPARED,
  unordered,
  userJson,
} from "../../../src/domain/values/meaning.js";

test("what means the same as an absent field leaves no trace", () => {
  const absent = {
    optionalNull: optional(null),
    optionalAbsent: optional(undefined),
    threeState: threeState(undefined),
    time: moment(null),
    json: userJson(null),
    set: unordered([]),
    uncompared: UNCOMPARED,
  };
  expect(canonicalMeaning(absent)).toBe("{}");
});

test("false, 0, an empty text, an empty list of JSON and the null of a field with three states have a meaning", () => {
  const present = {
    a: always(false),
    b: optional(0),
    c: optional(""),
    d: userJson([]),
    e: threeState(null),
    f: moment(new Date(0)),
  };
  expect(canonicalMeaning(present)).toBe('{"a":false,"b":0,"c":"","d":[],"e":null,"f":"1970-01-01T00:00:00.000Z"}');
});

test("order and repetition mean nothing in a set, and something in a list of JSON", () => {
  const set = unordered([
    { key: "b", value: "1" },
    { value: "1", key: "a" },
    { key: "a", value: "1" },
  ]);
  expect(canonicalMeaning({ set })).toBe('{"set":[{"key":"a","value":"1"},{"key":"b","value":"1"}]}');
  expect(canonicalMeaning({ list: userJson([2, 1, 1]) })).toBe('{"list":[2,1,1]}');
});
