import type { Recorded } from "./normalize.js";

export interface Difference {
  /** Program, step and the path of the field. */
  readonly at: string;
  readonly theirs: unknown;
  readonly ours: unknown;
}

export interface Comparison {
  readonly steps: number;
  readonly fields: number;
  readonly differences: readonly Difference[];
}

/** Compares what a client got of two servers, field by field. */
export function compare(theirs: readonly Recorded[], ours: readonly Recorded[]): Comparison {
  const of = (list: readonly Recorded[]) => new Map(list.map((each) => [`${each.program}: ${each.step}`, each]));
  const [left, right] = [of(theirs), of(ours)];
  const steps = new Set([...left.keys(), ...right.keys()]);
  const differences: Difference[] = [];
  let fields = 0;
  for (const step of steps) {
    const [a, b] = [left.get(step), right.get(step)];
    if (outcome(a) !== outcome(b)) {
      fields += 1;
      differences.push({ at: `${step}.outcome`, theirs: summarize(a), ours: summarize(b) });
      continue;
    }
    const [one, other] = [flatten(a), flatten(b)];
    for (const path of new Set([...one.keys(), ...other.keys()])) {
      fields += 1;
      const [theirs, ours] = [one.get(path), other.get(path)];
      if (theirs !== ours) differences.push({ at: `${step}${path}`, theirs, ours });
    }
  }
  return { steps: steps.size, fields, differences };
}

function outcome(recorded: Recorded | undefined): "none" | "raised" | "returned" {
  if (!recorded) return "none";
  return recorded.raises ? "raised" : "returned";
}

function summarize(recorded: Recorded | undefined): string {
  return JSON.stringify(recorded?.raises ?? recorded?.returns ?? null).slice(0, 300);
}

/** Each field's value as text, by its path. A list says its length too. */
function flatten(recorded: Recorded | undefined): Map<string, string> {
  const found = new Map<string, string>();
  const walk = (value: unknown, path: string) => {
    if (Array.isArray(value)) {
      found.set(`${path}.length`, String(value.length));
      for (const [i, each] of value.entries()) walk(each, `${path}[${i}]`);
    } else if (typeof value === "object" && value !== null) {
      if (Object.keys(value).length === 0) found.set(path, "{}");
      for (const [key, each] of Object.entries(value)) walk(each, `${path}.${key}`);
    } else {
      found.set(path, JSON.stringify(value) ?? "undefined");
    }
  };
  if (recorded?.raises) walk(recorded.raises, ".raises");
  else if (recorded) walk(recorded.returns, ".returns");
  return found;
}
