import { type CurveSearch, parseCurveSearch } from "../../charts/curve-search";
import type { VariablesOf } from "../../graphql/graphql";
import { parseTerms } from "./run-filter";
import type { RUNS } from "./runs-query";

export const RUN_STATUSES = ["RUNNING", "FINISHED", "FAILED", "KILLED"] as const;

/** What the address of the page says. */
export interface RunSearch extends CurveSearch {
  readonly q?: string | undefined;
  readonly experiment?: string | undefined;
  readonly status?: (typeof RUN_STATUSES)[number] | undefined;
  /** `created`, `started`, or `metric:` or `param:` with its key. */
  readonly sort?: string | undefined;
  readonly asc?: true | undefined;
  /** The chosen columns; undefined: not chosen yet. */
  readonly params?: readonly string[] | undefined;
  readonly metrics?: readonly string[] | undefined;
  /** The ticked runs, by their global ids. */
  readonly runs?: readonly string[] | undefined;
}

type Variables = VariablesOf<typeof RUNS>;

const FIRST = 50;

export function parseTexts(value: unknown): readonly string[] | undefined {
  return Array.isArray(value) ? [...new Set(value.map(String))] : undefined;
}

export function parseRunSearch(search: Record<string, unknown>): RunSearch {
  const text = (key: "q" | "experiment" | "sort") => {
    const value = search[key];
    return typeof value === "string" || typeof value === "number" ? { [key]: String(value) } : {};
  };
  const texts = (key: "params" | "metrics" | "runs") => {
    const value = parseTexts(search[key]);
    return value ? { [key]: value } : {};
  };
  const status = RUN_STATUSES.find((each) => each === search.status);
  return {
    ...parseCurveSearch(search),
    ...text("q"),
    ...text("experiment"),
    ...text("sort"),
    ...(status && { status }),
    ...(search.asc === true && { asc: true }),
    ...texts("params"),
    ...texts("metrics"),
    ...texts("runs"),
  };
}

/** The metric or the param that the runs are sorted by. */
export function sortedKey(sort: string | undefined): { of: "metric" | "param"; key: string } | null {
  const [, of, key] = /^(metric|param):(.*)$/s.exec(sort ?? "") ?? [];
  return key !== undefined && (of === "metric" || of === "param") ? { of, key } : null;
}

function toOrder(sort: string | undefined, direction: "ASC" | "DESC"): Variables["orderBy"] {
  const sorted = sortedKey(sort);
  if (sorted?.of === "metric") return { field: "METRIC", metric: sorted.key, direction };
  if (sorted?.of === "param") return { field: "PARAM", param: sorted.key, direction };
  return { field: sort === "started" ? "STARTED_AT" : "CREATED_AT", direction };
}

export function toRunVariables({ q, experiment, status, sort, asc, params, metrics }: RunSearch): Variables {
  const filters = [
    ...(q ? parseTerms(q) : []),
    ...(experiment ? [{ experiment: { equals: experiment } }] : []),
    ...(status ? [{ status: [status] }] : []),
  ];
  return {
    where: filters.length > 0 ? { AND: filters } : null,
    orderBy: toOrder(sort, asc ? "ASC" : "DESC"),
    first: FIRST,
    params: params ? [...params] : null,
    metrics: metrics ? [...metrics] : null,
  };
}
