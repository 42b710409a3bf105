import {
  type ExperimentOrder,
  type ExperimentSearch,
  searchExperiments as findExperiments,
} from "../../store/tracking/search-experiments.js";
import type { Context } from "../kit/context.js";
import { toNumberComparison, toTagComparison, toTextComparison, unknownAttribute } from "../search/comparisons.js";
import { parseOrderBy } from "../search/order-by.js";
import { takePage } from "../search/page.js";
import { type Clause, parseFilter } from "../search/parse-filter.js";
import { viewOf } from "../search/view-type.js";
import { readExperiments } from "./read-experiments.js";

export interface ExperimentSearchRequest {
  readonly filter?: string | undefined;
  readonly max_results: number;
  readonly order_by: readonly string[];
  readonly page_token?: string | undefined;
  readonly view_type?: string | undefined;
}

/** A page is no longer than this; its token leads on. */
export const EXPERIMENTS_PER_PAGE = 1_000;

const ATTRIBUTES = ["name", "creation_time", "last_update_time", "experiment_id"];
const ORDERS = {
  name: "name",
  experiment_id: "number",
  creation_time: "createdAt",
  last_update_time: "updatedAt",
} as const;
const NATURAL_ORDER: ExperimentOrder = [
  { by: "createdAt", direction: "desc" },
  { by: "number", direction: "desc" },
];

export async function searchExperiments(context: Context, request: ExperimentSearchRequest) {
  await context.ensureDefaultExperiment();
  const view = viewOf(context, request.view_type);
  const order = parseOrderBy(request.order_by, ORDERS, NATURAL_ORDER);
  const owner = { list: `experiments ${view.join(" ")}`, filter: request.filter ?? "", order };
  const size = Math.min(request.max_results, EXPERIMENTS_PER_PAGE);
  const search = { view, ...toSearch(parseFilter(request.filter)) };
  const page = await takePage(owner, { size, token: request.page_token }, (window) =>
    findExperiments(context.db, context.viewer, search, order, window),
  );
  const experiments = await readExperiments(context, page.ids);
  return { ...(experiments.length > 0 ? { experiments } : {}), ...page.next() };
}

function toSearch(clauses: readonly Clause[]): Omit<ExperimentSearch, "view"> {
  const attributes = clauses.filter(({ entity }) => entity === "attribute");
  const unknown = attributes.find(({ key }) => !ATTRIBUTES.includes(key));
  if (unknown) throw unknownAttribute(unknown.key, ATTRIBUTES);
  const on = (key: string) => attributes.filter((clause) => clause.key === key);
  return {
    names: on("name").map((clause) => toTextComparison(clause, true)),
    numbers: on("experiment_id").map(toNumberComparison),
    created: on("creation_time").map(toNumberComparison),
    updated: on("last_update_time").map(toNumberComparison),
    tags: clauses.filter(({ entity }) => entity === "tag").map(toTagComparison),
  };
}
