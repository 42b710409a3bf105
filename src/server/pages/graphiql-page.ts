import { GRAPHQL_PATH } from "../yoga.js";
import type { ConsoleFile } from "./console-files.js";
import { newNonce, preparePage } from "./fill-page.js";
import { acceptsHtml, DOCUMENT_HEADERS, type FindPage, isReading, type Page } from "./pages.js";

export const GRAPHIQL_PATH = "/graphiql";
/** The page of the build, which is served at GRAPHIQL_PATH only. */
export const GRAPHIQL_FILE = "graphiql.html";

/** As that of the console, but its editor makes markup of texts, which Trusted Types would forbid. */
const policyOf = (nonce: string) =>
  [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");

/** GraphiQL, and the way there for a browser that opens the endpoint itself. */
export function findGraphiql(files: ReadonlyMap<string, ConsoleFile>): FindPage {
  const file = files.get(GRAPHIQL_FILE);
  if (!file) return () => null;
  // only a server in local mode has it
  const fill = preparePage(file.body, "local");
  const show: Page = async (_request, response, requestId) => {
    const nonce = newNonce();
    response.writeHead(200, {
      ...DOCUMENT_HEADERS,
      "content-type": file.type,
      "content-security-policy": policyOf(nonce),
      "x-request-id": requestId,
    });
    response.end(fill(nonce));
  };
  return (request, path) => {
    if (!isReading(request) || !acceptsHtml(request)) return null;
    if (path === GRAPHIQL_PATH) return show;
    return path === GRAPHQL_PATH && request.method === "GET" ? redirect : null;
  };
}

const redirect: Page = (request, response, requestId) => {
  const [, query] = (request.url ?? "").split(/\?(.*)/s, 2);
  response.writeHead(303, {
    ...DOCUMENT_HEADERS,
    location: query ? `${GRAPHIQL_PATH}?${query}` : GRAPHIQL_PATH,
    "x-request-id": requestId,
  });
  response.end();
};
