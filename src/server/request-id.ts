import { uuidv7 } from "uuidv7";

const SANE = /^[\w.:-]{1,128}$/;

/** The caller's request id if it can be one, else a new one. */
export function requestIdOf(header: string | null | undefined): string {
  return header && SANE.test(header) ? header : uuidv7();
}
