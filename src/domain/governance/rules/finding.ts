import type { Evidence } from "../evidence.js";
import type { Finding } from "../rule.js";

/** The most evidence that a finding keeps: a run may have any number of series, and the decision stands in an event. */
const EVIDENCE_MAX = 100;

export function passed(explanation: string, evidence: readonly Evidence[] = []): Finding {
  return { verdict: "PASSED", explanation, evidence: evidence.slice(0, EVIDENCE_MAX) };
}

export function failed(explanation: string, satisfy: string, evidence: readonly Evidence[] = []): Finding {
  return { verdict: "FAILED", explanation, satisfy, evidence: evidence.slice(0, EVIDENCE_MAX) };
}

export function pending(explanation: string, satisfy: string, evidence: readonly Evidence[] = []): Finding {
  return { verdict: "PENDING", explanation, satisfy, evidence: evidence.slice(0, EVIDENCE_MAX) };
}
