import { canonicalJson, type JsonObject, type JsonValue } from "./json.js";

/** The fields without those that are undefined: an absent input field means "leave as it is", null means "clear". */
export function omitUndefined<Fields extends object>(
  fields: {
    readonly [Key in keyof Fields]: Fields[Key] | undefined;
  },
): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Fields;
}

/** What an update changes: the columns to write, and the old and new values as the event shows them. */
export interface FieldChanges<Fields> {
  readonly columns: Fields;
  readonly before: JsonObject;
  readonly after: JsonObject;
}

/**
 * Compares the wanted fields with the current ones. Null if nothing differs: then nothing is written and no event is
 * emitted. The fields in `always` count as changed even if their value is the same.
 */
export function findChanges<Fields extends object>(
  current: Readonly<Record<keyof Fields, unknown>>,
  wanted: Fields,
  always: readonly (keyof Fields)[] = [],
): FieldChanges<Fields> | null {
  const keys = (Object.keys(wanted) as (keyof Fields & string)[]).filter(
    (key) =>
      always.includes(key) || canonicalJson(toJson(wanted[key])) !== canonicalJson(toJson(current[key] as unknown)),
  );
  if (keys.length === 0) return null;
  return {
    columns: Object.fromEntries(keys.map((key) => [key, wanted[key]])) as Fields,
    before: Object.fromEntries(keys.map((key) => [key, toJson(current[key])])),
    after: Object.fromEntries(keys.map((key) => [key, toJson(wanted[key])])),
  };
}

function toJson(value: unknown): JsonValue {
  return value instanceof Date ? value.toISOString() : ((value ?? null) as JsonValue);
}
