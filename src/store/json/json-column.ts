import type { JsonValue } from "../../domain/values/json.js";
import { Prisma } from "../generated/client.js";

/** A value for a JSON column: Prisma distinguishes a column that is null from the JSON value null. */
export function toJsonColumn(value: JsonValue) {
  return value === null ? Prisma.DbNull : (value as Prisma.InputJsonValue);
}
