import { canonicalJson, type JsonObject, type JsonValue } from "../../domain/values/json.js";
import type { PolicyInputForm } from "./policies.js";
import { describeRule } from "./policy-rule.js";
import { describeSelector, describeTargets, describeValue } from "./policy-text.js";

/** What a new policy says, a line each. */
export function describeNew(policy: PolicyInputForm): string[] {
  const { mode, rules, protection } = policy;
  return [
    `  ${mode} for the models ${describeSelector(policy)}, on ${describeTargets(policy)}`,
    ...(policy.protected ? ["+ protected: true"] : []),
    ...rules.map((rule, index) => `+ rules[${index}]: ${describeRule(rule)}`),
    ...Object.entries(protection)
      .filter(([, value]) => value !== false && !(Array.isArray(value) && value.length === 0))
      .map(([key, value]) => `+ protection.${key}: ${describeValue(value as JsonValue)}`),
  ];
}

/** What differs between two policies of one name: a line for each path, and for each rule that came or went. */
export function describeChanges(before: PolicyInputForm, after: PolicyInputForm): string[] {
  const { rules: rulesBefore, ...restBefore } = before;
  const { rules: rulesAfter, ...restAfter } = after;
  return [
    ...changesOf("", restBefore as unknown as JsonValue, restAfter as unknown as JsonValue),
    ...changesOfRules(rulesBefore, rulesAfter),
  ];
}

function changesOf(path: string, before: JsonValue | undefined, after: JsonValue | undefined): string[] {
  if (isSame(before, after)) return [];
  if (isObject(before) && isObject(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return keys.flatMap((key) => changesOf(path === "" ? key : `${path}.${key}`, before[key], after[key]));
  }
  if (isListOfObjects(before) && isListOfObjects(after)) {
    const length = Math.max(before.length, after.length);
    return Array.from({ length }, (_, index) => changesOf(`${path}[${index}]`, before[index], after[index])).flat();
  }
  return [`~ ${path}: ${describeValue(before)} → ${describeValue(after)}`];
}

/** Rules of one kind about one thing are the same rule, wherever they stand. */
function changesOfRules(before: readonly JsonObject[], after: readonly JsonObject[]): string[] {
  const left = new Map(identify(before).map((identity, index) => [identity, index]));
  const lines = identify(after).flatMap((identity, index) => {
    const rule = after[index] as JsonObject;
    const old = left.get(identity);
    left.delete(identity);
    return old === undefined
      ? [`+ rules[${index}]: ${describeRule(rule)}`]
      : changesOf(`rules[${index}]`, before[old], rule);
  });
  const gone = [...left.values()].map((index) => `- rules[${index}]: ${describeRule(before[index] as JsonObject)}`);
  const all = [...gone, ...lines];
  return all.length === 0 && !isSame(before, after) ? ["~ rules: the same, in another order"] : all;
}

/** What each rule is about, with a number if several rules are about the same. */
function identify(rules: readonly JsonObject[]): string[] {
  const counts = new Map<string, number>();
  return rules.map((rule) => {
    const [kind = "", body] = Object.entries(rule)[0] ?? [];
    const { on = "", key = "", name = "", field = "", stage = "", alias = "" } = isObject(body) ? body : {};
    const about = [kind, on, key, name, field, stage, alias].join(" ");
    const count = (counts.get(about) ?? 0) + 1;
    counts.set(about, count);
    return `${about} ${count}`;
  });
}

function isSame(before: JsonValue | undefined, after: JsonValue | undefined): boolean {
  if (before === undefined || after === undefined) return before === after;
  return canonicalJson(before) === canonicalJson(after);
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isListOfObjects(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value) && value.some((each) => isObject(each));
}
