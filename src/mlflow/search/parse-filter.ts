import { InvalidInputError } from "../../domain/errors.js";
import { type Token, tokenize } from "./filter-tokens.js";

export type Entity = "attribute" | "tag" | "metric" | "param" | "dataset";
type Entities = Readonly<Record<string, Entity>>;

/** One condition of a filter, as it is written. Which ones an attribute takes is decided by its resource. */
export interface Clause {
  readonly entity: Entity;
  readonly key: string;
  readonly op: string;
  readonly values: readonly string[];
  /** Whether the value is written as a number, and not as a text in quotes. */
  readonly isNumber: boolean;
}

const MAX_CLAUSES = 100;
const MAX_VALUES = 1_000;
const NOUN_ENTITIES: Entities = { attribute: "attribute", attributes: "attribute", tag: "tag", tags: "tag" };
/** What a run has besides attributes and tags. */
export const RUN_ENTITIES: Entities = {
  ...NOUN_ENTITIES,
  attr: "attribute",
  run: "attribute",
  metric: "metric",
  metrics: "metric",
  param: "param",
  params: "param",
  parameter: "param",
  parameters: "param",
  dataset: "dataset",
  datasets: "dataset",
};
/** What a logged model has besides attributes and tags. */
export const LOGGED_MODEL_ENTITIES: Entities = {
  ...NOUN_ENTITIES,
  metric: "metric",
  metrics: "metric",
  param: "param",
  params: "param",
};

/** Parses MLflow's filter: conditions joined by AND. Nothing else joins them. */
export function parseFilter(filter: string | undefined, entities: Entities = NOUN_ENTITIES): Clause[] {
  const tokens = tokenize(filter ?? "");
  const clauses: Clause[] = [];
  while (tokens.length > 0) {
    if (clauses.length > 0 && !isKeyword(tokens[0], "AND")) throw invalidClause(tokens);
    if (clauses.length > 0) tokens.shift();
    if (clauses.length >= MAX_CLAUSES) {
      throw new InvalidInputError("filter", `A filter may have ${MAX_CLAUSES} conditions at most.`);
    }
    clauses.push(takeClause(tokens, entities));
  }
  return clauses;
}

function takeClause(tokens: Token[], entities: Entities): Clause {
  const rest = [...tokens];
  const identifier = tokens.shift();
  if (identifier?.kind !== "word") throw invalidClause(rest);
  const op = takeComparator(tokens);
  if (op === null) throw invalidClause(rest);
  const key = parseIdentifier(identifier.value, entities);
  if (op === "IS NULL" || op === "IS NOT NULL") return { ...key, op, values: [], isNumber: false };
  const isList = op === "IN" || op === "NOT IN";
  const values = isList ? takeList(tokens) : takeValue(tokens);
  if (values === null) throw invalidClause(rest);
  return { ...key, op, ...values };
}

/** `metrics.acc`, or the name of an attribute. */
export function parseIdentifier(text: string, entities: Entities, field = "filter"): Pick<Clause, "entity" | "key"> {
  const dot = text.startsWith("`") ? -1 : text.indexOf(".");
  if (dot < 0) return { entity: "attribute", key: trimQuotes(text) };
  const prefix = text.slice(0, dot);
  const entity = Object.hasOwn(entities, prefix) ? entities[prefix] : undefined;
  if (entity === undefined) {
    throw new InvalidInputError(
      field,
      `Invalid entity type '${prefix}'. Valid entity types are ${Object.keys(entities).join(", ")}.`,
    );
  }
  return { entity, key: trimQuotes(text.slice(dot + 1)) };
}

function trimQuotes(text: string): string {
  return /^(`.*`|".*")$/s.test(text) ? text.slice(1, -1) : text;
}

/** Null: there is none. */
function takeComparator(tokens: Token[]): string | null {
  const token = tokens.shift();
  if (token?.kind === "comparator") return token.value === "<>" ? "!=" : token.value;
  if (token?.kind !== "word") return null;
  const word = token.value.toUpperCase();
  if (["LIKE", "ILIKE", "IN"].includes(word)) return word;
  if (word === "IS") return takeNull(tokens);
  if (word !== "NOT" || !isKeyword(tokens[0], "IN")) return null;
  tokens.shift();
  return "NOT IN";
}

function takeNull(tokens: Token[]): string | null {
  const isNegated = isKeyword(tokens[0], "NOT");
  if (isNegated) tokens.shift();
  if (!isKeyword(tokens.shift(), "NULL")) return null;
  return isNegated ? "IS NOT NULL" : "IS NULL";
}

type Values = Pick<Clause, "values" | "isNumber">;

function takeValue(tokens: Token[]): Values | null {
  const token = tokens.shift();
  if (token?.kind !== "text" && token?.kind !== "number") return null;
  return { values: [token.value], isNumber: token.kind === "number" };
}

function takeList(tokens: Token[]): Values | null {
  if (!isSign(tokens.shift(), "(")) return null;
  const values: string[] = [];
  for (;;) {
    const token = tokens.shift();
    if (token?.kind !== "text" || values.length >= MAX_VALUES) return null;
    values.push(token.value);
    const next = tokens.shift();
    if (isSign(next, ")")) return { values, isNumber: false };
    if (!isSign(next, ",")) return null;
  }
}

function isKeyword(token: Token | undefined, word: string): boolean {
  return token?.kind === "word" && token.value.toUpperCase() === word;
}

function isSign(token: Token | undefined, sign: string): boolean {
  return token?.kind === "sign" && token.value === sign;
}

function invalidClause(rest: readonly Token[]): InvalidInputError {
  const text = rest.slice(0, 4).map(({ value }) => value);
  return new InvalidInputError("filter", `Invalid clause(s) in filter string: ${text.join(", ")}`);
}
