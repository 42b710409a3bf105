import { InvalidInputError } from "../errors.js";
import type { OnRollback, Rule, RuleInputs, RuleKind } from "./rule.js";
import { RULE_KINDS, RULES } from "./rule-table.js";

type WithRollback<Input> = Input extends object
  ? Input & { readonly onRollback?: OnRollback | null | undefined }
  : Input;

/** What users give for a rule: exactly one of the members. */
export type RuleInput = {
  readonly [K in RuleKind]?: WithRollback<RuleInputs[K]> | null | undefined;
};

/** Checks a rule. Throws INVALID_INPUT, also for one that can never be met. */
export function parseRule(field: string, input: RuleInput): Rule {
  const [kind, ...others] = RULE_KINDS.filter((each) => (input[each] ?? null) !== null);
  if (kind === undefined || others.length > 0) {
    throw new InvalidInputError(field, `${field} must give exactly one of ${RULE_KINDS.join(", ")}.`);
  }
  return parseKind(field, kind, input);
}

function parseKind<K extends RuleKind>(field: string, kind: K, input: RuleInput): Rule<K> {
  const row = RULES[kind];
  const given = input[kind] as RuleInputs[K] & { readonly onRollback?: OnRollback | null };
  return {
    kind,
    onRollback: given.onRollback ?? row.onRollback,
    ...row.parse(`${field}.${kind}`, given),
  } as Rule<K>;
}
