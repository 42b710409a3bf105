import type { IncomingMessage } from "node:http";
import { acceptsHtml, DOCUMENT_HEADERS, type FindPage, isReading } from "./pages.js";

const PATHS: ReadonlySet<string> = new Set(["/mlflow", "/mlflow/"]);

/**
 * Whether a browser opens a link that MLflow's client prints, such as `/mlflow/#/experiments/1/runs/…`. The browser keeps
 * what follows the `#`, and the console reads it.
 */
export function isMlflowLink(request: IncomingMessage, path: string): boolean {
  return PATHS.has(path) && isReading(request) && acceptsHtml(request);
}

export const findMlflowLink: FindPage = (request, path) => {
  if (!isMlflowLink(request, path)) return null;
  return (_request, response, requestId) => {
    response.writeHead(302, { ...DOCUMENT_HEADERS, location: "/", "x-request-id": requestId });
    response.end();
  };
};
