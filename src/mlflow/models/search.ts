import { type ModelOrder, type ModelSearch, searchModels } from "../../store/models/search-models.js";
import type { Context } from "../kit/context.js";
import {
  asksForPrompts,
  isAboutPrompts,
  toTagComparison,
  toTextComparison,
  unknownAttribute,
} from "../search/comparisons.js";
import { parseOrderBy } from "../search/order-by.js";
import { takePage } from "../search/page.js";
import { type Clause, parseFilter } from "../search/parse-filter.js";
import { readModels } from "./read-models.js";

export interface ModelSearchRequest {
  readonly filter?: string | undefined;
  readonly max_results: number;
  readonly order_by: readonly string[];
  readonly page_token?: string | undefined;
}

/** MLflow's limit. */
export const MODELS_PER_PAGE = 1_000;

const ATTRIBUTES = ["name"];
const ORDERS = { name: "name", timestamp: "updatedAt", last_updated_timestamp: "updatedAt" } as const;
const NATURAL_ORDER: ModelOrder = [{ by: "name", direction: "asc" }];

export async function searchRegisteredModels(context: Context, request: ModelSearchRequest) {
  const search = toSearch(parseFilter(request.filter));
  const order = parseOrderBy(request.order_by, ORDERS, NATURAL_ORDER);
  const owner = { list: "registered-models", filter: request.filter ?? "", order };
  const page = await takePage(owner, { size: request.max_results, token: request.page_token }, (window) =>
    searchModels(context.db, context.viewer, search, order, window),
  );
  return { registered_models: await readModels(context, page.ids), ...page.next() };
}

function toSearch(clauses: readonly Clause[]): ModelSearch {
  const withPrompts = asksForPrompts(clauses);
  const attributes = clauses.filter(({ entity }) => entity === "attribute");
  const unknown = attributes.find(({ key }) => !ATTRIBUTES.includes(key));
  if (unknown) throw unknownAttribute(unknown.key, ATTRIBUTES);
  return {
    names: attributes.map((clause) => toTextComparison(clause, true)),
    tags: clauses
      .filter((clause) => clause.entity === "tag" && (withPrompts || !isAboutPrompts(clause)))
      .map(toTagComparison),
    withoutPrompts: !withPrompts,
  };
}
