import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Block, type MarkdownDocument, parseMarkdown } from "./markdown.js";

export const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** Every document of the repository, also those that are not committed yet. */
export function listDocuments(): readonly MarkdownDocument[] {
  const list = ["ls-files", "--cached", "--others", "--exclude-standard", "--deduplicate", "--", "*.md"];
  const paths = execFileSync("git", list, { cwd: ROOT, encoding: "utf8" });
  return paths.trim().split("\n").map(readDocument);
}

export function readDocument(path: string): MarkdownDocument {
  return parseMarkdown(path, readFileSync(`${ROOT}${path}`, "utf8"));
}

/**
 * The text of a block, so that a test runs what the document shows. It is found by its name (`name=release.py` or
 * `file=release.py` on its fence), or else by the heading above it, which then may have only one block.
 */
export function block(document: string, nameOrHeading: string): string {
  const { blocks } = readDocument(document);
  const named = blocks.filter(({ options }) => [options.get("name"), options.get("file")].includes(nameOrHeading));
  const found = named.length > 0 ? named : blocks.filter(({ heading }) => heading === nameOrHeading);
  const [first] = found;
  if (found.length === 1 && first) return first.text;
  throw new Error(
    `${document} has ${found.length} blocks named, or under the heading, "${nameOrHeading}"; it needs one.`,
  );
}

/** `README.md:12`, as an editor opens it. */
export function placeOf({ document, line }: Block): string {
  return `${document}:${line}`;
}
