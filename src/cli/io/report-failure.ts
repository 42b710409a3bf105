import type { Fault } from "../../domain/events/log-fault.js";

/** The sentence of a fault, for people. */
export function tellFault({ revision, text }: Fault): string {
  return /^to \d/.test(text) ? `Revisions ${revision} ${text}.` : `Revision ${revision} ${text}.`;
}
