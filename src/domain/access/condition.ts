import { matchesAnyGlob } from "../values/glob.js";

/** The nouns that rules of visibility speak about, with the columns and relations that the rules look at. */
export interface Nouns {
  Model: { columns: "name" | "deletedAt"; relations: object };
  ModelVersion: { columns: "deletedAt"; relations: { model: "Model" } };
  StageTransition: { columns: never; relations: { model: "Model" } };
  AliasTransition: { columns: never; relations: { model: "Model" } };
  PromotionDecision: { columns: never; relations: { model: "Model" } };
  PromotionRequest: { columns: never; relations: { modelVersion: "ModelVersion" } };
  Check: { columns: never; relations: { modelVersion: "ModelVersion" } };
  Policy: { columns: "deletedAt"; relations: object };
  PolicyChangeRequest: { columns: never; relations: object };
  Experiment: { columns: "name" | "deletedAt"; relations: { runs: "Run"; loggedModels: "LoggedModel" } };
  Run: {
    columns: "deletedAt";
    relations: { experiment: "Experiment"; producedVersions: "ModelVersion"; readVersions: "ModelVersion" };
  };
  LoggedModel: { columns: "deletedAt"; relations: { experiment: "Experiment"; versions: "ModelVersion" } };
  /** The runs that read it, that wrote it, and that measured a metric on it. */
  Dataset: { columns: "deletedAt"; relations: { readingRuns: "Run"; writingRuns: "Run"; measuringRuns: "Run" } };
  Deployment: { columns: "environment" | "removedAt"; relations: { model: "Model" } };
  Webhook: { columns: "createdByIssuer" | "createdBySubject" | "deletedAt"; relations: object };
  WebhookDelivery: { columns: never; relations: { webhook: "Webhook" } };
  Revocation: { columns: never; relations: object };
  /** An entry of the log: names as they were then, and the run, logged model or dataset that it is about as it is now. */
  Event: {
    columns: "modelName" | "experimentName" | "environment";
    relations: { run: "Run"; loggedModel: "LoggedModel"; dataset: "Dataset" };
  };
}
export type Noun = keyof Nouns;

type ColumnOf<N extends Noun> = Nouns[N]["columns"];
export type RelationOf<N extends Noun> = keyof Nouns[N]["relations"] & string;
type TargetOf<N extends Noun, R extends RelationOf<N>> = Nouns[N]["relations"][R] & Noun;

type Related<N extends Noun> = {
  [R in RelationOf<N>]: {
    readonly kind: "related";
    readonly relation: R;
    readonly where: Condition<TargetOf<N, R>>;
  };
}[RelationOf<N>];

/**
 * A condition on a row of a noun. It is data, so that one rule gives the Prisma filter, the SQL predicate
 * (store/access) and the check in memory (`evaluate`).
 */
export type Condition<N extends Noun> =
  | { readonly kind: "constant"; readonly value: boolean }
  | { readonly kind: "and" | "or"; readonly of: readonly Condition<N>[] }
  /** The text matches one of the globs; null matches none. */
  | { readonly kind: "matches"; readonly column: ColumnOf<N>; readonly globs: readonly string[] }
  | { readonly kind: "equals"; readonly column: ColumnOf<N>; readonly text: string }
  | { readonly kind: "isNull"; readonly column: ColumnOf<N>; readonly value: boolean }
  /** There is a related row, or one of several, that meets the condition. */
  | Related<N>;

/** A condition on any noun, for code that walks conditions. */
export type AnyCondition =
  | { readonly kind: "constant"; readonly value: boolean }
  | { readonly kind: "and" | "or"; readonly of: readonly AnyCondition[] }
  | { readonly kind: "matches"; readonly column: string; readonly globs: readonly string[] }
  | { readonly kind: "equals"; readonly column: string; readonly text: string }
  | { readonly kind: "isNull"; readonly column: string; readonly value: boolean }
  | { readonly kind: "related"; readonly relation: string; readonly where: AnyCondition };

