import { createHash } from "node:crypto";
import { FILTER_SCOPE, holdsScope } from "../../domain/access/scopes.js";
import { ForbiddenError, InvalidInputError } from "../../domain/errors.js";
import { requireAtMost } from "../../domain/values/list.js";
import { escapeLike } from "../../store/access/visibility.js";
import type { GraphQLContext } from "../request/context.js";

export const LIST_MAX = 200;

type Given<T> = T | null | undefined;
type TextConditions = {
  equals?: Given<string>;
  in?: Given<string[]>;
  contains?: Given<string>;
  containsIgnoreCase?: Given<string>;
  startsWith?: Given<string>;
};

interface TextWhere {
  equals?: string;
  in?: string[];
  contains?: string;
  startsWith?: string;
  mode?: "insensitive";
}

/**
 * The conditions on a text, each as `on` puts it on a column. Prisma's mode is for a whole condition, so it is one of its own;
 * `ignoringCaseOn` puts it on the copy of a column whose collation is "C", in which only A to Z have small letters.
 */
export function textConditions<Where, OnCopy = Where>(
  field: string,
  given: Given<TextConditions>,
  on: (condition: TextWhere) => Where,
  ignoringCaseOn?: (condition: TextWhere) => OnCopy,
): (Where | OnCopy)[] {
  if (!given) return [];
  const exact = textWhere(field, given);
  const { containsIgnoreCase } = given;
  return [
    ...(Object.keys(exact).length > 0 ? [on(exact)] : []),
    ...(typeof containsIgnoreCase === "string"
      ? [(ignoringCaseOn ?? on)(ignoringCase(`${field}.containsIgnoreCase`, containsIgnoreCase))]
      : []),
  ];
}

/** The conditions on the name of a noun whose row keeps the copy of its name in `nameText`. */
export function nameConditions(field: string, given: Given<TextConditions>) {
  return textConditions(
    field,
    given,
    (name) => ({ name }),
    (nameText) => ({ nameText }),
  );
}

/** The conditions on the name of the model that a row belongs to. */
export function modelConditions(field: string, given: Given<TextConditions>) {
  return nameConditions(field, given).map((model) => ({ model }));
}

/** ILIKE. Which letters differ by case only is decided by the database's LC_CTYPE. */
function ignoringCase(field: string, text: string): TextWhere {
  return { contains: pattern(field, text), mode: "insensitive" };
}

/** The most characters of a text that is looked for within others. */
export const PATTERN_MAX = 1_000;

/** The database prepares a pattern anew for each row that it reads, so a long one would take a second for a few hundred. */
function pattern(field: string, text: string): string {
  if (text.length <= PATTERN_MAX) return escapeLike(text);
  throw new InvalidInputError(field, `${field} has ${text.length} characters; at most ${PATTERN_MAX} are allowed.`);
}

function textWhere(field: string, { equals, in: list, contains, startsWith }: TextConditions): TextWhere {
  return {
    ...(typeof equals === "string" ? { equals } : {}),
    ...(list ? { in: boundedList(`${field}.in`, list) } : {}),
    ...(typeof contains === "string" ? { contains: pattern(`${field}.contains`, contains) } : {}),
    ...(typeof startsWith === "string" ? { startsWith: pattern(`${field}.startsWith`, startsWith) } : {}),
  };
}

/**
 * A condition on a nullable column. A null does not match it, and so matches its NOT, as users expect: in SQL it would
 * match neither. Without a condition every row matches.
 */
export function presentWhere<Condition extends object>(condition: Condition) {
  return Object.keys(condition).length === 0 ? {} : { ...condition, not: null };
}

interface TimeRange {
  gte?: Given<Date>;
  gt?: Given<Date>;
  lte?: Given<Date>;
  lt?: Given<Date>;
}

export function rangeWhere({ gte, gt, lte, lt }: TimeRange) {
  return { ...(gte ? { gte } : {}), ...(gt ? { gt } : {}), ...(lte ? { lte } : {}), ...(lt ? { lt } : {}) };
}

interface KeyedValue {
  key: string;
  value?: Given<string>;
  valueContainsIgnoreCase?: Given<string>;
}

/**
 * A condition on a tag or param. The index is on a hash, because a value may be too long for an index: the hash of key and
 * value together, of which the database knows how often it occurs. Key and value are compared too, because md5 has collisions.
 */
export function keyWhere({ key, value, valueContainsIgnoreCase: part }: KeyedValue) {
  const same = typeof value === "string" ? { pairHash: md5(`${key}=${value}`), value } : {};
  return {
    some: {
      key,
      ...same,
      ...(typeof part === "string" ? { AND: [{ value: ignoringCase("valueContainsIgnoreCase", part) }] } : {}),
    },
  };
}

type GivenActor = Given<{ subject?: Given<string>; issuer?: Given<string> }>;

/** A condition on who caused what a row records. */
export function actorWhere(actor: GivenActor) {
  return {
    ...(typeof actor?.subject === "string" ? { actorSubject: actor.subject } : {}),
    ...(typeof actor?.issuer === "string" ? { actorIssuer: actor.issuer } : {}),
  };
}

/** A condition on who created a row. */
export function creatorWhere(actor: GivenActor) {
  return {
    ...(typeof actor?.subject === "string" ? { createdBySubject: actor.subject } : {}),
    ...(typeof actor?.issuer === "string" ? { createdByIssuer: actor.issuer } : {}),
  };
}

interface NounConditions {
  readonly tag?: Given<KeyedValue>;
  readonly alias?: Given<string>;
  readonly createdAt?: Given<TimeRange>;
  readonly updatedAt?: Given<TimeRange>;
  readonly createdBy?: GivenActor;
}

/** The conditions that the registry's nouns share. */
export function nounWhere({ tag, alias, createdAt, updatedAt, createdBy }: NounConditions) {
  return {
    ...(tag ? { tags: keyWhere(tag) } : {}),
    ...(typeof alias === "string" ? { aliases: { some: { name: alias } } } : {}),
    ...(createdAt ? { createdAt: rangeWhere(createdAt) } : {}),
    ...(updatedAt ? { updatedAt: rangeWhere(updatedAt) } : {}),
    ...creatorWhere(createdBy),
  };
}

export function md5(text: string): string {
  return createHash("md5").update(text).digest("hex");
}

export function boundedList<T>(field: string, list: readonly T[]): T[] {
  requireAtMost(field, list, LIST_MAX);
  return [...list];
}

/** A filter reveals values, so it requires the same scope as reading them. */
export function requireFilterScope(context: GraphQLContext, filter: keyof typeof FILTER_SCOPE): void {
  const scope = FILTER_SCOPE[filter];
  if (holdsScope(context.viewer.scopes, scope)) return;
  throw new ForbiddenError(`The filter ${filter} requires the scope ${scope}, which this token does not have.`, [
    scope,
  ]);
}
