import { canonicalJson, type JsonValue } from "./json.js";

/** What a field of an input means. Undefined: the same as if the field were absent. */
interface FieldMeaning {
  readonly meaning: JsonValue | undefined;
}

type Scalar = string | number | boolean;

/**
 * What an input means, apart from how it is spelled. Each field of the input needs a decision: one of the functions below,
 * on the checked value, with names and aliases resolved to ids and defaults filled in.
 */
export type MeaningOf<Input> = {
  readonly [Field in Exclude<keyof Input, "idempotencyKey">]-?: FieldMeaning;
};

/** A field that always has a value, if need be its default. */
export function always(value: Scalar): FieldMeaning {
  return { meaning: value };
}

/** A field in which null means the same as absent. */
export function optional(value: Scalar | null | undefined): FieldMeaning {
  return { meaning: value ?? undefined };
}

/** A field in which null and absent mean different things. */
export function threeState(value: Scalar | null | undefined): FieldMeaning {
  return { meaning: value };
}

/** A time. Null means the same as absent. */
export function moment(time: Date | null | undefined): FieldMeaning {
  return { meaning: time?.toISOString() };
}

/** JSON of the user: the order of keys means nothing, the order of lists may mean something. Null means the same as absent. */
export function userJson(value: JsonValue | undefined): FieldMeaning {
  return { meaning: value ?? undefined };
}

/** A list in which order and repetition mean nothing. Empty means the same as absent. */
export function unordered(items: readonly JsonValue[]): FieldMeaning {
  if (items.length === 0) return { meaning: undefined };
  const byText = new Map(items.map((item) => [canonicalJson(item), item]));
  return { meaning: [...byText.keys()].sort().map((text) => byText.get(text) as JsonValue) };
}

/** A field that changes how a request is done, and not what it asks for. */
export const UNCOMPARED: FieldMeaning = { meaning: undefined };

/**
 * The same text for inputs that mean the same, and another one for all others. An absent field leaves no trace, so texts
 * stay the same when an input gets another field.
 */
export function canonicalMeaning(meaning: Readonly<Record<string, FieldMeaning>>): string {
  const members = Object.entries(meaning).flatMap(([name, { meaning: value }]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  return canonicalJson(Object.fromEntries(members));
}
