import { InvalidInputError } from "../../domain/errors.js";
import type { NumberComparison, TextComparison } from "../../store/across/comparisons.js";
import {
  type LoggedModelOrderTerm,
  type LoggedModelSearch,
  searchLoggedModels,
} from "../../store/logged-models/search-logged-models.js";
import type { Context } from "../kit/context.js";
import { toNumberComparison, toTagComparison, toTextComparison, unknownAttribute } from "../search/comparisons.js";
import { takePage } from "../search/page.js";
import { type Clause, LOGGED_MODEL_ENTITIES, parseFilter } from "../search/parse-filter.js";
import { readLoggedModels, STATUS_NAMES } from "./read-logged-models.js";

interface OrderRequest {
  readonly field_name: string;
  readonly ascending: boolean;
  readonly dataset_name?: string | undefined;
  readonly dataset_digest?: string | undefined;
}

interface LoggedModelSearchRequest {
  readonly experiment_ids: readonly number[];
  readonly filter?: string | undefined;
  readonly datasets: readonly { readonly dataset_name: string; readonly dataset_digest?: string | undefined }[];
  readonly max_results: number;
  readonly order_by: readonly OrderRequest[];
  readonly page_token?: string | undefined;
}

const TEXTS = {
  name: "name",
  model_id: "id",
  model_type: "modelType",
  status: "status",
  source_run_id: "sourceRunId",
} as const;
const TIMES = {
  creation_time: "createdAt",
  creation_timestamp: "createdAt",
  creation_timestamp_ms: "createdAt",
  last_updated_timestamp: "updatedAt",
  last_updated_timestamp_ms: "updatedAt",
} as const;
const ORDERS: Readonly<Record<string, "name" | "id" | "createdAt" | "updatedAt">> = {
  ...TIMES,
  name: "name",
  model_id: "id",
};
const METRIC = /^metrics?\.(?:`(.+)`|"(.+)"|(.+))$/s;
const ATTRIBUTE = /^(?:attributes?\.)?(\w+)$/;

export async function searchModels(context: Context, request: LoggedModelSearchRequest) {
  const datasets = request.datasets.map(({ dataset_name: name, dataset_digest: digest = null }) => ({ name, digest }));
  const search = {
    ...toSearch(parseFilter(request.filter, LOGGED_MODEL_ENTITIES)),
    experiments: request.experiment_ids,
    datasets,
  };
  const order = toOrder(request.order_by);
  const filter = JSON.stringify([request.filter ?? "", request.experiment_ids, datasets]);
  const owner = { list: "logged-models", filter, order: order.map(withKind) };
  const page = await takePage(owner, { size: request.max_results, token: request.page_token }, (window) =>
    searchLoggedModels(context.db, context.viewer, search, order, window),
  );
  const models = await readLoggedModels(context, page.ids);
  return { ...(models.length > 0 ? { models } : {}), ...page.next() };
}

/** The kind of value that a page token has for the term. */
function withKind({ by, direction, metric }: LoggedModelOrderTerm) {
  return { by, direction, ...(metric ? { kind: "bigint" as const } : {}) };
}

function toSearch(clauses: readonly Clause[]): Omit<LoggedModelSearch, "experiments" | "datasets"> {
  const of = (entity: Clause["entity"]) => clauses.filter((clause) => clause.entity === entity);
  const attributes = of("attribute");
  const valid = [...Object.keys(TEXTS), ...Object.keys(TIMES)];
  const unknown = attributes.find(({ key }) => !valid.includes(key));
  if (unknown) throw unknownAttribute(unknown.key, valid);
  return {
    texts: attributes.flatMap((clause) =>
      isKey(TEXTS, clause.key) ? [{ column: TEXTS[clause.key], is: toText(clause) }] : [],
    ),
    times: attributes.flatMap((clause) =>
      isKey(TIMES, clause.key) ? [{ column: TIMES[clause.key], is: toNumberComparison(clause) }] : [],
    ),
    tags: of("tag").map(toTagComparison),
    params: of("param").map(toTagComparison),
    metrics: of("metric").map((clause) => ({ key: clause.key, is: toMetricComparison(clause) })),
  };
}

function isKey<Keys extends object>(keys: Keys, key: string): key is keyof Keys & string {
  return Object.hasOwn(keys, key);
}

/** The status in MLflow's words or in the registry's. */
function toText(clause: Clause): TextComparison {
  const is = toTextComparison(clause, true);
  if (clause.key !== "status") return is;
  const known = (text: string) => Object.entries(STATUS_NAMES).find(([, name]) => name === text)?.[0] ?? text;
  return "values" in is ? { ...is, values: is.values.map(known) } : { ...is, value: known(is.value) };
}

const OPERATORS: readonly string[] = ["=", "!=", "<", "<=", ">", ">="];

function toMetricComparison({ key, op, values, isNumber }: Clause): NumberComparison {
  const value = Number(values[0]);
  if (!isOperator(op)) throw new InvalidInputError("filter", `Invalid comparator for metric ${key}: ${op}`);
  if (isNumber && Number.isFinite(value)) return { op, value };
  throw new InvalidInputError("filter", `Expected numeric value type for metric. Found ${values.join(", ")}`);
}

function isOperator(op: string): op is NumberComparison["op"] {
  return OPERATORS.includes(op);
}

/** The newest first, unless the request has another order. */
function toOrder(terms: readonly OrderRequest[]): LoggedModelOrderTerm[] {
  const order = terms.map(toTerm);
  const natural: LoggedModelOrderTerm[] = [
    { by: "createdAt", direction: "desc" },
    { by: "id", direction: "asc" },
  ];
  const seen = new Set<string>();
  return [...order, ...natural].filter(({ by }) => !seen.has(by) && seen.add(by));
}

function toTerm({ field_name: field, ascending, dataset_name: name, dataset_digest: digest }: OrderRequest) {
  const direction = ascending ? ("asc" as const) : ("desc" as const);
  const [, ...quoted] = METRIC.exec(field) ?? [];
  const key = quoted.find((each) => each !== undefined);
  if (key !== undefined) {
    const dataset = name ? { name, digest: digest || null } : null;
    return { by: `metric:${JSON.stringify([key, dataset])}`, direction, metric: { key, dataset } } as const;
  }
  const [, attribute = field] = ATTRIBUTE.exec(field) ?? [];
  const by = Object.hasOwn(ORDERS, attribute) ? ORDERS[attribute] : undefined;
  if (by) return { by, direction };
  const list = Object.keys(ORDERS).map((each) => `'${each}'`);
  throw new InvalidInputError(
    "order_by",
    `Invalid order by field name: ${field}. Valid are metrics.<name> and {${list.join(", ")}}.`,
  );
}
