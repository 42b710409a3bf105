import { InvalidInputError } from "../../domain/errors.js";

/** A number of an input, if it is within its limits. */
export function requireWithin(field: string, value: number, [min, max]: readonly [number, number]): number {
  if (value >= min && value <= max) return value;
  throw new InvalidInputError(field, `${field} is ${value}; it must be ${min} to ${max}.`);
}
