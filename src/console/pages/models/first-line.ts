/** The first line of a Markdown text that says something, without its marks: for a list, where nothing is rendered. */
export function firstLineOf(markdown: string): string {
  const lines = markdown.split("\n").map(withoutMarks);
  return lines.find((line) => line !== "") ?? "";
}

function withoutMarks(line: string): string {
  return line
    .replace(/^\s*(?:#{1,6}\s+|>\s?|[-*+]\s+|\d+[.)]\s+)*/, "")
    .replace(/^\s*(?:`{3,}.*|~{3,}.*|[-*_=\s]{3,})$/, "")
    .replaceAll(/!?\[([^\]]*)\](?:\([^)]*\)|\[[^\]]*\])/g, "$1")
    .replaceAll(/(\*\*|__|~~|[*`])(?=\S)(.*?\S)\1/g, "$2")
    .replaceAll(/\\([!-/:-@[-`{-~])/g, "$1")
    .trim();
}
