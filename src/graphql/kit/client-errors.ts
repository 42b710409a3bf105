import { type ASTNode, GraphQLError, Kind, TokenKind } from "graphql";
import { ERROR_CODES, type ErrorCode, RegistryError, TimeoutError } from "../../domain/errors.js";
import { translateDatabaseError } from "../../store/connection/database-errors.js";
import { toLoggedError } from "../../util/logged-error.js";

export interface ErrorServices {
  readonly log: { error(details: Record<string, unknown>, message: string): void };
  /** On one's own machine a refusal may say which name of the schema was nearly met. */
  readonly isLocal: boolean;
}

/** What an error becomes before a client sees it: one of the closed list of codes, and nothing of our insides. */
export function toClientError(error: unknown, requestId: string, { log, isLocal }: ErrorServices): GraphQLError {
  const thrown = error instanceof GraphQLError ? error : null;
  if (thrown && isClientError(thrown)) return withRequestId(thrown, requestId);
  const cause = rootCause(error);
  const known = cause instanceof RegistryError ? cause : (translateDatabaseError(cause) ?? abortError(cause));
  if (known) return locate(thrown, known.message, { ...known.extensions, requestId });
  if (thrown && cause instanceof GraphQLError) return describeRefusal(thrown, requestId, isLocal);
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

/** Errors of graphql-js itself: of the document, or of a value given for an input. */
function describeRefusal(error: GraphQLError, requestId: string, suggests: boolean): GraphQLError {
  const whole = shorten(error.message);
  const message = suggests ? whole : whole.replace(/ Did you mean .*\?$/s, "");
  const field = variableField(error.message) ?? literalField(error.nodes?.[0]);
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

/** Sentences of graphql-js hold the values they are about, whatever their size: what they say stands at both ends. */
function shorten(message: string): string {
  return message.length > HEAD + TAIL ? `${message.slice(0, HEAD)} … ${message.slice(-TAIL)}` : message;
}

/** Yoga answers 200 to a client of application/json where a document is refused; what is no request at all is 400 to all. */
function httpOf({ extensions }: GraphQLError): unknown {
  const { code, http } = extensions;
  return code === "BAD_REQUEST" && typeof http === "object" ? { ...http, spec: false } : http;
}

/** The input that a sentence of graphql-js about a variable is about; null if it is about something else. */
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

/** The name that a value in the document was given for: what stands before the colon, around any lists. */
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

/** One refusal of a field of fifty rows is one error: the path of the first, and how many there were. */
export function collapseErrors(errors: readonly GraphQLError[]): GraphQLError[] {
  const groups = new Map<string, GraphQLError[]>();
  for (const error of errors) {
    const place = error.path?.filter((step) => typeof step === "string").join(".") ?? "";
    const key = `${error.extensions.code} ${place} ${error.path ? "" : error.message}`;
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
