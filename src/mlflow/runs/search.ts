import { FIELD_SCOPE } from "../../domain/access/scopes.js";
import { requireScopes } from "../../registry/command.js";
import { orderOfRuns } from "../../store/tracking/run-order.js";
import { searchRuns as findRuns, type RunSearch, type RunText } from "../../store/tracking/search-runs.js";
import type { Context } from "../kit/context.js";
import {
  toMetricComparison,
  toNumberComparison,
  toTagComparison,
  toTextComparison,
  unknownAttribute,
} from "../search/comparisons.js";
import { readInChunks, takePage } from "../search/page.js";
import { type Clause, parseFilter, RUN_ENTITIES } from "../search/parse-filter.js";
import { parseRunOrder, RUN_ATTRIBUTES } from "../search/run-order.js";
import { viewOf } from "../search/view-type.js";
import { NAME_TAG, readRuns } from "./read-runs.js";

export interface RunSearchRequest {
  readonly experiment_ids: readonly number[];
  readonly filter?: string | undefined;
  readonly run_view_type?: string | undefined;
  readonly max_results: number;
  readonly order_by: readonly string[];
  readonly page_token?: string | undefined;
}

/** A page is no longer than what a client asks for by default. */
export const RUNS_PER_PAGE = 1_000;
/** How many are read by one statement. */
const CHUNK = 100;

const DATASET_TEXTS = { name: "name", digest: "digest", context: "context" } as const;

/** A page of runs. It ends early where its texts get long; the token leads on. */
export async function searchRuns(context: Context, request: RunSearchRequest) {
  const view = viewOf(context, request.run_view_type);
  const order = parseRunOrder(request.order_by);
  const experiments = [...new Set(request.experiment_ids)].sort((a, b) => a - b);
  const search = { view, experiments, ...toSearch(parseFilter(request.filter, RUN_ENTITIES).map(nameOfRun)) };
  if (search.texts.some(({ of }) => of === "artifactUri") || order.some(({ by }) => by === "artifactUri")) {
    requireScopes(context.viewer, [FIELD_SCOPE["Run.artifactUri"]], "A search by artifact_uri");
  }
  const columns = orderOfRuns(order).columns;
  const owner = {
    list: JSON.stringify(["runs", view, experiments, order]),
    filter: request.filter ?? "",
    order: columns.map(({ kind, direction }, i) => ({ by: String(i), direction, kind })),
  };
  const size = Math.min(request.max_results, RUNS_PER_PAGE);
  const page = await takePage(owner, { size, token: request.page_token }, (window) =>
    findRuns(context.db, context.viewer, search, order, window),
  );
  const chunks = { size: CHUNK, characters: context.answerCharacters };
  const { rows: runs, count } = await readInChunks(page.ids, chunks, (ids) => readRuns(context, ids));
  return { ...(runs.length > 0 ? { runs } : {}), ...page.next(count) };
}

/** The name of a run is no tag here. */
function nameOfRun(clause: Clause): Clause {
  return clause.entity === "tag" && clause.key === NAME_TAG
    ? { ...clause, entity: "attribute", key: "run_name" }
    : clause;
}

function toSearch(clauses: readonly Clause[]): Omit<RunSearch, "view" | "experiments"> {
  const of = (entity: Clause["entity"]) => clauses.filter((clause) => clause.entity === entity);
  const attributes = of("attribute").map((clause) => ({ clause, of: attributeOf(clause.key) }));
  return {
    texts: attributes.flatMap(({ clause, of: name }) =>
      isTime(name) ? [] : [{ of: name, is: toTextComparison(clause, true) }],
    ),
    times: attributes.flatMap(({ clause, of: name }) =>
      isTime(name) ? [{ of: name, is: toNumberComparison(clause) }] : [],
    ),
    metrics: of("metric").map((clause) => ({ key: clause.key, is: toMetricComparison(clause) })),
    params: of("param").map(toTagComparison),
    tags: of("tag").map(toTagComparison),
    datasets: of("dataset").map((clause) => ({ of: datasetTextOf(clause.key), is: toTextComparison(clause, true) })),
  };
}

type Attribute = RunText | "startedAt" | "endedAt";

function isTime(attribute: Attribute): attribute is "startedAt" | "endedAt" {
  return attribute === "startedAt" || attribute === "endedAt";
}

function attributeOf(key: string): Attribute {
  const attribute = Object.hasOwn(RUN_ATTRIBUTES, key) ? RUN_ATTRIBUTES[key] : undefined;
  if (attribute === undefined) throw unknownAttribute(key, Object.keys(RUN_ATTRIBUTES));
  return attribute;
}

function datasetTextOf(key: string): keyof typeof DATASET_TEXTS {
  const text = Object.hasOwn(DATASET_TEXTS, key) ? DATASET_TEXTS[key as keyof typeof DATASET_TEXTS] : undefined;
  if (text === undefined) throw unknownAttribute(key, Object.keys(DATASET_TEXTS));
  return text;
}
