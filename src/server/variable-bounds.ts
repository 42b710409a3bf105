import type { Limits } from "../config.js";
import { InvalidInputError } from "../domain/errors.js";

type Bounds = Pick<Limits, "variableDepth" | "variableList">;

/** Refuses variables that are nested too deeply or hold too long a list, without recursion of its own. */
export function requireBounded(variables: unknown, { variableDepth, variableList }: Bounds): void {
  const open: { value: unknown; depth: number; path: string }[] = [{ value: variables, depth: 0, path: "variables" }];
  for (let next = open.pop(); next; next = open.pop()) {
    const { value, depth, path } = next;
    if (typeof value !== "object" || value === null) continue;
    if (depth > variableDepth) {
      throw new InvalidInputError("variables", `The variables are nested in more than ${variableDepth} levels.`);
    }
    if (Array.isArray(value) && value.length > variableList) {
      throw new InvalidInputError(
        "variables",
        `${path} holds ${value.length} elements; at most ${variableList} are allowed.`,
      );
    }
    for (const [name, inner] of Object.entries(value))
      open.push({ value: inner, depth: depth + 1, path: depth === 0 ? name : path });
  }
}
