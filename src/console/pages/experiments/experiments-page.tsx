import { MagnifyingGlassIcon } from "@radix-ui/react-icons";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useDeferredValue, useEffect, useMemo } from "react";
import { usePages } from "../../graphql/use-pages";
import { Actor } from "../../kit/actor";
import { StatusBadge } from "../../kit/badge";
import { Command } from "../../kit/copyable";
import { Refusal } from "../../kit/refusal";
import { Time } from "../../kit/time";
import { type Column, VirtualTable } from "../../kit/virtual-table";
import { useChanges } from "../../live/live";
import { EXPERIMENTS, type ExperimentRowData } from "./experiments-query";

const COLUMNS: readonly Column<ExperimentRowData>[] = [
  { key: "name", title: "Experiment", className: "model-name", cell: (experiment) => <Name experiment={experiment} /> },
  {
    key: "runs",
    title: "Runs",
    className: "narrow number",
    cell: ({ name, runs }) => (
      <Link to="/runs" search={{ experiment: name }}>
        {runs.totalCount.toLocaleString()}
      </Link>
    ),
  },
  { key: "last", title: "Last run", className: "last-run", cell: (experiment) => <LastRun experiment={experiment} /> },
  { key: "by", title: "Made by", className: "narrow wide", cell: ({ createdBy }) => <Actor actor={createdBy} /> },
  { key: "changed", title: "Changed", className: "last-run wide", cell: ({ updatedAt }) => <Time at={updatedAt} /> },
];

export function ExperimentsPage() {
  const { q } = useSearch({ from: "/experiments" });
  const navigate = useNavigate({ from: "/experiments" });
  const variables = useMemo(
    () => ({
      where: q ? { OR: [{ name: { containsIgnoreCase: q } }, { description: { containsIgnoreCase: q } }] } : null,
    }),
    [q],
  );
  const { nodes, totalCount, hasNextPage, isLoading, error, loadNext, refresh } = usePages({
    query: EXPERIMENTS,
    variables: useDeferredValue(variables),
    pageOf: (data) => data.experiments,
  });
  useChanges((changes) => {
    if (changes === null || changes.some(({ type }) => /^(RUN|EXPERIMENT)_/.test(type))) refresh();
  });
  useEffect(() => {
    document.title = "Experiments · Shelfmark";
  }, []);
  return (
    <main className="page models-page">
      <div className="row between">
        <h1>Experiments</h1>
        <span className="muted" role="status">
          {totalCount !== null && `${totalCount.toLocaleString()} ${totalCount === 1 ? "experiment" : "experiments"}`}
        </span>
      </div>
      <search className="filters row">
        <div className="search-box">
          <MagnifyingGlassIcon aria-hidden />
          <input
            type="search"
            aria-label="Search experiments by name or description"
            placeholder="Name or description"
            data-shortcut="/"
            value={q ?? ""}
            onChange={({ target }) => void navigate({ search: { q: target.value || undefined }, replace: true })}
          />
        </div>
        <Link to="/runs" search={{}} className="button">
          All runs
        </Link>
      </search>
      {error && <Refusal error={error} />}
      {nodes.length > 0 && (
        <VirtualTable
          label="Experiments"
          columns={COLUMNS}
          rows={nodes}
          keyOf={({ id }) => id}
          rowCount={totalCount}
          hasMore={hasNextPage && !isLoading}
          loadMore={loadNext}
        />
      )}
      {nodes.length === 0 && !isLoading && !error && (q ? <NothingFound /> : <NoExperiments />)}
      {nodes.length === 0 && isLoading && <div className="skeleton" />}
    </main>
  );
}

function Name({ experiment: { name, description } }: { experiment: ExperimentRowData }) {
  return (
    <>
      <Link to="/runs" search={{ experiment: name }} className="strong-link">
        {name}
      </Link>
      {description && <div className="muted cut">{description.split("\n", 1)}</div>}
    </>
  );
}

function LastRun({ experiment: { runs } }: { experiment: ExperimentRowData }) {
  const [last] = runs.nodes;
  if (!last) return <span className="muted">–</span>;
  return (
    <span className="row tight">
      <Link to="/runs/$run" params={{ run: last.runId }} search={{}}>
        <Time at={last.createdAt} />
      </Link>
      <StatusBadge status={last.status} />
    </span>
  );
}

function NothingFound() {
  return (
    <div className="empty card">
      <h2>No experiment matches</h2>
      <Link to="/experiments" search={{}} className="button">
        Clear the search
      </Link>
    </div>
  );
}

function NoExperiments() {
  return (
    <div className="empty card">
      <h2>No experiments yet</h2>
      <p className="muted">Log a run from where you train. Clients of MLflow do, once they know the address:</p>
      <Command text={`export MLFLOW_TRACKING_URI=${window.location.origin}/mlflow`} />
      <p className="muted">Or log one by hand:</p>
      <Command
        text={`npx shelfmark query -e 'mutation {
  createRun(input: { experiment: { name: "fraud" }, createExperiment: true,
    params: [{ key: "depth", value: "6" }] }) { run { runId } }
}'`}
      />
    </div>
  );
}
