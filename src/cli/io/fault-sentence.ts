import type { Fault } from "../../domain/events/log-fault.js";

/** The sentence that reports a fault of the log. */
export function describeFault({ revision, text }: Fault): string {
  return /^to \d/.test(text) ? `Revisions ${revision} ${text}.` : `Revision ${revision} ${text}.`;
}
