import { misuse } from "./command-io.js";

/** Parses the value of an option that names a revision. */
export function parseRevision(option: string, text: string | undefined): bigint | undefined {
  if (text === undefined) return undefined;
  if (/^[1-9]\d{0,15}$/.test(text)) return BigInt(text);
  throw misuse(`${option} is "${text}"; it must be a revision: a whole number from 1.`);
}
