import { parseOptional, parseRemark } from "../values/text.js";

export const REASON_MAX = 5_000;

/** Checks why a version or an alias is moved. Null: no reason is given. */
export function parseReason(field: string, reason: string | null | undefined): string | null {
  return parseOptional(reason, (text) => parseRemark(field, text, REASON_MAX)) ?? null;
}
