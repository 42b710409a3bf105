import type { ParamInput } from "../../domain/tracking/param.js";
import type { Work } from "../command.js";
import { conflictWith } from "../current-state.js";

/** Throws CONFLICT if params exist with other values. The error has the existing value if the viewer may read it. */
export function requireSameValues(
  { viewer }: Work,
  noun: "Run" | "LoggedModel",
  params: readonly ParamInput[],
  existing: readonly ParamInput[],
): void {
  const [first] = existing;
  if (!first) return;
  const index = params.findIndex(({ key }) => key === first.key);
  const message = `The param "${first.key}" already has another value; params are written once.`;
  throw conflictWith(viewer, noun, {
    message,
    plain: message,
    details: { field: `input.params[${index}].value`, key: first.key },
    values: { value: first.value },
  });
}
