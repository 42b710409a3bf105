import { isStorable } from "../../domain/values/text.js";
import { escapeLike } from "./visibility.js";

/** Texts as a parameter for `= ANY`: what no column can hold, such as half a surrogate pair, matches nothing. */
export function textArray(texts: readonly string[]): string[] {
  return texts.filter(isStorable);
}

/** Globs as patterns for `LIKE ANY`; null = any text. The same rule as domain/values/glob.ts. */
export function likePatterns(globs: readonly string[] | null): string[] | null {
  return globs && textArray(globs).map((glob) => glob.split("*").map(escapeLike).join("%"));
}
