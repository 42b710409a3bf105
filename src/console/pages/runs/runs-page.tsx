import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useDeferredValue, useEffect, useMemo } from "react";
import { CurvesCard } from "../../charts/curves-card";
import { PLOTTED_RUNS_MAX } from "../../charts/series-query";
import { usePages } from "../../graphql/use-pages";
import { Refusal } from "../../kit/refusal";
import { ROW_HEIGHT, VirtualTable } from "../../kit/virtual-table";
import { commonKeys } from "../../lists/common-keys";
import { ListHead } from "../../lists/paged-table";
import { useChanges } from "../../live/live";
import { COMPARED_MAX } from "../compare/compare-search";
import { toggled } from "../compare/compare-ticked";
import { ColumnChoice } from "./column-choice";
import { NoRuns } from "./no-runs";
import { runColumns } from "./run-columns";
import { RunFilters } from "./run-filters";
import { type RunSearch, sortedKey, toRunVariables } from "./run-search";
import { RUNS, type RunRowData } from "./runs-query";
import "./runs-page.css";

const DEFAULT_COLUMNS = 2;
const PLOTTED_AT_ONCE = 10;
const COLUMN_WIDTH = 116;
const FIXED_WIDTH = 420;
const HEAD_HEIGHT = 60;

export function RunsPage() {
  const search = useSearch({ from: "/runs" });
  const navigate = useNavigate({ from: "/runs" });
  const key = JSON.stringify(toRunVariables(search));
  const variables = useMemo(() => JSON.parse(key) as ReturnType<typeof toRunVariables>, [key]);
  const { data, nodes, totalCount, hasNextPage, isLoading, error, loadNext, refresh } = usePages({
    query: RUNS,
    variables: useDeferredValue(variables),
    pageOf: (answer) => answer.runs,
  });
  useChanges((changes) => {
    if (changes === null || changes.some(({ type }) => type.startsWith("RUN_"))) refresh();
  });
  useEffect(() => {
    document.title = `${search.experiment ?? "Runs"} · Shelfmark`;
  }, [search.experiment]);
  const change = (next: RunSearch) => void navigate({ search: next, replace: true });

  const sample = data?.keys.nodes ?? [];
  const knownMetrics = commonKeys([...sample, ...nodes].map(({ metrics }) => metrics));
  const knownParams = commonKeys([...sample, ...nodes].map(({ params }) => params));
  const metrics = search.metrics ?? knownMetrics.slice(0, DEFAULT_COLUMNS);
  const params = search.params ?? knownParams.slice(0, DEFAULT_COLUMNS);
  const ticked = new Set(search.runs);
  const columns = runColumns({
    ...{ params, metrics, ticked },
    tick: (id) => change({ ...search, runs: toggled(search.runs ?? [], id) }),
    sort: search.sort ?? "created",
    isAscending: search.asc === true,
    sortBy: (sort, isAscending) => change({ ...search, sort, asc: isAscending ? true : undefined }),
  });
  const sorted = sortedKey(search.sort);
  return (
    <main className="page stack">
      <ListHead
        title={
          <div className="row">
            <Link to="/experiments" search={{}}>
              Experiments
            </Link>
            <span className="muted">/</span>
            <h1>{search.experiment ?? "All runs"}</h1>
          </div>
        }
        noun="run"
        count={totalCount}
      />
      <RunFilters search={search} change={change} />
      <div className="row">
        <ColumnChoice
          name="Metrics"
          known={knownMetrics}
          shown={metrics}
          choose={(keys) => change({ ...search, metrics: keys })}
        />
        <ColumnChoice
          name="Params"
          known={knownParams}
          shown={params}
          choose={(keys) => change({ ...search, params: keys })}
        />
      </div>
      {error && <Refusal error={error} />}
      <TickedRuns search={search} change={change} nodes={nodes} />
      {ticked.size > 0 && (
        <CurvesCard
          runs={(search.runs ?? []).slice(0, PLOTTED_RUNS_MAX).map((id) => ({ id }))}
          keys={[...metrics, ...knownMetrics.filter((each) => !metrics.includes(each))]}
          search={search}
          change={(next) => change({ ...search, ...next })}
          isRunning={nodes.some(({ id, status }) => ticked.has(id) && status === "RUNNING")}
        />
      )}
      {nodes.length > 0 && (
        <div className="runs-table" style={{ maxHeight: HEAD_HEIGHT + ROW_HEIGHT * nodes.length }}>
          <VirtualTable
            label="Runs"
            columns={columns}
            rows={nodes}
            keyOf={({ id }) => id}
            rowCount={totalCount}
            hasMore={hasNextPage && !isLoading}
            loadMore={loadNext}
            minWidth={FIXED_WIDTH + COLUMN_WIDTH * (metrics.length + params.length)}
          />
        </div>
      )}
      {sorted?.of === "metric" && (
        <p className="muted small">Runs without {sorted.key}, or with NaN, are not in this order.</p>
      )}
      {sorted?.of === "param" && (
        <p className="muted small">Sorted by {sorted.key} as text. Runs without it are not in this order.</p>
      )}
      {nodes.length === 0 && !isLoading && !error && <NoRuns search={search} />}
      {nodes.length === 0 && isLoading && <div className="skeleton" />}
    </main>
  );
}

function TickedRuns({
  search,
  change,
  nodes,
}: {
  search: RunSearch;
  change: (next: RunSearch) => void;
  nodes: readonly RunRowData[];
}) {
  const ids = search.runs ?? [];
  if (ids.length === 0)
    return nodes.length === 0 ? null : (
      <div className="row muted">
        Tick runs to plot and compare them, or
        <button
          type="button"
          className="button"
          onClick={() => change({ ...search, runs: nodes.slice(0, PLOTTED_AT_ONCE).map(({ id }) => id) })}
        >
          Plot the first {Math.min(PLOTTED_AT_ONCE, nodes.length)}
        </button>
      </div>
    );
  return (
    <div className="row">
      <span role="status">{ids.length} ticked</span>
      {ids.length > 1 && ids.length <= COMPARED_MAX && (
        <Link to="/compare" search={{ runs: ids }} className="button primary">
          Compare
        </Link>
      )}
      {ids.length > COMPARED_MAX && <span className="muted">Compare takes up to {COMPARED_MAX}.</span>}
      {ids.length > PLOTTED_RUNS_MAX && <span className="muted">The chart has the first {PLOTTED_RUNS_MAX}.</span>}
      <button type="button" className="button" onClick={() => change({ ...search, runs: undefined })}>
        Untick all
      </button>
    </div>
  );
}
