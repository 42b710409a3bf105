import type { Rule, RuleKind } from "../rule.js";
import type { PastPromotion } from "./past-promotion.js";

/** Why it is not known what a rule looked at then; null if it is known, so that the rule can be asked now. */
type UnknownBecause<K extends RuleKind> = (rule: Rule<K>, past: PastPromotion) => string | null;

/** What the history keeps for each kind of rule. A kind without an entry does not compile. */
export const UNKNOWN_BECAUSE: { readonly [K in RuleKind]: UnknownBecause<K> } = {
  previous: () => null,
  present({ field }, past) {
    if (field === "DATASET_INPUT")
      return past.facts.version.run === null ? runUnknown(past) : "Which datasets the run had read was not recorded.";
    if (field === "DESCRIPTION") return past.unchanged.description ? null : "The description was not recorded.";
    return field === "RUN" ? runUnknown(past) : contentsUnknown(past);
  },
  runStatus: (_, past) =>
    past.facts.version.run === null ? runUnknown(past) : "The status of the run was not recorded.",
  tag({ on }, { unchanged }) {
    const isKnown = on === "MODEL" ? unchanged.modelTags : unchanged.versionTags;
    return isKnown ? null : `The tags of the ${on === "MODEL" ? "model" : "version"} were not recorded.`;
  },
  // a point may be logged later, with any time
  metric: () => "The value of the metric was not recorded.",
  metricAgainstHolder: () => "The values of the metric were not recorded.",
  check: (_, past) => contentsUnknown(past),
  singleHolder: () => null,
  reason: () => null,
  approvals: (_, { request }) =>
    request === "LOST" ? "Whether the request of the mover was open and approved was not recorded." : null,
  freeze: () => null,
};

function contentsUnknown({ unchanged }: PastPromotion): string | null {
  return unchanged.contents ? null : "The digest, the signature and the run were not recorded.";
}

function runUnknown(past: PastPromotion): string | null {
  if (past.facts.version.isRunDeleted) return "Whether the run was deleted already was not recorded.";
  return contentsUnknown(past);
}
