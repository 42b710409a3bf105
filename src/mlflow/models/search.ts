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
import { decodePageToken, encodePageToken } from "../search/page-token.js";
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
  const after = decodePageToken(owner, request.page_token);
  const { max_results: size } = request;
  if (size === 0) return { registered_models: [] };
  const found = await searchModels(context.db, context.viewer, search, order, { after, limit: size + 1 });
  const rows = found.slice(0, size);
  const last = found.length > size ? rows.at(-1) : undefined;
  return {
    registered_models: await readModels(
      context,
      rows.map(({ id }) => id),
    ),
    ...(last ? { next_page_token: encodePageToken(owner, last.key) } : {}),
  };
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
