import type { IncomingMessage } from "node:http";
import Negotiator from "negotiator";
import { GRAPHQL_PATH } from "../yoga.js";
import type { ConsoleFile } from "./console-files.js";
import { type Mode, newNonce, preparePage } from "./fill-page.js";
import { GRAPHIQL_FILE, GRAPHIQL_PATH } from "./graphiql-page.js";
import { acceptsHtml, DOCUMENT_HEADERS, type FindPage, isReading, PAGE_HEADERS, type Page } from "./pages.js";
import { connectSources, type SignIn } from "./sign-in-settings.js";

const INDEX = "index.html";
/** They need a nonce. */
const PAGES = new Set([`/${INDEX}`, `/${GRAPHIQL_FILE}`]);
const YEAR_SECONDS = 31_536_000;

/**
 * Scripts come from this server only, and no text becomes a script or markup. Styles that components inject carry the
 * nonce. Requests go to this server, and to the addresses at the issuer where people sign in.
 */
const policyOf = (nonce: string, connect: readonly string[]) =>
  [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    ["connect-src 'self'", ...connect].join(" "),
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join("; ");

/** The files that pages load. */
export function findAssets(files: ReadonlyMap<string, ConsoleFile>): FindPage {
  return (request, path) => {
    const file = isReading(request) && !PAGES.has(path) ? files.get(path.slice(1)) : undefined;
    return file ? showFile(file) : null;
  };
}

/** The page of the console for every path that a browser opens and nothing else has, because its routes are addresses. */
export function findConsole(
  files: ReadonlyMap<string, ConsoleFile>,
  { signIn, mode }: { signIn: SignIn | null; mode: Mode },
): FindPage {
  const index = files.get(INDEX);
  if (!index) return () => null;
  const fill = preparePage(index.body, mode);
  const showIndex: Page = async (_request, response, requestId) => {
    const connect = connectSources((await signIn?.metadata()) ?? null);
    const nonce = newNonce();
    response.writeHead(200, {
      ...DOCUMENT_HEADERS,
      "content-type": index.type,
      "content-security-policy": policyOf(nonce, connect),
      "x-request-id": requestId,
    });
    response.end(fill(nonce));
  };
  return (request, path) => {
    if (!isReading(request)) return null;
    const isElsewhere = path === GRAPHQL_PATH || path === GRAPHIQL_PATH || path.startsWith("/assets/");
    return acceptsHtml(request) && !isElsewhere ? showIndex : null;
  };
}

/** Its name holds the hash of its content, so it never changes. */
function showFile(file: ConsoleFile): Page {
  return (request, response, requestId) => {
    const { body, coding } = chooseForm(file, request);
    response.writeHead(200, {
      ...PAGE_HEADERS,
      "content-type": file.type,
      "cache-control": `public, max-age=${YEAR_SECONDS}, immutable`,
      vary: "accept-encoding",
      ...(coding === "identity" ? {} : { "content-encoding": coding }),
      "content-length": body.length,
      "x-request-id": requestId,
    });
    response.end(request.method === "HEAD" ? undefined : body);
  };
}

function chooseForm({ body, br, gzip }: ConsoleFile, request: IncomingMessage) {
  const available = [...(br ? ["br"] : []), ...(gzip ? ["gzip"] : []), "identity"];
  const [coding] = new Negotiator(request).encodings(available);
  if (coding === "br" && br) return { body: br, coding };
  if (coding === "gzip" && gzip) return { body: gzip, coding };
  return { body, coding: "identity" };
}
