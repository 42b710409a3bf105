import { InvalidInputError } from "../../domain/errors.js";
import { type Token, tokenize } from "./filter-tokens.js";

/** One condition of a filter, as it is written. Which ones an attribute takes is decided by its resource. */
export interface Clause {
  readonly entity: "attribute" | "tag" | "param" | "metric";
  readonly key: string;
  readonly op: string;
  readonly values: readonly string[];
  /** Whether the value is written as a number, and not as a text in quotes. */
  readonly isNumber: boolean;
}

const MAX_CLAUSES = 100;
const MAX_VALUES = 1_000;
const ENTITIES: Readonly<Record<string, Clause["entity"]>> = {
  attribute: "attribute",
  attributes: "attribute",
  tag: "tag",
  tags: "tag",
};
const PARAMS_AND_METRICS: typeof ENTITIES = {
  param: "param",
  params: "param",
  parameter: "param",
  parameters: "param",
  metric: "metric",
  metrics: "metric",
};

/** Parses MLflow's filter: conditions joined by AND. Nothing else joins them. */
export function parseFilter(filter: string | undefined, { withMetrics = false } = {}): Clause[] {
  const entities = withMetrics ? { ...ENTITIES, ...PARAMS_AND_METRICS } : ENTITIES;
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

function takeClause(tokens: Token[], entities: typeof ENTITIES): Clause {
  const rest = [...tokens];
  const identifier = tokens.shift();
  if (identifier?.kind !== "word") throw invalidClause(rest);
  const op = takeComparator(tokens);
  if (op === null) throw invalidClause(rest);
  const isList = op === "IN" || op === "NOT IN";
  const values = isList ? takeList(tokens) : takeValue(tokens);
  if (values === null) throw invalidClause(rest);
  return { ...parseIdentifier(identifier.value, entities), op, ...values };
}

function parseIdentifier(text: string, entities: typeof ENTITIES): Pick<Clause, "entity" | "key"> {
  const dot = text.startsWith("`") ? -1 : text.indexOf(".");
  if (dot < 0) return { entity: "attribute", key: trimQuotes(text) };
  const prefix = text.slice(0, dot);
  const entity = Object.hasOwn(entities, prefix) ? entities[prefix] : undefined;
  if (entity === undefined) {
    throw new InvalidInputError(
      "filter",
      `Invalid entity type '${prefix}'. Valid entity types are ${Object.keys(entities)
        .filter((name) => name !== "attributes")
        .join(", ")}.`,
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
  if (word !== "NOT" || !isKeyword(tokens[0], "IN")) return null;
  tokens.shift();
  return "NOT IN";
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
