import { parseCheckName } from "../check.js";
import { type Evidence, evidenceAuthor } from "../evidence.js";
import type { CheckFact, Facts } from "../facts.js";
import { accepts, parsePrincipals } from "../principals.js";
import type { RuleFields, RuleRow } from "../rule.js";
import { failed, passed, pending } from "./finding.js";
import { parseSeconds } from "./parse-members.js";
import { describeSeconds, evidenceClause } from "./wording.js";

type CheckRule = RuleFields["check"];

export const check: RuleRow<"check"> = {
  parse(field, { name, maxAgeSeconds, evidenceFrom }) {
    return {
      name: parseCheckName(`${field}.name`, name),
      ...(typeof maxAgeSeconds === "number"
        ? { maxAgeSeconds: parseSeconds(`${field}.maxAgeSeconds`, maxAgeSeconds, 1) }
        : {}),
      ...(evidenceFrom ? { evidenceFrom: parsePrincipals(`${field}.evidenceFrom`, evidenceFrom) } : {}),
    };
  },

  describe({ name, maxAgeSeconds, evidenceFrom }) {
    const age = maxAgeSeconds === undefined ? "" : `, at most ${describeSeconds(maxAgeSeconds)} ago`;
    return `The check "${name}" passed${age}.${evidenceClause(evidenceFrom)}`;
  },

  needs: ({ name }) => ({ checks: [name] }),

  check(rule, facts) {
    const named = facts.checks.filter(({ name }) => name === rule.name).sort(byNewest);
    const newest = named.find(({ author }) => !rule.evidenceFrom || accepts(rule.evidenceFrom, author));
    const report = `Report the check "${rule.name}" as PASSED.`;
    if (!newest) {
      return named.length === 0
        ? failed(`The check "${rule.name}" was not reported.`, report)
        : failed(
            `The check "${rule.name}" was reported only by somebody whose evidence does not count.`,
            `Let somebody whose evidence counts report the check "${rule.name}" as PASSED.`,
            named.map(checkEvidence),
          );
    }
    const evidence = [checkEvidence(newest)];
    if (newest.status === "PENDING")
      return pending(
        `The check "${rule.name}" is not over yet.`,
        `Wait until the check "${rule.name}" passed.`,
        evidence,
      );
    const fault = faultOf(rule, newest, facts);
    return fault === null
      ? passed(`The check "${rule.name}" passed.`, evidence)
      : failed(`The check "${rule.name}" ${fault}.`, report, evidence);
  },

  onRollback: "ASK",
  canOverride: true,
};

/** Of two at one time the one with the higher id, so that the order of reading decides nothing. */
function byNewest(a: CheckFact, b: CheckFact): number {
  return b.reportedAt.getTime() - a.reportedAt.getTime() || (a.id < b.id ? 1 : -1);
}

/** Why a check that is over does not count; null if it does. */
function faultOf({ maxAgeSeconds }: CheckRule, found: CheckFact, { at, version }: Facts): string | null {
  if (found.status !== "PASSED") return "failed";
  if (found.digest !== version.digest) return "was made for another digest";
  if (found.expiresAt !== null && found.expiresAt <= at) return `expired on ${found.expiresAt.toISOString()}`;
  const age = at.getTime() - found.reportedAt.getTime();
  if (maxAgeSeconds === undefined || age <= maxAgeSeconds * 1_000) return null;
  return `is older than ${describeSeconds(maxAgeSeconds)}`;
}

function checkEvidence({ id, name, status, reportedAt, author }: CheckFact): Evidence {
  return {
    kind: "CHECK",
    summary: `check ${name}: ${status}`,
    key: name,
    value: status,
    at: reportedAt.toISOString(),
    checkId: id,
    author: evidenceAuthor(author),
  };
}
