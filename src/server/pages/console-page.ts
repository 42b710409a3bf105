import { randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";
import Negotiator from "negotiator";
import { GRAPHQL_PATH } from "../yoga.js";
import type { ConsoleFile } from "./console-files.js";
import { GRAPHIQL_PATH } from "./graphiql-page.js";
import { acceptsHtml, DOCUMENT_HEADERS, type FindPage, isReading, PAGE_HEADERS, type Page } from "./pages.js";
import { connectSources, type SignIn } from "./sign-in-settings.js";

/** What the build writes where the nonce of an answer goes (`src/console/vite.config.ts`). */
const NONCE_PLACEHOLDER = "NONCE_OF_THIS_ANSWER";
const INDEX = "index.html";
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

/** The console: its files, and its page for every other path that a browser opens, because its routes are addresses. */
export function findConsole(files: ReadonlyMap<string, ConsoleFile>, signIn: SignIn | null): FindPage {
  const index = files.get(INDEX);
  if (!index) return () => null;
  const html = index.body.toString();
  const showIndex: Page = async (_request, response, requestId) => {
    const connect = connectSources((await signIn?.metadata()) ?? null);
    const nonce = randomBytes(16).toString("base64");
    response.writeHead(200, {
      ...DOCUMENT_HEADERS,
      "content-type": index.type,
      "content-security-policy": policyOf(nonce, connect),
      "x-request-id": requestId,
    });
    response.end(html.replaceAll(NONCE_PLACEHOLDER, nonce));
  };
  return (request, path) => {
    if (!isReading(request)) return null;
    const file = path === `/${INDEX}` ? undefined : files.get(path.slice(1));
    if (file) return showFile(file);
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
