import { escapeLike } from "./visibility.js";

/** Globs as patterns for `LIKE ANY`; null = whatever the text. The same rule as domain/glob.ts. */
export function likePatterns(globs: readonly string[] | null): string[] | null {
  return globs?.map((glob) => glob.split("*").map(escapeLike).join("%")) ?? null;
}
