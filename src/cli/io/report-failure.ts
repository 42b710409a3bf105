import type { Fault } from "../../domain/events/log-fault.js";

/** The sentence of a fault, for people. */
export function tellFault({ revision, says }: Fault): string {
  return /^to \d/.test(says) ? `Revisions ${revision} ${says}.` : `Revision ${revision} ${says}.`;
}