interface Constant {
  readonly kind: "constant";
  readonly value: boolean;
}

export const ALWAYS: Constant = { kind: "constant", value: true };
export const NEVER: Constant = { kind: "constant", value: false };

export function when(value: boolean): Constant {
  return value ? ALWAYS : NEVER;
}

/** All of the conditions, without those that always hold. */
export function and<N extends Noun>(...conditions: Condition<N>[]): Condition<N> {
  const of = conditions.filter((condition) => !isConstant(condition, true));
  if (of.some((condition) => isConstant(condition, false))) return NEVER;
  return of.length === 1 && of[0] ? of[0] : of.length === 0 ? ALWAYS : { kind: "and", of };
}

/** One of the conditions at least, without those that never hold. */
export function or<N extends Noun>(...conditions: Condition<N>[]): Condition<N> {
  const of = conditions.filter((condition) => !isConstant(condition, false));
  if (of.some((condition) => isConstant(condition, true))) return ALWAYS;
  return of.length === 1 && of[0] ? of[0] : of.length === 0 ? NEVER : { kind: "or", of };
}

/** The column matches one of the globs; null = whatever it holds. */
export function matches<C extends string>(column: C, globs: readonly string[] | null) {
  return globs === null ? ALWAYS : ({ kind: "matches", column, globs } as const);
}

export function isNull<C extends string>(column: C, value = true) {
  return { kind: "isNull", column, value } as const;
}

export function equals<C extends string>(column: C, text: string) {
  return { kind: "equals", column, text } as const;
}

function isConstant(condition: AnyCondition, value: boolean): boolean {
  return condition.kind === "constant" && condition.value === value;
}

/** A row in memory: columns by name, and related rows (one, several, or null for none) as far as they were read. */
export interface Facts {
  readonly [name: string]: string | Date | null | Facts | readonly Facts[] | undefined;
}

/** Whether a related row meets the condition, where the facts do not hold it. */
export type LookUp = (relation: string, where: AnyCondition) => boolean | undefined;

/** Whether the row meets the condition; undefined if that depends on a column or a related row that was not read. */
export function evaluate(condition: AnyCondition, facts: Facts, lookUp: LookUp = () => undefined): boolean | undefined {
  switch (condition.kind) {
    case "constant":
      return condition.value;
    case "and":
      return combine(condition.of, false, facts, lookUp);
    case "or":
      return combine(condition.of, true, facts, lookUp);
    case "related":
      return evaluateRelated(condition, facts, lookUp);
    default: {
      const value = facts[condition.column];
      return value === undefined ? undefined : evaluateColumn(condition, value);
    }
  }
}

type OnColumn = Extract<AnyCondition, { column: string }>;

function evaluateColumn(condition: OnColumn, value: NonNullable<Facts[string]> | null): boolean {
  switch (condition.kind) {
    case "matches":
      return typeof value === "string" && matchesAnyGlob(condition.globs, value);
    case "equals":
      return value === condition.text;
    case "isNull":
      return (value === null) === condition.value;
  }
}

/** `and` is decided by the first false, `or` by the first true. */
function combine(of: readonly AnyCondition[], decisive: boolean, facts: Facts, lookUp: LookUp): boolean | undefined {
  const values = of.map((condition) => evaluate(condition, facts, lookUp));
  if (values.includes(decisive)) return decisive;
  return values.includes(undefined) ? undefined : !decisive;
}

function evaluateRelated(
  { relation, where }: Extract<AnyCondition, { kind: "related" }>,
  facts: Facts,
  lookUp: LookUp,
): boolean | undefined {
  const related = facts[relation];
  if (related === undefined) return lookUp(relation, where);
  if (related === null || typeof related === "string" || related instanceof Date) return false;
  const rows = Array.isArray(related) ? (related as readonly Facts[]) : [related as Facts];
  const values = rows.map((row) => evaluate(where, row));
  if (values.includes(true)) return true;
  return values.includes(undefined) ? undefined : false;
}
