import type { z } from "zod";
import { InvalidInputError } from "../../domain/errors.js";
import { parseJson } from "../../util/exact-json.js";

/** What the server hands on of a request. */
export interface RawRequest {
  readonly method: string;
  readonly query: URLSearchParams;
  readonly contentType: string | undefined;
  readonly body: string;
  /** What the path says. */
  readonly parameters: Readonly<Record<string, string>>;
}

type Fields = Readonly<Record<string, unknown>>;

const SEE_DOCS = "See the API docs for more information about request parameters.";

/**
 * Reads the fields of a request: of GET from the query, else from the body, and those that neither has from the path. Throws
 * INVALID_INPUT in MLflow's words.
 */
export function readRequest<S extends z.ZodType>(schema: S, raw: RawRequest): z.output<S> {
  const given = raw.method === "GET" ? queryFields(raw.query) : bodyFields(raw);
  const fields = { ...raw.parameters, ...given };
  const result = schema.safeParse(fields);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  if (!issue) throw new InvalidInputError("request", "The request is not valid.");
  throw describe(issue, fields);
}

function queryFields(query: URLSearchParams): Fields {
  return Object.fromEntries(
    [...new Set(query.keys())].map((key) => {
      const values = query.getAll(key);
      return [key, values.length === 1 ? values[0] : values];
    }),
  );
}

/** As MLflow reads it: what is no JSON has no fields, null is absent, and old clients send JSON as a text in JSON. */
function bodyFields({ method, contentType = "", body }: RawRequest): Fields {
  const type = contentType.split(";", 1)[0]?.trim().toLowerCase();
  if (method === "POST" && type !== "application/json") {
    throw new InvalidInputError("content-type", "Bad Request. Content-Type must be one of ['application/json'].");
  }
  const value = parse(body);
  const fields = typeof value === "string" ? parse(value) : value;
  if (Array.isArray(fields)) throw new InvalidInputError("body", "The body must be a JSON object; it is a list.");
  return typeof fields === "object" && fields !== null ? (withoutNulls(fields) as Fields) : {};
}

function parse(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return null;
  }
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).filter(([, member]) => member !== null);
  return Object.fromEntries(members.map(([key, member]) => [key, withoutNulls(member)]));
}

function describe(issue: z.core.$ZodIssue, fields: Fields): InvalidInputError {
  const name = nameOf(issue.path);
  const value = issue.path.reduce<unknown>((at, key) => (at as Fields | undefined)?.[String(key)], fields);
  if (issue.code === "custom") return new InvalidInputError(name, issue.message);
  if (value === undefined || value === "") {
    return new InvalidInputError(name, `Missing value for required parameter '${name}'. ${SEE_DOCS}`);
  }
  const shown = JSON.stringify(value).slice(0, 200);
  return new InvalidInputError(
    name,
    `Invalid value ${shown} for parameter '${name}' supplied:  Hint: Value was of type '${pythonType(value)}'. ${SEE_DOCS}`,
  );
}

function nameOf(path: readonly PropertyKey[]): string {
  return path.map((key, at) => (typeof key === "number" ? `[${key}]` : `${at > 0 ? "." : ""}${String(key)}`)).join("");
}

/** The client is Python, and so are its users. */
function pythonType(value: unknown): string {
  if (Array.isArray(value)) return "list";
  if (typeof value === "number") return Number.isInteger(value) ? "int" : "float";
  return { string: "str", boolean: "bool", object: "dict" }[typeof value as string] ?? typeof value;
}
