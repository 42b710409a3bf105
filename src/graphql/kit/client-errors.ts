import { type ASTNode, GraphQLError, Kind, TokenKind } from "graphql";
import { ERROR_CODES, type ErrorCode, RegistryError, TimeoutError } from "../../domain/errors.js";
import { translateDatabaseError } from "../../store/connection/database-errors.js";
import { toLoggedError } from "../../util/logged-error.js";
import { literalPairKey } from "./pair-key.js";

export interface ErrorServices {
  readonly log: { error(details: Record<string, unknown>, message: string): void };
  /** In local mode a message may suggest similar names of the schema. */
  readonly isLocal: boolean;
}

/** Translates an error for a client: a code of the closed list, and no internals. */
export function toClientError(error: unknown, requestId: string, { log, isLocal }: ErrorServices): GraphQLError {
  const thrown = error instanceof GraphQLError ? error : null;
  if (thrown && isClientError(thrown)) return withRequestId(thrown, requestId);
  const cause = rootCause(error);
  const known = cause instanceof RegistryError ? cause : (translateDatabaseError(cause) ?? abortError(cause));
  if (known) return locate(thrown, known.message, { ...known.extensions, requestId });
  if (thrown && cause instanceof GraphQLError) return describeGraphQLError(thrown, requestId, isLocal);
  log.error({ requestId, err: toLoggedError(cause) }, "Unexpected error");
  const message = `Something went wrong on our side. Tell us the request id ${requestId}.`;
  return locate(thrown, message, { code: "INTERNAL", retryable: false, requestId });
}

function rootCause(error: unknown): unknown {
  return error instanceof GraphQLError && error.originalError ? rootCause(error.originalError) : error;
}

function isClientError({ extensions }: GraphQLError): boolean {
  return typeof extensions.code === "string" && extensions.code in ERROR_CODES && "retryable" in extensions;
}

function withRequestId(error: GraphQLError, requestId: string): GraphQLError {
  return error.extensions.requestId ? error : locate(error, error.message, { ...error.extensions, requestId });
}

function abortError(cause: unknown): RegistryError | null {
  const isAbort = cause instanceof Error && (cause.name === "AbortError" || cause.name === "TimeoutError");
  return isAbort ? new TimeoutError("The request was cancelled before it finished.") : null;
}

/** Translates an error of graphql-js itself: an error in the document or in an input value. */
function describeGraphQLError(error: GraphQLError, requestId: string, suggests: boolean): GraphQLError {
  const node = error.nodes?.[0];
  const whole = shorten(literalPairKey(node) + error.message);
  const message = suggests ? whole : whole.replace(/ Did you mean .*\?$/s, "");
  const field = variableField(error.message) ?? literalField(node);
  const code: ErrorCode = field === null ? "INVALID_DOCUMENT" : "INVALID_INPUT";
  const http = httpOf(error);
  return locate(error, message, {
    code,
    retryable: false,
    requestId,
    ...(field === null ? {} : { field }),
    ...(http ? { http } : {}),
  });
}

const HEAD = 200;
const TAIL = 400;

/** Messages of graphql-js quote the value, whatever its size. The information is at both ends of the message. */
function shorten(message: string): string {
  return message.length > HEAD + TAIL ? `${message.slice(0, HEAD)} … ${message.slice(-TAIL)}` : message;
}

/** For application/json, Yoga answers a refused document with 200. What is not a GraphQL request at all must stay a 400. */
function httpOf({ extensions }: GraphQLError): unknown {
  const { code, http } = extensions;
  return code === "BAD_REQUEST" && typeof http === "object" ? { ...http, spec: false } : http;
}

/** The path of the input in a message about a variable; null if the message is about something else. */
function variableField(message: string): string | null {
  const name = /^Variable "\$(\w+)" (?:got invalid value|of (?:required|non-null) type)/.exec(message)?.[1];
  if (name === undefined) return null;
  const path = / at "([\w.[\]]+)"; /.exec(message)?.[1] ?? name;
  const inner = /; Field "(\w+)" (?:of required type|is not defined)/.exec(message)?.[1];
  return inner === undefined ? path : `${path}.${inner}`;
}

const LITERALS: ReadonlySet<string> = new Set([
  Kind.INT,
  Kind.FLOAT,
  Kind.STRING,
  Kind.BOOLEAN,
  Kind.NULL,
  Kind.ENUM,
  Kind.LIST,
  Kind.OBJECT,
]);

/** The name of the argument or field that a literal was given for: the token before the colon, outside of any lists. */
function literalField(node: ASTNode | undefined): string | null {
  if (!node || !LITERALS.has(node.kind)) return null;
  let inside = 0;
  for (let token = node.loc?.startToken.prev; token; token = token.prev) {
    if (token.kind === TokenKind.BRACKET_R || token.kind === TokenKind.BRACE_R) inside++;
    if (token.kind === TokenKind.BRACKET_L || token.kind === TokenKind.BRACE_L) inside--;
    if (token.kind === TokenKind.COLON && inside <= 0) return token.prev?.value ?? null;
  }
  return null;
}

function locate(at: GraphQLError | null, message: string, extensions: Record<string, unknown>): GraphQLError {
  return new GraphQLError(message, {
    ...(at?.nodes ? { nodes: at.nodes } : {}),
    ...(at?.source ? { source: at.source } : {}),
    ...(at?.positions ? { positions: at.positions } : {}),
    ...(at?.path ? { path: at.path } : {}),
    extensions,
  });
}

/** Merges the errors of one field in many rows into one, with the path of the first and the number of rows. */
export function collapseErrors(errors: readonly GraphQLError[]): GraphQLError[] {
  const groups = new Map<string, GraphQLError[]>();
  for (const error of errors) {
    const fields = error.path?.filter((step) => typeof step === "string").join(".") ?? "";
    const key = `${error.extensions.code} ${fields} ${error.path ? "" : error.message}`;
    const group = groups.get(key);
    if (group) group.push(error);
    else groups.set(key, [error]);
  }
  return [...groups.values()].flatMap(([first, ...others]) => {
    if (!first) return [];
    return others.length === 0
      ? [first]
      : [locate(first, first.message, { ...first.extensions, count: others.length + 1 })];
  });
}
