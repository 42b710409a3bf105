import type { IncomingMessage } from "node:http";
import { uuidv7 } from "uuidv7";

/** Copies a concatenated string, which V8 keeps as a tree of its parts: a stream would hold it for as long as it is open. */
const flatten = (text: string) => Buffer.from(text, "latin1").toString("latin1");

const VALID_ID = /^[\w.:-]{1,128}$/;
const idOf = new WeakMap<IncomingMessage, string>();

export function newRequestId(): string {
  return flatten(uuidv7());
}

/** The request id that the client sent, if it is valid, or else a new one. Always the same for one request. */
export function requestIdOf(request: IncomingMessage): string {
  const known = idOf.get(request);
  if (known !== undefined) return known;
  const given = request.headers["x-request-id"]?.toString();
  const id = given && VALID_ID.test(given) ? given : newRequestId();
  idOf.set(request, id);
  return id;
}
