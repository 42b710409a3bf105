import { expect, test } from "vitest";
import { createDocumentCache } from "../../../src/graphql/request/document-cache.js";

const text = (name: string, length: number) => name.padEnd(length, " ");

/** A cache of numbers, which an object each holds. */
function createCache() {
  const cache = createDocumentCache<{ readonly value: number }>();
  return {
    get: (document: string) => cache.get(document)?.value,
    set: (document: string, value: number) => void cache.set(document, { value }),
  };
}

test("returns the last value of a document, also of the empty one", () => {
  const cache = createCache();
  expect(cache.get("{ a }")).toBeUndefined();
  cache.set("{ a }", 1);
  cache.set("{ a }", 2);
  cache.set("", 3);
  expect([cache.get("{ a }"), cache.get("")]).toEqual([2, 3]);
});

test("does not keep a long document", () => {
  const cache = createCache();
  cache.set(text("short", 20_000), 1);
  cache.set(text("long", 20_001), 2);
  expect([cache.get(text("short", 20_000)), cache.get(text("long", 20_001))]).toEqual([1, undefined]);
});

test("keeps 500 000 characters: the documents used last", () => {
  const cache = createCache();
  for (let i = 0; i < 25; i++) cache.set(text(`${i}`, 20_000), i);
  expect(cache.get(text("0", 20_000))).toBe(0);
  cache.set("{ one more }", 25);
  expect(cache.get(text("0", 20_000))).toBe(0);
  expect(cache.get(text("1", 20_000))).toBeUndefined();
  expect(cache.get(text("2", 20_000))).toBe(2);
});

test("counts a document once, however often it is set", () => {
  const cache = createCache();
  cache.set("{ first }", 1);
  for (let i = 0; i < 100; i++) cache.set(text("again", 20_000), i);
  expect(cache.get("{ first }")).toBe(1);
});
