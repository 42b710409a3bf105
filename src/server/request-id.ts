import { uuidv7 } from "uuidv7";

/** A text that was put together of pieces is a tree of them, which a stream would hold for as long as it is open. */
const flat = (text: string) => Buffer.from(text, "latin1").toString("latin1");

const SANE = /^[\w.:-]{1,128}$/;

/** The caller's request id if it can be one, else a new one. */
export function requestIdOf(header: string | null | undefined): string {
  return header && SANE.test(header) ? header : flat(uuidv7());
}
