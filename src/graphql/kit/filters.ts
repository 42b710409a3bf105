import { createHash } from "node:crypto";
import { FILTER_SCOPE, holdsScope } from "../../domain/access/scopes.js";
import { ForbiddenError, InvalidInputError } from "../../domain/errors.js";
import { parseText } from "../../domain/values/text.js";
import { escapeLike } from "../../store/access/visibility.js";
import type { GraphQLContext } from "../request/context.js";
import { builder } from "./builder.js";

const LIST_MAX = 200;
const TERMS_MAX = 50;
const JOINS_MAX = 30;
const DEPTH_MAX = 5;

export const Deleted = builder.enumType("Deleted", {
  description: "Whether a list shows what lives or what was deleted.",
  values: {
    EXCLUDE: { description: "Only what lives." },
    ONLY: {
      description:
        "Only what was deleted. Asks for `models:delete`; of runs, experiments and datasets, for `runs:write`.",
    },
  } as const,
});

export const StringFilter = builder.inputType("StringFilter", {
  description: "Conditions on a text, all of which hold. Case-sensitive; `%`, `_` and `*` stand for themselves.",
  fields: (t) => ({
    equals: t.string({ description: "The whole text." }),
    in: t.stringList({ description: `One of these texts, at most ${LIST_MAX}.` }),
    contains: t.string({ description: "A part of the text. Walks the list, so it is slow where few rows match." }),
    startsWith: t.string({ description: "The beginning of the text." }),
  }),
});

export const DateTimeFilter = builder.inputType("DateTimeFilter", {
  description: "A range of time: the bounds that are given all hold.",
  fields: (t) => ({
    gte: t.field({ type: "DateTime", description: "At this time or later." }),
    gt: t.field({ type: "DateTime", description: "Later than this time." }),
    lte: t.field({ type: "DateTime", description: "At this time or earlier." }),
    lt: t.field({ type: "DateTime", description: "Earlier than this time." }),
  }),
});

export const TagFilter = builder.inputType("TagFilter", {
  description: "A tag that is there.",
  fields: (t) => ({
    key: t.string({ required: true, description: "The tag's key." }),
    value: t.string({ description: "The tag's value, whole. Absent: any value." }),
  }),
});

export const ActorFilter = builder.inputType("ActorFilter", {
  description: "Who did it: the conditions that are given all hold.",
  fields: (t) => ({
    subject: t.string({ description: "The `sub` of the token." }),
    issuer: t.string({ description: "The `iss` of the token." }),
  }),
});

type Given<T> = T | null | undefined;
type TextConditions = {
  equals?: Given<string>;
  in?: Given<string[]>;
  contains?: Given<string>;
  startsWith?: Given<string>;
};

/** Absent and null conditions are no conditions. */
function given<T extends Record<string, unknown>>(conditions: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(
    Object.entries(conditions).filter(([, value]) => value !== null && value !== undefined),
  ) as { [K in keyof T]?: NonNullable<T[K]> };
}

export function textWhere(field: string, filter: TextConditions) {
  const { equals, in: list, contains, startsWith } = given(filter);
  return {
    ...(equals === undefined ? {} : { equals }),
    ...(list === undefined ? {} : { in: boundedList(`${field}.in`, list) }),
    ...(contains === undefined ? {} : { contains: escapeLike(contains) }),
    ...(startsWith === undefined ? {} : { startsWith: escapeLike(startsWith) }),
  };
}

/**
 * A condition on a column that may be null: what is not there does not meet it, and so meets its NOT, as people expect.
 * No condition is met by all.
 */
export function presentWhere<Condition extends object>(condition: Condition) {
  return Object.keys(condition).length === 0 ? {} : { ...condition, not: null };
}

export function rangeWhere(filter: { gte?: Given<Date>; gt?: Given<Date>; lte?: Given<Date>; lt?: Given<Date> }) {
  return given(filter);
}

/** A value is found by its hash, which is indexed however long the value is. */
function tagWhere({ key, value }: { key: string; value?: Given<string> }) {
  return { some: { key, ...(typeof value === "string" ? { valueHash: md5(value), value } : {}) } };
}

interface NounConditions {
  readonly tag?: Given<{ key: string; value?: Given<string> }>;
  readonly alias?: Given<string>;
  readonly createdAt?: Given<Parameters<typeof rangeWhere>[0]>;
  readonly updatedAt?: Given<Parameters<typeof rangeWhere>[0]>;
  readonly createdBy?: Given<{ subject?: Given<string>; issuer?: Given<string> }>;
}

