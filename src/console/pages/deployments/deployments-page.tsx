import { useNavigate, useSearch } from "@tanstack/react-router";
import { useDeferredValue, useEffect, useMemo } from "react";
import { usePages } from "../../graphql/use-pages";
import { Command } from "../../kit/copyable";
import { Refusal } from "../../kit/refusal";
import { type Change, useChanges } from "../../live/live";
import { useRepeat } from "../../live/use-repeat";
import { DeploymentDialog } from "./deployment-dialog";
import { DeploymentFilters } from "./deployment-filters";
import { DeploymentMatrix } from "./deployment-matrix";
import { type DeploymentSearch, toDeploymentFilter } from "./deployment-search";
import { DEPLOYMENTS } from "./deployments-query";
import "./deployments-page.css";

/** A report that changes nothing is no event, and a report gets stale by the passing of time. */
const REPEAT_MS = 60_000;

/** What is desired follows stages and aliases. */
function concerns({ type }: Change): boolean {
  return /^(DEPLOYMENT_|MODEL_VERSION_STAGE_|ALIAS_|MODEL_(RENAMED|DELETED|RESTORED))/.test(type);
}

export function DeploymentsPage() {
  const search = useSearch({ from: "/deployments" });
  const navigate = useNavigate({ from: "/deployments" });
  const where = useMemo(() => toDeploymentFilter(search), [search]);
  const { data, nodes, totalCount, hasNextPage, isLoading, error, loadNext, refresh } = usePages({
    query: DEPLOYMENTS,
    variables: useDeferredValue(useMemo(() => ({ where }), [where])),
    pageOf: (answer) => answer.deployments,
  });
  useChanges((changes) => {
    if (changes === null || changes.some(concerns)) refresh();
  });
  useRepeat(REPEAT_MS, refresh);
  useEffect(() => {
    document.title = "Deployments · Shelfmark";
  }, []);
  const change = (next: DeploymentSearch) => void navigate({ search: next, replace: true });
  const isEmpty = nodes.length === 0 && !isLoading && !error;
  return (
    <main className="page stack">
      <div className="row between">
        <h1>Deployments</h1>
        <span className="muted" role="status">
          {totalCount !== null &&
            `${totalCount.toLocaleString()} of ${data?.all.totalCount.toLocaleString()} endpoints`}
        </span>
      </div>
      <DeploymentFilters search={search} change={change} counts={data} />
      {error && <Refusal error={error} />}
      {nodes.length > 0 && (
        <DeploymentMatrix deployments={nodes} open={(id) => void navigate({ search: { ...search, open: id } })} />
      )}
      {hasNextPage && (
        <div className="row">
          <button type="button" className="button" disabled={isLoading} onClick={loadNext}>
            Show more ({nodes.length.toLocaleString()} of {totalCount?.toLocaleString()})
          </button>
        </div>
      )}
      {isEmpty && (data?.all.totalCount === 0 ? <NoDeployments /> : <NothingFound clear={() => change({})} />)}
      {nodes.length === 0 && isLoading && <div className="skeleton" />}
      {search.open !== undefined && (
        <DeploymentDialog id={search.open} close={() => change({ ...search, open: undefined })} />
      )}
    </main>
  );
}

function NothingFound({ clear }: { clear: () => void }) {
  return (
    <div className="empty card">
      <h2>No deployment matches</h2>
      <button type="button" className="button" onClick={clear}>
        Clear the filters
      </button>
    </div>
  );
}

function NoDeployments() {
  return (
    <div className="empty card">
      <h2>No environment has reported yet</h2>
      <p className="muted">Follow the registry in an environment, and report what runs there:</p>
      <Command text="npx shelfmark watch --reconcile --model 'fraud*' --stage PRODUCTION --exec ./deploy.sh --report prod-eu" />
      <p className="muted">Or report once:</p>
      <Command
        text={`npx shelfmark query -e 'mutation {
  reportDeployment(input: { environment: "prod-eu", endpoint: "scorer", model: { name: "fraud" },
    follows: { stage: PRODUCTION }, state: RUNNING, health: HEALTHY,
    running: [{ version: { number: { model: "fraud", number: 1 } } }] }) { deployment { drifted } }
}'`}
      />
    </div>
  );
}
