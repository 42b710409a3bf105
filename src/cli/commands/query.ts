import { loadClientConfig } from "../../config/load-config.js";
import { findToken } from "../client/client-token.js";
import { readDocument } from "../client/query-document.js";
import { readVariables } from "../client/query-variables.js";
import { CommandError, type CommandIo, EXIT, type ExitCode } from "../io/command-io.js";

const TIMEOUT_MS = 120_000;

export interface QueryOptions {
  readonly file?: string;
  readonly execute?: string;
  readonly variable?: readonly string[];
  readonly operation?: string;
  readonly url?: string;
  readonly token?: string;
}

interface AnswerError {
  readonly message?: unknown;
  readonly path?: readonly (string | number)[];
  readonly extensions?: { readonly code?: unknown };
}

interface Answer {
  readonly data?: unknown;
  readonly errors?: readonly AnswerError[];
}

function describeFetchError(url: URL, error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  if (error instanceof Error && error.name === "TimeoutError")
    return `The server at ${url.origin} did not answer in time.`;
  if (code === "ECONNREFUSED")
    return `Nothing answers at ${url.origin}; is the server running, and is SHELFMARK_URL right?`;
  return `The server at ${url.origin} cannot be reached${code && ` (${code})`}.`;
}

async function send(url: URL, token: string | null, body: unknown): Promise<Answer> {
  const headers = {
    accept: "application/graphql-response+json, application/json",
    "content-type": "application/json",
    ...(token && { authorization: `Bearer ${token}` }),
  };
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, { method: "POST", headers, body: JSON.stringify(body), redirect: "manual", signal });
    text = await response.text();
  } catch (error) {
    throw new CommandError(describeFetchError(url, error));
  }
  const answer = parseAnswer(text);
  if (!answer)
    throw new CommandError(
      `The server at ${url.origin}${url.pathname} answered with HTTP ${response.status} and nothing that is GraphQL.`,
    );
  return answer;
}

function parseAnswer(text: string): Answer | null {
  try {
    const answer: unknown = JSON.parse(text);
    const isAnswer = typeof answer === "object" && answer !== null && ("data" in answer || "errors" in answer);
    return isAnswer ? (answer as Answer) : null;
  } catch {
    return null;
  }
}

function toLine({ message, path = [], extensions }: AnswerError): string {
  const code = typeof extensions?.code === "string" ? extensions.code : "ERROR";
  const place = path.length > 0 ? ` ${path.join(".")}` : "";
  return `${code}${place}: ${message}`.replaceAll(/\p{Cc}+/gu, " ");
}

/** Sends one operation and prints its answer. */
export async function query(options: QueryOptions, io: CommandIo): Promise<ExitCode> {
  const document = await readDocument(options, io);
  const variables = await readVariables(options.variable ?? [], document.operation);
  const overrides = {
    ...(options.url && { SHELFMARK_URL: options.url }),
    ...(options.token && { SHELFMARK_TOKEN: options.token }),
  };
  const client = loadClientConfig({ ...io.env, ...overrides });
  const operationName = document.operation.name?.value;
  const token = await findToken(client, io);
  const answer = await send(client.url, token, {
    query: document.text,
    variables,
    operationName,
  });
  if (answer.data !== undefined && answer.data !== null) io.out(`${JSON.stringify(answer.data, null, 2)}\n`);
  const errors = answer.errors ?? [];
  for (const error of errors) io.err(`${toLine(error)}\n`);
  if (errors.length > 0 && token === null)
    io.err("No token was sent: set SHELFMARK_TOKEN, or SHELFMARK_DATA to the folder of a server on this machine.\n");
  return errors.length === 0 ? EXIT.done : EXIT.failed;
}
