import { InvalidInputError } from "../../domain/errors.js";

/** A token of a filter: a key or keyword, a quoted text, a number, a comparator, or a sign. */
export interface Token {
  readonly kind: "word" | "text" | "number" | "comparator" | "sign";
  /** Without the quotes. */
  readonly value: string;
}

const FILTER_MAX = 10_000;

/** `name`, `tags.key`, `` tags.`a key` ``, `tags."a key"`. */
const WORD = /^[A-Za-z_][\w-]*(\.(`[^`]*`|"[^"]*"|[\w.\-/]+))*/;
const TEXT = /^('(?:[^']|'')*'|"(?:[^"]|"")*")/;
const NUMBER = /^[-+]?(\d+(\.\d*)?|\.\d+)(e[-+]?\d+)?/i;
const COMPARATOR = /^(!=|<>|<=|>=|=|<|>)/;
const SIGN = /^[(),]/;

export function tokenize(filter: string): Token[] {
  if (filter.length > FILTER_MAX) {
    throw new InvalidInputError(
      "filter",
      `The filter has ${filter.length} characters; at most ${FILTER_MAX} are allowed.`,
    );
  }
  const tokens: Token[] = [];
  let rest = filter.trimStart();
  while (rest !== "") {
    const { token, length } = nextToken(rest);
    tokens.push(token);
    rest = rest.slice(length).trimStart();
  }
  return tokens;
}

function nextToken(rest: string): { token: Token; length: number } {
  const found = (pattern: RegExp) => pattern.exec(rest)?.[0];
  const quoted = found(TEXT);
  if (quoted !== undefined) return { token: { kind: "text", value: unquote(quoted) }, length: quoted.length };
  const word = found(WORD) ?? found(/^`[^`]*`/);
  if (word !== undefined) return { token: { kind: "word", value: word }, length: word.length };
  for (const [kind, pattern] of [
    ["number", NUMBER],
    ["comparator", COMPARATOR],
    ["sign", SIGN],
  ] as const) {
    const value = found(pattern);
    if (value !== undefined) return { token: { kind, value }, length: value.length };
  }
  throw new InvalidInputError("filter", `Invalid clause(s) in filter string: ${rest.slice(0, 100)}`);
}

/** A quote within a text is written twice. */
function unquote(quoted: string): string {
  const quote = quoted.slice(0, 1);
  return quoted.slice(1, -1).replaceAll(quote + quote, quote);
}
