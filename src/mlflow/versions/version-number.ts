import { InvalidInputError, NotFoundError } from "../../domain/errors.js";

const MAX = 2 ** 31 - 1;

/** A version's number, which MLflow sends as a text. Throws NOT_FOUND for a number that no version can have. */
export function parseVersion(version: string): number {
  if (!/^[+-]?\d+$/.test(version.trim())) {
    throw new InvalidInputError("version", `Parameter 'version' must be an integer, got '${version.slice(0, 100)}'.`);
  }
  const number = Number(version);
  if (number >= 1 && number <= MAX) return number;
  throw new NotFoundError("The version was not found.");
}

export function versionRef(name: string, version: string) {
  return { number: { model: name, number: parseVersion(version) } };
}
