import { requirementOf } from "../../domain/governance/decide.js";
import { parseRule, type RuleInput } from "../../domain/governance/parse-rule.js";
import type { JsonObject } from "../../domain/values/json.js";
import { describeValue } from "./policy-text.js";

/** What a rule requires, as the server says it; the rule itself if the server is newer than this command. */
export function describeRule(rule: JsonObject): string {
  try {
    return requirementOf(parseRule("rule", withTimes(rule)));
  } catch {
    return describeValue(rule);
  }
}

function withTimes(rule: JsonObject): RuleInput {
  const { freeze } = rule as { readonly freeze?: { readonly from: string; readonly to: string } };
  return (freeze ? { freeze: { ...freeze, from: new Date(freeze.from), to: new Date(freeze.to) } } : rule) as RuleInput;
}
