import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useDeferredValue, useMemo } from "react";
import { SearchBox } from "../../filters/search-box";
import { usePages } from "../../graphql/use-pages";
import { Actor } from "../../kit/actor";
import { Command } from "../../kit/copyable";
import { Time } from "../../kit/time";
import type { Column } from "../../kit/virtual-table";
import { ListHead, PagedTable } from "../../lists/paged-table";
import { useChanges } from "../../live/live";
import { DATASETS, type DatasetRowData } from "./lineage-query";

const COLUMNS: readonly Column<DatasetRowData>[] = [
  {
    key: "name",
    title: "Dataset",
    className: "model-name",
    cell: ({ id, name, digest }) => (
      <>
        <Link to="/lineage" search={{ of: id }} className="strong-link">
          {name}
        </Link>
        <div className="muted mono cut">{digest}</div>
      </>
    ),
  },
  {
    key: "used",
    title: "Read by",
    className: "narrow number",
    cell: ({ downstream }) => downstream.totalCount.toLocaleString(),
  },
  { key: "source", title: "Source", className: "narrow wide", cell: ({ sourceType }) => sourceType ?? "–" },
  { key: "by", title: "Registered by", className: "narrow wide", cell: ({ createdBy }) => <Actor actor={createdBy} /> },
  { key: "at", title: "Registered", className: "narrow", cell: ({ createdAt }) => <Time at={createdAt} /> },
];

export function DatasetList() {
  const { q } = useSearch({ from: "/lineage" });
  const navigate = useNavigate({ from: "/lineage" });
  const variables = useMemo(
    () => ({ where: q ? { OR: [{ name: { containsIgnoreCase: q } }, { digest: q }] } : null }),
    [q],
  );
  const pages = usePages({
    query: DATASETS,
    variables: useDeferredValue(variables),
    pageOf: (data) => data.datasets,
  });
  useChanges((changes) => {
    if (changes === null || changes.some(({ type }) => /^(DATASET|LINEAGE|RUN_INPUTS)_/.test(type))) pages.refresh();
  });
  return (
    <main className="page models-page">
      <ListHead title={<h1>Lineage</h1>} noun="dataset" count={pages.totalCount} />
      <p className="muted">Choose a dataset to see everything that was made from it, down to the endpoints.</p>
      <search className="filters row">
        <SearchBox
          label="Search datasets by name or digest"
          placeholder="Name or digest"
          value={q}
          change={(q) => void navigate({ search: { q }, replace: true })}
        />
      </search>
      <PagedTable label="Datasets" columns={COLUMNS} pages={pages} empty={q ? <NothingFound /> : <NoDatasets />} />
    </main>
  );
}

function NothingFound() {
  return (
    <div className="empty card">
      <h2>No dataset matches</h2>
      <Link to="/lineage" search={{}} className="button">
        Clear the search
      </Link>
    </div>
  );
}

function NoDatasets() {
  return (
    <div className="empty card">
      <h2>No dataset yet</h2>
      <p className="muted">Log what a run read. mlflow.log_input does it, or:</p>
      <Command
        text={`npx shelfmark query -e 'mutation {
  logInputs(input: { run: "RUN", datasets: [{ context: "training",
    dataset: { name: "payments", digest: "2024-06", source: "s3://data/payments/2024-06" } }] }) { run { id } }
}'`}
      />
    </div>
  );
}
