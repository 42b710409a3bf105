import { InvalidInputError } from "../../errors.js";
import type { RuleRow } from "../rule.js";
import { describeTarget } from "../target.js";
import { failed, passed } from "./finding.js";

export const singleHolder: RuleRow<"singleHolder"> = {
  parse(field, input) {
    // `false` comes from programs that are not checked against the types
    if (input !== true) throw new InvalidInputError(field, `${field} must be true, or absent.`);
    return {};
  },
  describe: () => "No other version of the model is in the stage.",
  needs: () => ({}),
  check(_, { holders }, { target, replacesHolders }) {
    if ("alias" in target) return passed("An alias has one holder always.");
    const place = describeTarget(target);
    const evidence = holders.map(
      ({ number }) => ({ kind: "HOLDER", summary: `version ${number} is in ${place}`, versionNumber: number }) as const,
    );
    if (holders.length === 0) return passed(`No other version is in ${place}.`);
    if (replacesHolders) return passed(`The move takes the other versions out of ${place}.`, evidence);
    return failed(
      `Another version is in ${place}.`,
      `Move the other version out of ${place}, or let this move archive it.`,
      evidence,
    );
  },
  onRollback: "ASK",
  // the database keeps it
  canOverride: false,
};
