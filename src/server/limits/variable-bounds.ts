import type { Limits } from "../../config/load-config.js";
import { InvalidInputError } from "../../domain/errors.js";

type Bounds = Pick<Limits, "variableDepth" | "variableList">;

interface NestedValue {
  readonly value: unknown;
  readonly depth: number;
  /** The variable that contains the value. */
  readonly path: string;
}

/**
 * Refuses variables that are nested too deeply, that contain too long a list, or text that is not well-formed Unicode. Not
 * recursive, so that deep input cannot exhaust the stack here.
 */
export function requireBounded(variables: unknown, { variableDepth, variableList }: Bounds): void {
  const open: NestedValue[] = [{ value: variables, depth: 0, path: "variables" }];
  for (let next = open.pop(); next; next = open.pop()) {
    const { value, depth, path } = next;
    if (typeof value === "string") requireUnicode(value, path);
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
    for (const [name, inner] of Object.entries(value)) {
      requireUnicode(name, path);
      open.push({ value: inner, depth: depth + 1, path: depth === 0 ? name : path });
    }
  }
}

/**
 * Half a surrogate pair can arrive only as an escape in JSON. PostgreSQL cannot store it, and on the way there the driver
 * may send uninitialised memory in its place (Buffer.write of Node 20, now and then).
 */
function requireUnicode(text: string, path: string): void {
  if (!text.isWellFormed()) throw new InvalidInputError("variables", `${path} must be well-formed Unicode.`);
}
