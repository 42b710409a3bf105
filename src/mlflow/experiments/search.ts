import {
  type ExperimentOrder,
  type ExperimentSearch,
  searchExperiments as findExperiments,
} from "../../store/tracking/search-experiments.js";
import type { Context } from "../kit/context.js";
import { toNumberComparison, toTagComparison, toTextComparison, unknownAttribute } from "../search/comparisons.js";
import { parseOrderBy } from "../search/order-by.js";
import { decodePageToken, encodePageToken } from "../search/page-token.js";
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
  const after = decodePageToken(owner, request.page_token);
  const search = { view, ...toSearch(parseFilter(request.filter)) };
  const found = await findExperiments(context.db, context.viewer, search, order, { after, limit: size + 1 });
  const page = found.slice(0, size);
  const experiments = await readExperiments(
    context,
    page.map(({ id }) => id),
  );
  const last = found.length > size ? page.at(-1) : undefined;
  return {
    ...(experiments.length > 0 ? { experiments } : {}),
    ...(last ? { next_page_token: encodePageToken(owner, last.key) } : {}),
  };
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
