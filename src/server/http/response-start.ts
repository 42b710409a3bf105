import type { ServerResponse } from "node:http";

/** Calls back with the content type when the response begins, which is just before its head is written. */
export function onResponseStart(response: ServerResponse, started: (contentType: string) => void): void {
  const writeHead = response.writeHead.bind(response) as (...head: unknown[]) => ServerResponse;
  response.writeHead = (...head: unknown[]) => {
    started(contentTypeOf(response, head.at(-1)));
    return writeHead(...head);
  };
}

/** From the headers of `writeHead`, which override those that were set before. */
function contentTypeOf(response: ServerResponse, headers: unknown): string {
  const given = Object.entries(headers ?? {}).find(([name]) => name.toLowerCase() === "content-type");
  return String(given?.[1] ?? response.getHeader("content-type") ?? "");
}
