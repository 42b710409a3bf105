import type { IncomingMessage } from "node:http";
import { uuidv7 } from "uuidv7";

/** A text that was put together of pieces is a tree of them, which a stream would hold for as long as it is open. */
const flatten = (text: string) => Buffer.from(text, "latin1").toString("latin1");

const VALID_ID = /^[\w.:-]{1,128}$/;
const idOf = new WeakMap<IncomingMessage, string>();

export function newRequestId(): string {
  return flatten(uuidv7());
}

/** The caller's request id if it can be one, else a new one: the same however often a request is asked for it. */
export function requestIdOf(request: IncomingMessage): string {
  const found = idOf.get(request);
  if (found !== undefined) return found;
  const given = request.headers["x-request-id"]?.toString();
  const id = given && VALID_ID.test(given) ? given : newRequestId();
  idOf.set(request, id);
  return id;
}
