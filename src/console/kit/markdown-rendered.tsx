// biome-ignore-all lint/suspicious/noArrayIndexKey: the parts of a text have no names, and keep their order
import { lexer, type Token, type Tokens } from "marked";
import { Fragment, type ReactNode } from "react";
import { SafeLink } from "./safe-link";

/**
 * Markdown becomes elements, and never markup that a browser parses: HTML in the text is shown as text, and an image as a
 * link. So no text can bring a script, a style or a request.
 */
export default function MarkdownRendered({ text }: { text: string }) {
  return <div className="markdown inline-links">{render(lexer(text))}</div>;
}

function render(tokens: readonly Token[] | undefined): ReactNode {
  return tokens?.map((token, index) => <Fragment key={`${index} ${token.type}`}>{renderToken(token)}</Fragment>);
}

const HEADINGS = ["h3", "h3", "h4", "h5", "h6", "h6"] as const;
const WRAPPERS = { paragraph: "p", strong: "strong", em: "em", del: "del", blockquote: "blockquote" } as const;

function renderToken(token: Token): ReactNode {
  switch (token.type) {
    case "space":
      return null;
    case "paragraph":
    case "strong":
    case "em":
    case "del":
    case "blockquote": {
      const Wrapper = WRAPPERS[token.type as keyof typeof WRAPPERS];
      return <Wrapper>{render(token.tokens)}</Wrapper>;
    }
    case "heading": {
      const Heading = HEADINGS[(token as Tokens.Heading).depth - 1] ?? "h6";
      return <Heading>{render(token.tokens)}</Heading>;
    }
    case "list":
      return renderList(token as Tokens.List);
    case "code":
      return <pre>{(token as Tokens.Code).text}</pre>;
    case "codespan":
      return <code>{(token as Tokens.Codespan).text}</code>;
    case "br":
      return <br />;
    case "hr":
      return <hr />;
    case "table":
      return renderTable(token as Tokens.Table);
    case "link":
      return <SafeLink href={(token as Tokens.Link).href}>{render(token.tokens)}</SafeLink>;
    case "image":
      return <SafeLink href={(token as Tokens.Image).href}>{(token as Tokens.Image).text || "image"}</SafeLink>;
    case "text":
      return token.tokens ? render(token.tokens) : (token as Tokens.Text).text;
    case "escape":
      return (token as Tokens.Escape).text;
    default:
      return token.raw;
  }
}

function renderList({ ordered, start, items }: Tokens.List): ReactNode {
  const rows = items.map(({ tokens, raw }, index) => <li key={`${index} ${raw}`}>{render(tokens)}</li>);
  return ordered ? <ol start={start === "" ? 1 : start}>{rows}</ol> : <ul>{rows}</ul>;
}

function renderTable({ header, rows }: Tokens.Table): ReactNode {
  return (
    <table>
      <thead>
        <tr>
          {header.map(({ tokens, text }, index) => (
            <th key={`${index} ${text}`} scope="col">
              {render(tokens)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((cells, row) => (
          <tr key={`${row} ${cells.map(({ text }) => text).join()}`}>
            {cells.map(({ tokens, text }, index) => (
              <td key={`${index} ${text}`}>{render(tokens)}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
