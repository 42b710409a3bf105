import type { Actor } from "../../domain/access/actor.js";
import { TIME_UNITS } from "../../domain/governance/rules/wording.js";
import type { ComparedValues, ReportedMetric, ReportedPromotion } from "../../domain/reports/reported-promotion.js";

/** What a promotion was to: `PRODUCTION` or `alias champion`. */
export function targetOf({ stage, alias }: Pick<ReportedPromotion, "stage" | "alias">): string {
  return stage ?? `alias ${alias}`;
}

export function nameOf({ name, subject }: Actor): string {
  return name ?? subject;
}

/** Who approved, each once: the evidence of the rules `approvals`. */
export function approversOf({ decision }: ReportedPromotion): string[] {
  const evidence = decision?.rules.flatMap((rule) => rule.evidence) ?? [];
  const approvals = evidence.filter(({ kind }) => kind === "APPROVAL");
  return [...new Set(approvals.map(({ author, summary }) => (author ? author.subject : summary)))];
}

/** `0.94 against 0.91`, or `0.94` where there is nothing to compare with. */
export function valuesText({ version, previous }: ComparedValues): string {
  const own = version === null ? "no value" : String(version);
  return previous === null ? own : `${own} against ${previous}`;
}

export function metricName({ key, datasetDigest }: ReportedMetric): string {
  return datasetDigest === null ? key : `${key} on ${datasetDigest}`;
}

/** A time in words, in its two largest units: `3 days 4 hours`. */
export function durationText(seconds: number): string {
  if (seconds < 10) return `${Number(seconds.toFixed(1))} seconds`;
  const parts: string[] = [];
  let rest = seconds;
  for (const [unit, size] of TIME_UNITS) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) parts.push(plural(count, unit));
  }
  if (parts.length < 2) parts.push(plural(Math.round(rest), "second"));
  return parts.slice(0, 2).join(" ");
}

export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
