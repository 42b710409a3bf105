import GithubSlugger from "github-slugger";
import { type MarkedToken, marked, type Token } from "marked";

/** A fenced block of code: `sh background until=ready` on the fence is a language and words. */
export interface Block {
  /** Path of the document in the repository. */
  readonly document: string;
  readonly line: number;
  /** The text of the nearest heading above. */
  readonly heading: string;
  readonly language: string;
  /** Words without a value. */
  readonly flags: ReadonlySet<string>;
  /** Words with a value: `by=test/client/client.test.ts`. */
  readonly options: ReadonlyMap<string, string>;
  readonly text: string;
}

export interface Link {
  readonly href: string;
  readonly text: string;
}

export interface MarkdownDocument {
  readonly path: string;
  readonly text: string;
  readonly blocks: readonly Block[];
  readonly links: readonly Link[];
  /** The texts of the code spans. */
  readonly spans: readonly string[];
  /** The ids that GitHub gives to the headings. */
  readonly anchors: ReadonlySet<string>;
}

export function parseMarkdown(path: string, text: string): MarkdownDocument {
  const slugger = new GithubSlugger();
  const anchors = new Set<string>();
  const links: Link[] = [];
  const spans: string[] = [];
  const blocks: Block[] = [];
  let heading = "";
  let offset = 0;
  for (const token of flatten(marked.lexer(text))) {
    if (token.type === "heading") {
      heading = textOf(token);
      anchors.add(slugger.slug(heading));
    }
    if (token.type === "link" || token.type === "image") links.push({ href: token.href, text: textOf(token) });
    if (token.type === "codespan") spans.push(token.text);
    if (token.type === "code") {
      const info = token.lang ?? "";
      offset = text.indexOf(`\`\`\`${info}`, offset) + 3 + info.length;
      const line = text.slice(0, offset).split("\n").length;
      blocks.push({ document: path, line, heading, ...parseInfo(info), text: `${token.text}\n` });
    }
  }
  return { path, text, blocks, links, spans, anchors };
}

function parseInfo(info: string): Pick<Block, "language" | "flags" | "options"> {
  const [language = "", ...words] = info.split(/\s+/).filter(Boolean);
  const isOption = (word: string) => word.includes("=");
  return {
    language,
    flags: new Set(words.filter((word) => !isOption(word))),
    options: new Map(
      words.filter(isOption).map((word) => [word.slice(0, word.indexOf("=")), word.slice(word.indexOf("=") + 1)]),
    ),
  };
}

/** Every token of a document in its order, parents before children. */
function* flatten(tokens: readonly Token[]): Generator<MarkedToken> {
  for (const token of tokens as MarkedToken[]) {
    yield token;
    if (token.type === "list") yield* flatten(token.items);
    else if (token.type === "table") {
      for (const cell of [...token.header, ...token.rows.flat()]) yield* flatten(cell.tokens);
    } else if ("tokens" in token && token.tokens) yield* flatten(token.tokens);
  }
}

/** What a reader sees of a token, without its markup. */
function textOf(token: Token): string {
  if ("tokens" in token && token.tokens) return token.tokens.map(textOf).join("");
  return "text" in token ? token.text : "";
}
