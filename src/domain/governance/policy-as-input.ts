import type { JsonObject, JsonValue } from "../values/json.js";
import { isProtected, type Policy } from "./policy.js";
import type { Rule } from "./rule.js";

/** A policy in the form in which users give it, with its defaults: applied again, it changes nothing. */
export function policyAsInput({ name, mode, definition }: Pick<Policy, "name" | "mode" | "definition">): JsonObject {
  const { selector, target, rules, protection } = definition;
  return {
    name,
    mode,
    selector: selector as unknown as JsonValue,
    target,
    rules: rules.map(ruleAsInput),
    protection: protection as unknown as JsonValue,
    protected: isProtected({ definition }),
  };
}

/** A rule in the form in which users give it. */
export function ruleAsInput(rule: Rule): JsonObject {
  const { kind, onRollback, ...fields } = rule;
  if (kind === "singleHolder") return { singleHolder: true };
  return { [kind]: { ...membersOf(fields), onRollback } };
}

function membersOf(fields: object): JsonObject {
  const { tolerance, ...members } = fields as { readonly tolerance?: { absolute: number } | { relative: number } };
  if (!tolerance) return members as JsonObject;
  return {
    ...(members as JsonObject),
    ...("absolute" in tolerance
      ? { absoluteTolerance: tolerance.absolute }
      : { relativeTolerance: tolerance.relative }),
  };
}
