import { InvalidInputError } from "../errors.js";

const ALIAS = /^[A-Za-z0-9_-]{1,255}$/;
const RESERVED = /^(latest|v[0-9]+)$/i;

/** Checks an alias by MLflow's rules: `^[\w-]{1,255}$`, neither `latest` nor `v<digits>`, which already refer to versions. */
export function parseAlias(field: string, alias: string): string {
  if (!ALIAS.test(alias)) {
    throw new InvalidInputError(field, `${field} must be 1 to 255 letters, digits, "_" or "-".`);
  }
  if (RESERVED.test(alias)) {
    throw new InvalidInputError(field, `${field} must not be "latest" or "v<digits>": these names are reserved.`);
  }
  return alias;
}
