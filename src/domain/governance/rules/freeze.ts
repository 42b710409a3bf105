import { InvalidInputError } from "../../errors.js";
import type { RuleRow } from "../rule.js";
import { failed, passed } from "./finding.js";

export const freeze: RuleRow<"freeze"> = {
  parse(field, { from, to }) {
    if (to <= from) {
      throw new InvalidInputError(`${field}.to`, `${field}.to must be after ${field}.from: the freeze would be empty.`);
    }
    return { from: from.toISOString(), to: to.toISOString() };
  },
  describe: ({ from, to }) => `No move from ${from} on and before ${to}.`,
  needs: () => ({}),
  check({ from, to }, { at }) {
    const evidence = [{ kind: "TIME", summary: `at ${at.toISOString()}`, at: at.toISOString() } as const];
    return new Date(from) <= at && at < new Date(to)
      ? failed(`Moves are frozen until ${to}.`, `Wait until ${to}.`, evidence)
      : passed("Moves are not frozen now.", evidence);
  },
  onRollback: "ASK",
  canOverride: true,
};
