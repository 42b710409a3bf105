import { RUN_STATUSES } from "../../tracking/run.js";
import type { RuleRow } from "../rule.js";
import { failed, passed } from "./finding.js";
import { parseDistinct } from "./parse-members.js";
import { runEvidence } from "./present.js";

export const runStatus: RuleRow<"runStatus"> = {
  parse(field, input) {
    const statuses = parseDistinct(`${field}.in`, input.in, RUN_STATUSES.length);
    return { in: RUN_STATUSES.filter((status) => statuses.includes(status)) };
  },
  describe: (rule) => `The status of the version's run is ${rule.in.join(" or ")}.`,
  needs: () => ({}),
  check(rule, facts) {
    const { run } = facts.version;
    if (run === null) return failed("The version has no run.", "Register a version that has a run.");
    if (rule.in.includes(run.status)) return passed("The status of the version's run is allowed.", runEvidence(facts));
    return failed(
      "The status of the version's run is not allowed.",
      `Let the run reach the status ${rule.in.join(" or ")}.`,
      runEvidence(facts),
    );
  },
  onRollback: "ASK",
  canOverride: true,
};
