import type { Evidence } from "../evidence.js";
import type { Finding } from "../rule.js";

/** A run may have any number of series, and the decision stands in an event. Rules give first what decided. */
const EVIDENCE_MAX = 20;

export function passed(explanation: string, evidence: readonly Evidence[] = []): Finding {
  return { verdict: "PASSED", explanation, evidence: cut(evidence) };
}

export function failed(explanation: string, satisfy: string, evidence: readonly Evidence[] = []): Finding {
  return { verdict: "FAILED", explanation, satisfy, evidence: cut(evidence) };
}

export function pending(explanation: string, satisfy: string, evidence: readonly Evidence[] = []): Finding {
  return { verdict: "PENDING", explanation, satisfy, evidence: cut(evidence) };
}

/** What was left out is said without a number: a reader may not see all of it. */
function cut(evidence: readonly Evidence[]): readonly Evidence[] {
  const next = evidence[EVIDENCE_MAX];
  if (next === undefined) return evidence;
  const { kind, experimentName } = next;
  const rest = { kind, summary: "and others", ...(experimentName === undefined ? {} : { experimentName }) };
  return [...evidence.slice(0, EVIDENCE_MAX), rest];
}
