import type { Command } from "commander";
import { type GraphQLResponse, parseResponse } from "../../client/connection.js";
import type { GraphQLErrorShape } from "../../client/errors.js";
import { errorCode } from "../../util/error-text.js";
import { readClientConfig, type ServerOptions } from "../client/client-config.js";
import { findToken } from "../client/client-token.js";
import { readDocument } from "../client/query-document.js";
import { readVariables } from "../client/query-variables.js";
import { type CommandContext, CommandError, type CommandIo, EXIT, type ExitCode } from "../io/command-io.js";

interface QueryOptions extends ServerOptions {
  readonly file?: string;
  readonly execute?: string;
  readonly variable?: readonly string[];
  readonly operation?: string;
}

const HELP = `
Prints the data of the response as JSON on standard output, and each error as a line on standard error:
CODE path: message.
A variable's value is parsed as JSON if it is valid JSON, and is a text otherwise. A String or ID is always the text.
key=@file reads the value from a file; key=@@text is the text @text.

Examples:
  shelfmark query -e '{ models(first: 5) { nodes { name } } }'
  shelfmark query -f promote.graphql -v model=iris -v number=3
  shelfmark query -f register.graphql -v 'input={"name":"iris"}' && echo registered

Exit codes:
  0 a response without errors   1 an error, or no response   2 mistake on the command line or in the document
`;

export function defineQuery(program: Command, { io, exitWith }: CommandContext): void {
  program
    .command("query")
    .description("send a query or a mutation, for scripts: any error gives an exit code other than 0")
    .option("-f, --file <path>", "read the document from a file (- for standard input)")
    .option("-e, --execute <text>", "the document as text")
    .option("-v, --variable <key=value>", "a variable; may be given several times", collect)
    .option("-o, --operation <name>", "the operation to send, if the document has several")
    .option("--url <url>", "URL of the server's GraphQL endpoint (default: SHELFMARK_URL)")
    .option("--token <token>", "bearer token; other users of this machine can see it (default: SHELFMARK_TOKEN)")
    .addHelpText("after", HELP)
    .action(async (options: QueryOptions) => exitWith(await query(options, io)));
}

function collect(value: string, earlier: readonly string[] = []): string[] {
  return [...earlier, value];
}

const TIMEOUT_MS = 120_000;
/** What proxies answer themselves, with a page: the body is too large, or the server behind them does not answer. */
const BY_PROXIES: ReadonlySet<number> = new Set([413, 502, 503, 504]);

async function query(options: QueryOptions, io: CommandIo): Promise<ExitCode> {
  const document = await readDocument(options, io);
  const variables = await readVariables(options.variable ?? [], document.operation);
  const client = readClientConfig(options, io);
  const token = await findToken(client, io);
  const operationName = document.operation.name?.value;
  const { data, errors } = await send(client.url, token, { query: document.text, variables, operationName });
  if (data !== null) io.out(`${JSON.stringify(data, null, 2)}\n`);
  for (const error of errors) io.err(`${toLine(error)}\n`);
  if (errors.length > 0 && token === null)
    io.err(
      "No token was sent: set SHELFMARK_TOKEN, or SHELFMARK_DATA to the data folder of a server on this machine.\n",
    );
  return errors.length === 0 ? EXIT.done : EXIT.failed;
}

async function send(url: URL, token: string | null, body: object): Promise<GraphQLResponse<unknown>> {
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
  const parsed = parseResponse(text);
  if (parsed) return parsed;
  const where = `${url.origin}${url.pathname}`;
  throw new CommandError(
    BY_PROXIES.has(response.status)
      ? `A proxy in front of ${where} answered with HTTP ${response.status}; is the server running, and does the proxy let such requests pass?`
      : `${where} responded with HTTP ${response.status} and not with GraphQL; is the URL right?`,
  );
}

function describeFetchError(url: URL, error: unknown): string {
  if (error instanceof Error && error.name === "TimeoutError")
    return `The server at ${url.origin} did not respond in ${TIMEOUT_MS / 1_000} s.`;
  const code = errorCode(error instanceof Error ? error.cause : undefined);
  if (code === "ECONNREFUSED")
    return `No server listens at ${url.origin}; is the server running, and is SHELFMARK_URL right?`;
  return `The server at ${url.origin} cannot be reached${code ? ` (${code})` : ""}.`;
}

function toLine({ message, path = [], extensions }: GraphQLErrorShape): string {
  const code = typeof extensions?.code === "string" ? extensions.code : "ERROR";
  const place = path.length > 0 ? ` ${path.join(".")}` : "";
  return `${code}${place}: ${message}`.replaceAll(/\p{Cc}+/gu, " ");
}
