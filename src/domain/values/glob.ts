/**
 * Whether the whole text matches a glob in which only `*` is special: it stands for any number of characters, also none.
 * Case-sensitive. The time grows with the length of the text times the number of parts, whatever the glob.
 */
export function matchesGlob(glob: string, text: string): boolean {
  const parts = glob.split("*");
  const first = parts[0] ?? "";
  if (parts.length === 1) return text === glob;
  const last = parts[parts.length - 1] ?? "";
  if (text.length < first.length + last.length) return false;
  if (!text.startsWith(first) || !text.endsWith(last)) return false;
  const end = text.length - last.length;
  let from = first.length;
  for (const part of parts.slice(1, -1)) {
    const at = text.indexOf(part, from);
    if (at < 0 || at + part.length > end) return false;
    from = at + part.length;
  }
  return true;
}

/** Null matches every text, an empty list none. */
export function matchesAnyGlob(globs: readonly string[] | null, text: string): boolean {
  return globs === null || globs.some((glob) => matchesGlob(glob, text));
}
