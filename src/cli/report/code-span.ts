import { oneLine } from "../../util/safe-text.js";

/**
 * A text of a user in Markdown, as a code span: nothing in it is Markdown, HTML, a link or a mention. The span has more
 * backticks than any run in the text (CommonMark 0.31, §6.1).
 */
export function codeSpan(text: string): string {
  const line = oneLine(text).trim();
  if (line === "") return "(empty)";
  const longest = Math.max(0, ...(line.match(/`+/g) ?? []).map((run) => run.length));
  const fence = "`".repeat(longest + 1);
  const pad = line.startsWith("`") || line.endsWith("`") ? " " : "";
  return `${fence}${pad}${line}${pad}${fence}`;
}
