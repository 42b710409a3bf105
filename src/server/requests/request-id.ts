import type { IncomingMessage } from "node:http";
import { uuidv7 } from "uuidv7";

/** A text that was put together of pieces is a tree of them, which a stream would hold for as long as it is open. */
const flat = (text: string) => Buffer.from(text, "latin1").toString("latin1");

const SANE = /^[\w.:-]{1,128}$/;
const known = new WeakMap<IncomingMessage, string>();

export function newRequestId(): string {
  return flat(uuidv7());
}

/** The caller's request id if it can be one, else a new one: the same however often a request is asked for it. */
export function requestIdOf(request: IncomingMessage): string {
  const found = known.get(request);
  if (found !== undefined) return found;
  const given = request.headers["x-request-id"]?.toString();
  const id = given && SANE.test(given) ? given : newRequestId();
  known.set(request, id);
  return id;
}