/** The conditions that models and versions have in common. */
export function nounWhere({ tag, alias, createdAt, updatedAt, createdBy }: NounConditions) {
  return {
    ...(tag ? { tags: tagWhere(tag) } : {}),
    ...(typeof alias === "string" ? { aliases: { some: { name: alias } } } : {}),
    ...(createdAt ? { createdAt: rangeWhere(createdAt) } : {}),
    ...(updatedAt ? { updatedAt: rangeWhere(updatedAt) } : {}),
    ...(typeof createdBy?.subject === "string" ? { createdBySubject: createdBy.subject } : {}),
    ...(typeof createdBy?.issuer === "string" ? { createdByIssuer: createdBy.issuer } : {}),
  };
}

export function md5(text: string): string {
  return createHash("md5").update(text).digest("hex");
}

export function boundedList<T>(field: string, list: readonly T[]): T[] {
  if (list.length > LIST_MAX) {
    throw new InvalidInputError(field, `${field} has ${list.length} entries; at most ${LIST_MAX} are allowed.`);
  }
  return [...list];
}

/** A filter may tell of a value, so it asks for what reading the value asks for. */
export function requireFilterScope(context: GraphQLContext, filter: keyof typeof FILTER_SCOPE): void {
  const scope = FILTER_SCOPE[filter];
  if (holdsScope(context.viewer.scopes, scope)) return;
  throw new ForbiddenError(`The filter ${filter} asks for the scope ${scope}, which this token does not have.`, [
    scope,
  ]);
}

interface Combined<Filter> {
  readonly AND?: Given<readonly Filter[]>;
  readonly OR?: Given<readonly Filter[]>;
  readonly NOT?: Given<Filter>;
  /** Chooses the rows that the whole filter is about, so it stands at the top only. */
  readonly deleted?: unknown;
}

/** Conditions on other tables than the list's own. */
const JOINED = ["tag", "alias", "model", "experiment", "parent", "input", "params", "metrics"] as const;

/** PostgreSQL takes up to a second to plan 30 joins, 20 for 200, and PGlite does not survive 400. */
function countJoins(part: object): number {
  const given: { [Name in (typeof JOINED)[number]]?: unknown } = part;
  return JOINED.reduce((sum, name) => sum + [given[name] ?? []].flat().length, 0);
}

/** No row: one of none. Prisma takes an empty OR for no condition. */
const NOTHING = { id: { in: [] } };

/** Joins a filter's own conditions with those of its AND, OR and NOT, within bounds of depth and number. */
export function combine<Filter extends Combined<Filter>, Where>(
  filter: Filter,
  own: (filter: Filter, field: string) => Where,
  field = "where",
): Where {
  let terms = 0;
  let joins = 0;
  const build = (part: Filter, at: string, depth: number): Where => {
    joins += countJoins(part);
    if (joins > JOINS_MAX) {
      throw new InvalidInputError(at, `A filter holds at most ${JOINS_MAX} conditions on ${JOINED.join(", ")}.`);
    }
    if (++terms > TERMS_MAX || depth > DEPTH_MAX) {
      throw new InvalidInputError(at, `A filter holds at most ${TERMS_MAX} parts, ${DEPTH_MAX} levels deep.`);
    }
    if (depth > 1 && part.deleted) {
      throw new InvalidInputError(`${at}.deleted`, "deleted stands at the top of a filter, not below AND, OR or NOT.");
    }
    const all = [own(part, at), ...(part.AND ?? []).map((each, i) => build(each, `${at}.AND[${i}]`, depth + 1))];
    const any = part.OR?.map((each, i) => build(each, `${at}.OR[${i}]`, depth + 1));
    const not = part.NOT ? build(part.NOT, `${at}.NOT`, depth + 1) : null;
    const one = any?.length === 0 ? NOTHING : { OR: any };
    return { AND: all, ...(any ? one : {}), ...(not ? { NOT: not } : {}) } as Where;
  };
  const where = build(filter, field, 1);
  requireStorable(field, filter);
  return where;
}

/** Text that no row can hold finds no row, whatever the database would make of it. */
function requireStorable(field: string, value: unknown): void {
  if (typeof value === "string") parseText(field, value, Number.POSITIVE_INFINITY);
  if (typeof value !== "object" || value === null) return;
  for (const [key, member] of Object.entries(value)) {
    requireStorable(Array.isArray(value) ? `${field}[${key}]` : `${field}.${key}`, member);
  }
}
