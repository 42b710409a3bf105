import { readFileSync } from "node:fs";
import { type MlflowAnswer, send } from "./mlflow-client.js";

/** One exchange with a real MLflow server 3.17.2, as golden-*.jsonl hold it: long lists and texts are cut. */
export interface Exchange {
  readonly label: string;
  readonly src: string;
  readonly method: string;
  readonly path: string;
  readonly req?: Record<string, unknown> | string;
  readonly reqh?: Record<string, string>;
  readonly status: number;
  readonly body: unknown;
}

/** The label with its place among the exchanges of the same label, from the second on: `aliases`, `aliases#2`. */
export function readExchanges(file: string): (Exchange & { readonly id: string })[] {
  const lines = readFileSync(new URL(file, import.meta.url), "utf8")
    .trim()
    .split("\n");
  const seen = new Map<string, number>();
  return lines.map((line) => {
    const exchange = JSON.parse(line) as Exchange;
    const count = (seen.get(exchange.label) ?? 0) + 1;
    seen.set(exchange.label, count);
    return { ...exchange, id: count === 1 ? exchange.label : `${exchange.label}#${count}` };
  });
}

export function replay(base: string, token: string, { method, path, req, reqh }: Exchange): Promise<MlflowAnswer> {
  const body = typeof req === "string" ? req : JSON.stringify(req)?.replace("(100001 times v)", "v".repeat(100_001));
  return send(`${base}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json", ...reqh },
    ...(body === undefined || method === "GET" ? {} : { body }),
  });
}

/** What differs in status, code and shape; null if nothing does. */
export function findDifference(exchange: Exchange, { status, body }: MlflowAnswer): string | null {
  if (status !== exchange.status) return `status ${status}, not ${exchange.status}: ${JSON.stringify(body)}`;
  // a wrong method is a page there
  if (exchange.body === "html") return null;
  const [ours, theirs] = [body, exchange.body] as { error_code?: string }[];
  if (ours?.error_code !== theirs?.error_code) return `code ${ours?.error_code}, not ${theirs?.error_code}`;
  const [shape, wanted] = [shapeOf(body), shapeOf(exchange.body)].map((each) => JSON.stringify(each));
  return shape === wanted ? null : `shape ${shape}, not ${wanted}`;
}

/** The rest of a list that was cut. */
export function isCut(item: unknown): item is string {
  return typeof item === "string" && /^…<\d+ in all>$/.test(item);
}

type Shape = string | { [key: string]: Shape };

/** What depends on what else is in the registry: items of lists are compared without it. */
const OPTIONAL: ReadonlySet<string> = new Set([
  ...["latest_versions", "tags", "aliases", "description"],
  // of runs
  ...["metrics", "params", "dataset_inputs", "model_outputs", "end_time"],
]);

/** Fields with their types. A list has the fields that each of its items has. */
function shapeOf(value: unknown): Shape {
  if (Array.isArray(value)) {
    const [first = {}, ...rest] = value.filter((item) => !isCut(item)).map(shapeOf);
    return { "[]": rest.reduce(common, withoutOptional(first)) };
  }
  if (typeof value !== "object" || value === null) return typeof value;
  const members = Object.entries(value).map(([key, member]): [string, Shape] => [key, shapeOf(member)]);
  return Object.fromEntries(members.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function withoutOptional(shape: Shape): Shape {
  if (typeof shape === "string") return shape;
  const kept = Object.entries(shape).filter(([key]) => !OPTIONAL.has(key));
  return Object.fromEntries(kept.map(([key, member]) => [key, withoutOptional(member)]));
}

function common(a: Shape, b: Shape): Shape {
  if (typeof a === "string" || typeof b === "string") return a;
  return Object.fromEntries(
    Object.entries(a).flatMap(([key, shape]) => (b[key] === undefined ? [] : [[key, common(shape, b[key])]])),
  );
}
