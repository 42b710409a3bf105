import { InvalidInputError } from "../errors.js";
import { parseSource } from "./source-uri.js";

/** Checks a link to a page. It is shown to whoever sees the object, so it may hold no secret. */
export function parseWebUrl(field: string, text: string): string {
  const isWeb = /^https?:\/\//i.test(text);
  const url = isWeb ? parseSource(field, text, ["http", "https"]) : "";
  if (URL.canParse(url)) return url;
  throw new InvalidInputError(field, `${field} must be an https:// or http:// URL.`);
}
