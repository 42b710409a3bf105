import type { Fault } from "../../domain/events/log-fault.js";

/** The sentence that reports a fault of the log. */
export function describeFault({ revision, says }: Fault): string {
  return /^to \d/.test(says) ? `Revisions ${revision} ${says}.` : `Revision ${revision} ${says}.`;
}
