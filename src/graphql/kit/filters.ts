import type { InputFieldMap, InputObjectRef, InputShapeFromFields } from "@pothos/core";
import type { FILTER_SCOPE, Scope } from "../../domain/access/scopes.js";
import { InvalidInputError } from "../../domain/errors.js";
import { parseText } from "../../domain/values/text.js";
import type { Deleted as DeletedMode } from "../../store/access/visibility.js";
import type { GraphQLContext } from "../request/context.js";
import { builder } from "./builder.js";
import { requireFilterScope } from "./conditions.js";
import { ActorFilter, DateTimeFilter, Deleted, TagFilter } from "./filter-inputs.js";

const TERMS_MAX = 50;
const JOINS_MAX = 30;
const DEPTH_MAX = 5;

type Types = (typeof builder)["$inferSchemaTypes"];
type InputBuilder = PothosSchemaTypes.InputFieldBuilder<Types, "InputObject">;

/** A noun's own conditions, with AND, OR and NOT. */
export type Filter<Own> = Own & {
  AND?: Filter<Own>[] | null | undefined;
  OR?: Filter<Own>[] | null | undefined;
  NOT?: Filter<Own> | null | undefined;
};

/** The filter input of a noun's lists, from the noun's own conditions. */
export function filterType<Fields extends InputFieldMap>(
  name: string,
  nouns: string,
  own: (t: InputBuilder) => Fields,
) {
  const ref = builder.inputRef<Filter<InputShapeFromFields<Fields>>, false>(name);
  // InputFieldMap: TypeScript cannot compare the fields with a shape that is computed from a type parameter.
  builder.inputType<InputObjectRef<Types, unknown>, InputFieldMap>(ref, {
    description: `A filter on ${nouns}. All conditions that are set must match.`,
    fields: (t) => ({
      AND: t.field({ type: [ref], description: "All of these must match too." }),
      OR: t.field({ type: [ref], description: "At least one of these must match too. An empty list matches nothing." }),
      NOT: t.field({ type: ref, description: "This must not match." }),
      ...own(t),
    }),
  });
  return ref;
}

interface NounTexts {
  readonly one: string;
  readonly many: string;
  /** "registered" or "created". */
  readonly made: string;
  /** What `deleted: ONLY` requires. */
  readonly scope: Scope;
}

/** The conditions that filters of registry nouns share. */
export function nounConditions(t: InputBuilder, { one, many, made, scope }: NounTexts) {
  return {
    tag: t.field({ type: TagFilter, description: `The ${one} has this tag.` }),
    createdAt: t.field({ type: DateTimeFilter, description: `When the ${one} was ${made}.` }),
    createdBy: t.field({ type: ActorFilter, description: `Who ${made} the ${one}.` }),
    deleted: t.field({
      type: Deleted,
      description: `Whether to list ${many} that are not deleted (the default) or deleted ones, which requires \`${scope}\`. Only at the top level of a filter.`,
    }),
  };
}

/** Whether a list contains deleted rows, which requires a scope. */
export function deletedMode(
  context: GraphQLContext,
  filter: { readonly deleted?: DeletedMode | null | undefined } | null | undefined,
  scope: keyof typeof FILTER_SCOPE,
): DeletedMode {
  if (filter?.deleted === "ONLY") requireFilterScope(context, scope);
  return filter?.deleted ?? "EXCLUDE";
}

/** Conditions on other tables than the list's own. */
const JOINED = ["tag", "alias", "model", "experiment", "parent", "sourceRun", "input", "params", "metrics"] as const;

/** PostgreSQL takes up to a second to plan 30 joins, 20 for 200, and PGlite does not survive 400. */
function countJoins(part: object): number {
  const given: { [Name in (typeof JOINED)[number]]?: unknown } = part;
  return JOINED.reduce((sum, name) => sum + [given[name] ?? []].flat().length, 0);
}

/** Conditions joined in the form of Prisma. */
interface Joined<Where> {
  AND?: (Where | Joined<Where>)[];
  OR?: Joined<Where>[];
  NOT?: Joined<Where>;
  id?: { in: string[] };
}

/** An empty OR matches no row. Prisma would ignore it. */
function oneOf<Where>(any: Joined<Where>[]): Joined<Where> {
  return any.length === 0 ? { id: { in: [] } } : { OR: any };
}

/** Joins a filter's own conditions with those of its AND, OR and NOT, within limits of depth and number. */
export function matching<Own extends object, Where>(
  filter: Filter<Own> | null | undefined,
  own: (part: Own, field: string) => Where,
): Joined<Where> {
  if (!filter) return {};
  let terms = 0;
  let joins = 0;
  const build = (part: Filter<Own>, at: string, depth: number): Joined<Where> => {
    joins += countJoins(part);
    if (joins > JOINS_MAX) {
      throw new InvalidInputError(at, `A filter may have at most ${JOINS_MAX} conditions on ${JOINED.join(", ")}.`);
    }
    if (++terms > TERMS_MAX || depth > DEPTH_MAX) {
      throw new InvalidInputError(at, `A filter may have at most ${TERMS_MAX} parts in at most ${DEPTH_MAX} levels.`);
    }
    // it applies to the whole list
    if (depth > 1 && "deleted" in part && part.deleted) {
      throw new InvalidInputError(
        `${at}.deleted`,
        "deleted is allowed only at the top level of a filter, not below AND, OR or NOT.",
      );
    }
    const all = [own(part, at), ...(part.AND ?? []).map((each, i) => build(each, `${at}.AND[${i}]`, depth + 1))];
    const any = part.OR?.map((each, i) => build(each, `${at}.OR[${i}]`, depth + 1));
    const not = part.NOT ? build(part.NOT, `${at}.NOT`, depth + 1) : null;
    return { AND: all, ...(any ? oneOf(any) : {}), ...(not ? { NOT: not } : {}) };
  };
  const where = build(filter, "where", 1);
  requireStorable("where", filter);
  return where;
}

/** Refuses text that the database cannot store, before the database fails on it. */
export function requireStorable(field: string, value: unknown): void {
  if (typeof value === "string") parseText(field, value, Number.POSITIVE_INFINITY);
  if (typeof value !== "object" || value === null) return;
  for (const [key, member] of Object.entries(value)) {
    requireStorable(Array.isArray(value) ? `${field}[${key}]` : `${field}.${key}`, member);
  }
}
