import { InvalidInputError } from "./errors.js";
import { parseLine, parseText } from "./text.js";

export const TAG_KEY_MAX = 250;
export const TAG_VALUE_MAX = 100_000;
export const TAG_BATCH_MAX = 100;

export type TagInput = { readonly key: string; readonly value: string };

export function parseTag(field: string, tag: TagInput): TagInput {
  return {
    key: parseLine(`${field}.key`, tag.key, TAG_KEY_MAX),
    value: parseText(`${field}.value`, tag.value, TAG_VALUE_MAX),
  };
}

/** Tags given together: at most 100, each key once. */
export function parseTags(field: string, tags: readonly TagInput[]): TagInput[] {
  if (tags.length > TAG_BATCH_MAX) {
    throw new InvalidInputError(field, `${field} has ${tags.length} entries; at most ${TAG_BATCH_MAX} are allowed.`);
  }
  const parsed = tags.map((tag, index) => parseTag(`${field}[${index}]`, tag));
  const seen = new Set<string>();
  for (const [index, { key }] of parsed.entries()) {
    if (seen.has(key)) throw new InvalidInputError(`${field}[${index}].key`, `${field} has the key "${key}" twice.`);
    seen.add(key);
  }
  return parsed;
}
