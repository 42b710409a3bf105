import { InvalidInputError } from "../errors.js";
import type { PolicyDefinition, PolicyTarget } from "./policy.js";
import type { Rule } from "./rule.js";

/** Refuses rules that no version can meet at the policy's target. What a rule shows by itself, its own parse function refuses. */
export function requireReachable(field: string, { rules, target }: PolicyDefinition): void {
  for (const [index, rule] of rules.entries()) {
    const at = `${field}.rules[${index}].${rule.kind}`;
    if (rule.kind === "previous" && isTheTargetItself(rule, target)) {
      const member = rule.stage ? "stage" : "alias";
      throw new InvalidInputError(
        `${at}.${member}`,
        `${at}.${member} must not be the only target of the policy: a version is never at the target before it gets there. Set held to EVER, or name another ${member}.`,
      );
    }
    if (rule.kind === "singleHolder" && target.stages.length === 0) {
      throw new InvalidInputError(
        at,
        `${at} needs a stage in target.stages: an alias has one holder always, so there is nothing to decide.`,
      );
    }
  }
}

function isTheTargetItself({ stage, alias, held }: Rule<"previous">, { stages, aliases }: PolicyTarget): boolean {
  if (held === "EVER" || stages.length + aliases.length !== 1) return false;
  return stage ? stages.some((each) => each === stage) : aliases.some((each) => each === alias);
}
