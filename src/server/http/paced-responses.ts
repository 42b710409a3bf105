import type { ServerResponse } from "node:http";

const paced = new WeakSet<ServerResponse>();

/** Exempts a request and its response from the limits of their whole time: its transfer is limited by its progress. */
export function paceByProgress(response: ServerResponse): void {
  paced.add(response);
}

export function isPacedByProgress(response: ServerResponse): boolean {
  return paced.has(response);
}
