import { type ASTNode, GraphQLError, type Token, TokenKind } from "graphql";

/** Where the message of graphql-js about a variable says that the value of a pair stands, such as `input.params[3].value`. */
const PAIR = /^Variable "\$(\w+)" got invalid value .* at "\w+((?:\.\w+|\[\d+\])*)\.value"; /s;

/**
 * Adds the key of a pair, such as a param or a tag, to an error about its value: in a list of a hundred params the position
 * says little. Returns every other error as it is.
 */
export function withPairKey(error: GraphQLError, variables: Readonly<Record<string, unknown>> | null | undefined) {
  const [start, variable, path] = PAIR.exec(error.message) ?? [];
  if (start === undefined || variable === undefined) return error;
  const steps = [variable, ...(path?.match(/\w+/g) ?? [])];
  const pair = steps.reduce<unknown>((value, step) => memberOf(value, step), variables);
  const key = memberOf(pair, "key");
  if (typeof key !== "string") return error;
  const { nodes = null } = error;
  return new GraphQLError(`${start}${ofKey(key)}${error.message.slice(start.length)}`, { nodes });
}

function memberOf(value: unknown, step: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, step)
    ? (value as Readonly<Record<string, unknown>>)[step]
    : undefined;
}

/** The key that stands beside a literal value in the document, as the beginning of a sentence about the value; else "". */
export function literalPairKey(node: ASTNode | undefined): string {
  const value = node?.loc?.startToken;
  if (value?.prev?.kind !== TokenKind.COLON || value.prev.prev?.value !== "value") return "";
  return keyBeside(value, "prev") ?? keyBeside(node?.loc?.endToken, "next") ?? "";
}

/** Looks for `key: "…"` at the same level of braces. */
function keyBeside(from: Token | null | undefined, direction: "prev" | "next"): string | null {
  for (let token = from?.[direction]; token; token = token[direction]) {
    if (token.kind === TokenKind.BRACE_L || token.kind === TokenKind.BRACE_R) return null;
    const isKey = token.kind === TokenKind.NAME && token.value === "key" && token.next?.kind === TokenKind.COLON;
    const text = isKey ? token.next?.next : null;
    if (text?.kind === TokenKind.STRING) return ofKey(text.value);
  }
  return null;
}

const MAX_CHARACTERS = 100;

function ofKey(key: string): string {
  return `of ${JSON.stringify(key.slice(0, MAX_CHARACTERS))}: `;
}
