interface DocumentCache<Value> {
  get(text: string): Value | undefined;
  set(text: string, value: Value): void;
}

/** A parsed document takes some 200 times the memory of its text. */
const MAX_CHARACTERS = 500_000;
const MAX_CHARACTERS_EACH = 20_000;

/**
 * Keeps the results for the documents used last. It is bounded by their size and not only by their number: else any
 * client with a token could fill the memory with long ones.
 */
export function createDocumentCache<Value>(): DocumentCache<Value> {
  const values = new Map<string, Value>();
  let characters = 0;

  function forget(text: string): void {
    if (values.delete(text)) characters -= text.length;
  }

  return {
    get(text) {
      const value = values.get(text);
      if (value === undefined) return undefined;
      values.delete(text);
      values.set(text, value);
      return value;
    },
    set(text, value) {
      if (text.length > MAX_CHARACTERS_EACH) return;
      forget(text);
      values.set(text, value);
      characters += text.length;
      for (const oldest of values.keys()) {
        if (characters <= MAX_CHARACTERS) break;
        forget(oldest);
      }
    },
  };
}
