import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useDeferredValue, useEffect, useMemo } from "react";
import { SearchBox } from "../../filters/search-box";
import { usePages } from "../../graphql/use-pages";
import { Actor } from "../../kit/actor";
import { StatusBadge } from "../../kit/badge";
import { Command } from "../../kit/copyable";
import { Time } from "../../kit/time";
import type { Column } from "../../kit/virtual-table";
import { ListHead, PagedTable } from "../../lists/paged-table";
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
  const pages = usePages({
    query: EXPERIMENTS,
    variables: useDeferredValue(variables),
    pageOf: (data) => data.experiments,
  });
  useChanges((changes) => {
    if (changes === null || changes.some(({ type }) => /^(RUN|EXPERIMENT)_/.test(type))) pages.refresh();
  });
  useEffect(() => {
    document.title = "Experiments · Shelfmark";
  }, []);
  return (
    <main className="page models-page">
      <ListHead title={<h1>Experiments</h1>} noun="experiment" count={pages.totalCount} />
      <search className="filters row">
        <SearchBox
          label="Search experiments by name or description"
          placeholder="Name or description"
          value={q}
          change={(q) => void navigate({ search: { q }, replace: true })}
        />
        <Link to="/runs" search={{}} className="button">
          All runs
        </Link>
      </search>
      <PagedTable
        label="Experiments"
        columns={COLUMNS}
        pages={pages}
        empty={q ? <NothingFound /> : <NoExperiments />}
      />
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
