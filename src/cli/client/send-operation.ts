import { type GraphQLResponse, parseResponse } from "../../client/connection.js";
import type { GraphQLErrorShape } from "../../client/errors.js";
import { errorCode } from "../../util/error-text.js";
import { CommandError } from "../io/command-io.js";

const TIMEOUT_MS = 120_000;
/** What proxies answer themselves, with a page: the body is too large, or the server behind them does not answer. */
const BY_PROXIES: ReadonlySet<number> = new Set([413, 502, 503, 504]);

/** What to do when a server refuses a request that had no token. */
export const NO_TOKEN =
  "No token was sent: run shelfmark login, or set SHELFMARK_TOKEN, or SHELFMARK_DATA to the data folder of a server on this machine.";

interface Operation {
  readonly query: string;
  readonly variables: object;
  readonly operationName?: string | undefined;
}

/** Sends one operation over HTTP. Throws a sentence for the person who runs the command if there is no GraphQL response. */
export async function sendOperation<Data>(
  url: URL,
  token: string | null,
  body: Operation,
): Promise<GraphQLResponse<Data>> {
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
  const parsed = parseResponse<Data>(text);
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

/** `CODE path: message`, on one line. */
export function toLine({ message, path = [], extensions }: GraphQLErrorShape): string {
  const code = typeof extensions?.code === "string" ? extensions.code : "ERROR";
  const place = path.length > 0 ? ` ${path.join(".")}` : "";
  return `${code}${place}: ${message}`.replaceAll(/\p{Cc}+/gu, " ");
}
