import { InvalidInputError } from "../errors.js";

export function requireAtMost(field: string, list: readonly unknown[], max: number): void {
  if (list.length <= max) return;
  throw new InvalidInputError(field, `${field} has ${list.length} entries; at most ${max} are allowed.`);
}

/** Requires that no two entries have the same key. */
export function requireDistinct(field: string, entries: readonly { readonly key: string }[]): void {
  const seen = new Set<string>();
  for (const [index, { key }] of entries.entries()) {
    if (seen.has(key)) throw new InvalidInputError(`${field}[${index}].key`, `${field} has the key "${key}" twice.`);
    seen.add(key);
  }
}
