/** Line breaks and tabs, which become spaces. */
const BREAKS = /[\t\r\n\u0085\u2028\u2029]+/g;
/**
 * Control and format characters: escape sequences of terminals, and what turns the direction of text around. Joiners are
 * none of these: emoji and many scripts need them.
 */
const INVISIBLE = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\u2800\u3164]/gu;

/** A text of a user on one line, without characters that act instead of being seen. */
export function oneLine(text: string): string {
  return text.replace(BREAKS, " ").replace(INVISIBLE, (char) => `\\u{${char.codePointAt(0)?.toString(16)}}`);
}

/** What a spreadsheet takes for the start of a formula, also in full width, and also after blanks (OWASP, CSV Injection). */
const FORMULA = /^[\s\p{Zs}]*[=+\-@＝＋－＠]/u;

/** A cell of a CSV file (RFC 4180), always quoted. What a spreadsheet would run begins with an apostrophe. */
export function csvCell(text: string): string {
  const line = oneLine(text);
  const harmless = FORMULA.test(line) || FORMULA.test(text) ? `'${line}` : line;
  return `"${harmless.replaceAll('"', '""')}"`;
}
