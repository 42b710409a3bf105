import { LRUCache } from "lru-cache";

/** A parsed document takes some 200 times the memory of its text. */
const MAX_CHARACTERS = 500_000;
const MAX_CHARACTERS_EACH = 20_000;

/**
 * Keeps a value for each of the documents used last, by their texts. It is bounded by their length and not by their
 * number: else any client with a token could fill the memory with long ones.
 */
export function createDocumentCache<Value extends object>(): LRUCache<string, Value> {
  return new LRUCache({
    maxSize: MAX_CHARACTERS,
    maxEntrySize: MAX_CHARACTERS_EACH,
    // a size of 0, of the empty text, is not allowed
    sizeCalculation: (_value, text) => Math.max(1, text.length),
  });
}
