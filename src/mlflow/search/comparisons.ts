import { InvalidInputError } from "../../domain/errors.js";
import { PROMPT_TAG } from "../../domain/models/prompt.js";
import type { NumberComparison, TagComparison, TextComparison } from "../../store/across/comparisons.js";
import type { Clause } from "./parse-filter.js";

const PATTERN_MAX = 1_000;
const NUMBER_OPERATORS: readonly string[] = ["=", "!=", "<", "<=", ">", ">="];

/** A condition on an attribute that is a text; lists only where MLflow takes them. */
export function toTextComparison(clause: Clause, takesLists: boolean): TextComparison {
  const { op, values, isNumber, key, entity } = clause;
  const [value = ""] = values;
  if (isNumber) throw expectedText(clause);
  if (op === "=" || op === "!=") return { op, value };
  if (op === "LIKE" || op === "ILIKE") {
    if (value.length <= PATTERN_MAX) return { op, value };
    throw new InvalidInputError("filter", `A pattern may have ${PATTERN_MAX} characters at most.`);
  }
  if ((op === "IN" || op === "NOT IN") && takesLists) return { op, values };
  throw new InvalidInputError("filter", `Invalid comparator for ${entity} ${key}: ${op}`);
}

export function toTagComparison(clause: Clause): TagComparison {
  const { key, op } = clause;
  if (op === "IS NULL" || op === "IS NOT NULL") return { key, is: { op } };
  return { key, is: toTextComparison(clause, false) };
}

/** On a metric, whose values are any numbers. */
export function toMetricComparison({ op, values, key, isNumber }: Clause): NumberComparison {
  const [value = ""] = values;
  if (!isNumberOperator(op)) throw new InvalidInputError("filter", `Invalid comparator for metric ${key}: ${op}`);
  if (isNumber) return { op, value: Number(value) };
  throw new InvalidInputError("filter", `Expected numeric value type for metric. Found '${value}'`);
}

export function toNumberComparison({ op, values, key }: Clause): NumberComparison {
  const [value = ""] = values;
  if (!isNumberOperator(op)) throw new InvalidInputError("filter", `Invalid comparator for attribute ${key}: ${op}`);
  if (!/^-?\d{1,15}$/.test(value)) {
    throw new InvalidInputError("filter", `Invalid value for numeric attribute '${key}': '${value}'`);
  }
  return { op, value: Number(value) };
}

function isNumberOperator(op: string): op is NumberComparison["op"] {
  return NUMBER_OPERATORS.includes(op);
}

/** Prompts are found only by a filter that asks for them. */
export function asksForPrompts(clauses: readonly Clause[]): boolean {
  const clause = clauses.find(isAboutPrompts);
  const value = clause?.values[0]?.toLowerCase();
  return (clause?.op === "=" && value === "true") || (clause?.op === "!=" && value === "false");
}

/** A condition on the tag of prompts, which models do not have. */
export function isAboutPrompts({ entity, key }: Clause): boolean {
  return entity === "tag" && key === PROMPT_TAG;
}

export function unknownAttribute(key: string, valid: readonly string[]): InvalidInputError {
  const list = valid.map((name) => `'${name}'`).join(", ");
  return new InvalidInputError("filter", `Invalid attribute key '${key}' specified. Valid keys are '{${list}}'`);
}

function expectedText({ entity, values }: Clause): InvalidInputError {
  return new InvalidInputError(
    "filter",
    `Expected a quoted string value for ${entity} (e.g. 'my-value'). Got value ${values.join(", ")}`,
  );
}
