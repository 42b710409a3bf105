import { parseRfc3339 } from "../../domain/values/date-time.js";
import { misuse } from "./command-io.js";

/** Parses the value of an option: a day, which begins at midnight in UTC, or a time of RFC 3339. */
export function parsePointInTime(option: string, text: string | undefined): Date | undefined {
  if (text === undefined) return undefined;
  const time = parseRfc3339(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : text);
  if (time) return time;
  throw misuse(`${option} is "${text}"; it must be a day or a time, such as 2026-11-30 or 2026-11-30T08:30:00Z.`);
}
