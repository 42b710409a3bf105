import { matchesPattern } from "../../../util/linear-pattern.js";
import { hasVisibleCharacter } from "../../values/invisible.js";
import { REASON_MAX } from "../../versions/reason.js";
import type { RuleFields, RuleRow } from "../rule.js";
import { failed, passed } from "./finding.js";
import { parseInteger, parsePattern } from "./parse-members.js";
import { shorten } from "./wording.js";

export const reason: RuleRow<"reason"> = {
  parse: (field, { minimumLength, pattern }) => ({
    minimumLength: parseInteger(`${field}.minimumLength`, minimumLength ?? 1, 1, REASON_MAX),
    ...(typeof pattern === "string" ? { pattern: parsePattern(`${field}.pattern`, pattern) } : {}),
  }),
  describe: (rule) => `The move has a reason${formOf(rule)}.`,
  needs: () => ({}),
  check(rule, _, move) {
    const text = move.reason?.trim() ?? "";
    const satisfy = `Give a reason${formOf(rule)}.`;
    if (!hasVisibleCharacter(text)) return failed("The move has no reason.", satisfy);
    const evidence = [{ kind: "REASON", summary: shorten(text), value: shorten(text) } as const];
    if ([...text].length < rule.minimumLength) return failed("The reason is too short.", satisfy, evidence);
    if (rule.pattern !== undefined && !matchesPattern(rule.pattern, text))
      return failed("The reason does not have the required form.", satisfy, evidence);
    return passed("The move has a reason.", evidence);
  },
  onRollback: "ASK",
  canOverride: true,
};

function formOf({ minimumLength, pattern }: RuleFields["reason"]): string {
  const length = minimumLength > 1 ? ` of at least ${minimumLength} characters` : "";
  return pattern === undefined ? length : `${length} that the pattern ${pattern} matches`;
}
