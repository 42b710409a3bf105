import { expect, test } from "vitest";
import { findChanges, omitUndefined } from "../../../src/domain/values/fields.js";

interface Fields {
  name?: string | null;
  at?: Date | null;
  json?: object | null;
}

const CURRENT = { name: "n", at: new Date(1), json: { a: 1, b: 2 }, other: 7 };

test("absent fields are left out, null stays", () => {
  expect(omitUndefined<Fields>({ name: null, at: undefined, json: {} })).toEqual({ name: null, json: {} });
});

test("only fields with another value are changes", () => {
  const wanted: Fields = { name: null, at: new Date(2), json: { b: 2, a: 1 } };
  expect(findChanges(CURRENT, wanted)).toEqual({
    columns: { name: null, at: new Date(2) },
    before: { name: "n", at: "1970-01-01T00:00:00.001Z" },
    after: { name: null, at: "1970-01-01T00:00:00.002Z" },
  });
});

test("there are no changes without fields or with the same values", () => {
  expect(findChanges(CURRENT, {})).toBeNull();
  expect(findChanges<Fields>(CURRENT, { name: "n", at: new Date(1), json: { b: 2, a: 1 } })).toBeNull();
});

test("a field that always counts is a change with its current value, too", () => {
  expect(findChanges<Fields>(CURRENT, { name: "n", at: new Date(1) }, ["name"])).toEqual({
    columns: { name: "n" },
    before: { name: "n" },
    after: { name: "n" },
  });
});
