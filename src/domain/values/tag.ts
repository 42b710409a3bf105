import { requireAtMost, requireDistinct } from "./list.js";
import { parseLabel, parseText } from "./text.js";

export const TAG_KEY_MAX = 250;
export const TAG_VALUE_MAX = 100_000;
/** The limit for tags of runs, logged models and datasets. */
export const TRACKING_TAG_VALUE_MAX = 8_000;
export const TAG_BATCH_MAX = 100;

export type TagInput = { readonly key: string; readonly value: string };

export function parseTag(field: string, tag: TagInput, valueMax = TAG_VALUE_MAX): TagInput {
  return {
    key: parseLabel(`${field}.key`, tag.key, TAG_KEY_MAX),
    value: parseText(`${field}.value`, tag.value, valueMax),
  };
}

/** Checks the tags of one input: at most 100, each key once. */
export function parseTags(field: string, tags: readonly TagInput[], valueMax = TAG_VALUE_MAX): TagInput[] {
  requireAtMost(field, tags, TAG_BATCH_MAX);
  const parsed = tags.map((tag, index) => parseTag(`${field}[${index}]`, tag, valueMax));
  requireDistinct(field, parsed);
  return parsed;
}
