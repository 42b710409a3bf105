import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useDeferredValue, useEffect, useMemo } from "react";
import { useClient } from "urql";
import { usePages } from "../../graphql/use-pages";
import { Command } from "../../kit/copyable";
import { ListHead, PagedTable } from "../../lists/paged-table";
import { modelOf, useChanges } from "../../live/live";
import { MODEL_COLUMNS } from "./model-columns";
import { ModelFilters } from "./model-filters";
import { type ModelSearch, toVariables } from "./model-search";
import { CHANGED_MODELS, MODELS } from "./models-query";
import "./models-page.css";

/** After these a list may have other rows; all other changes concern rows that are there. */
const LIST_CHANGES = new Set(["MODEL_REGISTERED", "MODEL_DELETED", "MODEL_RESTORED", "MODEL_RENAMED"]);
const MAX_ROWS_IN_PLACE = 50;

export function ModelsPage() {
  const search = useSearch({ from: "/" });
  const navigate = useNavigate({ from: "/" });
  const client = useClient();
  const variables = useMemo(() => toVariables(search), [search]);
  const pages = usePages({
    query: MODELS,
    variables: useDeferredValue(variables),
    pageOf: (data) => data.models,
  });
  useChanges((changes) => {
    if (changes === null || changes.some(({ type }) => LIST_CHANGES.has(type))) return pages.refresh();
    const names = [...new Set(changes.flatMap((change) => modelOf(change) ?? []))];
    if (names.length > MAX_ROWS_IN_PLACE) pages.refresh();
    else if (names.length > 0)
      void client.query(CHANGED_MODELS, { names }, { requestPolicy: "network-only" }).toPromise();
  });
  useEffect(() => {
    document.title = "Models · Shelfmark";
  }, []);
  const change = (next: ModelSearch) => void navigate({ search: next, replace: true });
  const isFiltered = variables.where !== null;
  return (
    <main className="page models-page">
      <ListHead title={<h1>Models</h1>} noun="model" count={pages.totalCount} />
      <ModelFilters search={search} change={change} />
      <PagedTable
        label="Models"
        columns={MODEL_COLUMNS}
        pages={pages}
        empty={isFiltered ? <NothingFound /> : <NoModels />}
      />
    </main>
  );
}

function NothingFound() {
  return (
    <div className="empty card">
      <h2>No model matches</h2>
      <Link to="/" search={{}} className="button">
        Clear the filters
      </Link>
    </div>
  );
}

function NoModels() {
  return (
    <div className="empty card">
      <h2>No models yet</h2>
      <p className="muted">Register the first version of one. The model is created with it.</p>
      <Command
        text={`npx shelfmark query -e 'mutation {
  createModelVersion(input: { model: { name: "fraud" }, createModel: true,
    source: "s3://models/fraud/1" }) { modelVersion { number } }
}'`}
      />
      <p className="muted">Or fill the registry with an example:</p>
      <Command text="npm run demo" />
    </div>
  );
}
