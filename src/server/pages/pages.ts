import type { IncomingMessage, ServerResponse } from "node:http";

/** What a browser shows or loads at a path. It needs no viewer, because it contains no data. */
export type Page = (request: IncomingMessage, response: ServerResponse, requestId: string) => void | Promise<void>;

/** Finds the page of a request; null if there is none. */
export type FindPage = (request: IncomingMessage, path: string) => Page | null;

export const PAGE_HEADERS = {
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
};

/** For what is a document of its own: no frame of another page may hold it. */
export const DOCUMENT_HEADERS = {
  ...PAGE_HEADERS,
  "cache-control": "no-store",
  "x-frame-options": "DENY",
  "cross-origin-opener-policy": "same-origin",
};

export function isReading({ method }: IncomingMessage): boolean {
  return method === "GET" || method === "HEAD";
}

/** Whether the client asks for a page: browsers name the type, and programs do not. */
export function acceptsHtml({ headers }: IncomingMessage): boolean {
  return headers.accept?.includes("text/html") ?? false;
}

export function firstPage(finders: readonly FindPage[]): FindPage {
  return (request, path) => {
    for (const find of finders) {
      const page = find(request, path);
      if (page) return page;
    }
    return null;
  };
}
