import { FILTER_SCOPE } from "../../domain/access/scopes.js";
import { requireScopes } from "../../registry/command.js";
import { searchVersions, type VersionOrder, type VersionSearch } from "../../store/versions/search-versions.js";
import type { Context } from "../kit/context.js";
import {
  asksForPrompts,
  isAboutPrompts,
  toNumberComparison,
  toTagComparison,
  toTextComparison,
  unknownAttribute,
} from "../search/comparisons.js";
import { parseOrderBy } from "../search/order-by.js";
import { readInChunks, takePage } from "../search/page.js";
import { type Clause, parseFilter } from "../search/parse-filter.js";
import { readVersionRows, toModelVersions } from "./read-versions.js";

export interface VersionSearchRequest {
  readonly filter?: string | undefined;
  readonly max_results: number;
  readonly order_by: readonly string[];
  readonly page_token?: string | undefined;
}

/** A page is no longer than what a client asks for by default. */
export const VERSIONS_PER_PAGE = 10_000;
/** How many are read by one statement. */
const CHUNK = 500;

const ATTRIBUTES = ["name", "version_number", "run_id", "source_path"];
const ORDERS = {
  name: "name",
  version_number: "number",
  creation_timestamp: "createdAt",
  last_updated_timestamp: "updatedAt",
} as const;
const NATURAL_ORDER: VersionOrder = [
  { by: "name", direction: "asc" },
  { by: "number", direction: "desc" },
];

/** MLflow's order where the client names none. */
const NEWEST_FIRST: VersionOrder = [{ by: "updatedAt", direction: "desc" }, ...NATURAL_ORDER];

/** A page of versions. It ends early where its texts get long; the token leads on. */
export async function searchModelVersions(context: Context, request: VersionSearchRequest) {
  const search = toSearch(parseFilter(request.filter));
  if (search.sources.length > 0) {
    requireScopes(context.viewer, [FILTER_SCOPE["ModelVersionFilter.source"]], "A filter by source_path");
  }
  const order = request.order_by.length === 0 ? NEWEST_FIRST : parseOrderBy(request.order_by, ORDERS, NATURAL_ORDER);
  const owner = { list: "model-versions", filter: request.filter ?? "", order };
  const size = Math.min(request.max_results, VERSIONS_PER_PAGE);
  const page = await takePage(owner, { size, token: request.page_token }, (window) =>
    searchVersions(context.db, context.viewer, search, order, window),
  );
  const chunks = { size: CHUNK, characters: context.answerCharacters };
  const { rows, count } = await readInChunks(page.ids, chunks, async (ids) =>
    toModelVersions(context, await readVersionRows(context, ids)),
  );
  return { model_versions: rows, ...page.next(count) };
}

function toSearch(clauses: readonly Clause[]): VersionSearch {
  const withPrompts = asksForPrompts(clauses);
  const attributes = clauses.filter(({ entity }) => entity === "attribute");
  const unknown = attributes.find(({ key }) => !ATTRIBUTES.includes(key));
  if (unknown) throw unknownAttribute(unknown.key, ATTRIBUTES);
  const on = (key: string) => attributes.filter((clause) => clause.key === key);
  return {
    names: on("name").map((clause) => toTextComparison(clause, true)),
    runs: on("run_id").map((clause) => toTextComparison(clause, true)),
    sources: on("source_path").map((clause) => toTextComparison(clause, false)),
    numbers: on("version_number").map(toNumberComparison),
    tags: clauses
      .filter((clause) => clause.entity === "tag" && (withPrompts || !isAboutPrompts(clause)))
      .map(toTagComparison),
    withoutPrompts: !withPrompts,
  };
}
