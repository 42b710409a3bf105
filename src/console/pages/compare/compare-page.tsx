import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect, useMemo } from "react";
import type { CombinedError } from "urql";
import { Refusal } from "../../kit/refusal";
import { type Change, modelOf, runOf } from "../../live/live";
import { useLiveQuery } from "../../live/use-live-query";
import { COMPARED_RUNS, COMPARED_VERSIONS, type ComparedRun, type ComparedVersions } from "./compare-query";
import { compareRuns } from "./compare-runs";
import type { Comparison } from "./comparison";
import { ComparisonView } from "./comparison-view";

const NONE: readonly string[] = [];

export function ComparePage() {
  const { versions = NONE, runs = NONE } = useSearch({ from: "/compare" });
  useEffect(() => {
    document.title = "Compare · Shelfmark";
  }, []);
  return (
    <main className="page stack">
      {versions.length > 0 && <Versions key={versions.join()} ids={versions} />}
      {versions.length === 0 && runs.length > 0 && <Runs key={runs.join()} ids={runs} />}
      {versions.length === 0 && runs.length === 0 && <NothingChosen />}
    </main>
  );
}

function Versions({ ids }: { ids: readonly string[] }) {
  const variables = useMemo(() => ({ versions: ids.map((id) => ({ id })) }), [ids]);
  const { data, error, fetching } = useLiveQuery(COMPARED_VERSIONS, variables, concernsVersions);
  const found = data?.compareVersions;
  const comparison = useMemo(() => (found ? ofVersions(found) : null), [found]);
  return <Result what="Versions" {...{ comparison, error, fetching }} />;
}

function concernsVersions(change: Change): boolean {
  return modelOf(change) !== null || runOf(change) !== null;
}

function ofVersions({ versions, params, metrics, inputs, tags }: ComparedVersions): Comparison {
  const models = new Set(versions.map(({ model }) => model.name));
  return {
    compared: versions.map(({ id, number, stage, model, run }) => ({
      ...{ id, stage, model: { name: model.name, number } },
      label: models.size > 1 ? `${model.name} v${number}` : `v${number}`,
      run: run && { id: run.id, runId: run.runId, isRunning: run.status === "RUNNING" },
    })),
    ...{ params: params ?? [], metrics: metrics ?? [], inputs: inputs ?? [], tags },
  };
}

function Runs({ ids }: { ids: readonly string[] }) {
  const variables = useMemo(() => ({ runs: [...ids] }), [ids]);
  const { data, error, fetching } = useLiveQuery(COMPARED_RUNS, variables, (change) => runOf(change) !== null);
  const nodes = data?.nodes;
  const found = useMemo(() => nodes?.filter((node): node is ComparedRun => node !== null && "params" in node), [nodes]);
  const comparison = useMemo(() => (found && found.length > 0 ? compareRuns(found) : null), [found]);
  const missing = nodes && found ? nodes.length - found.length : 0;
  return <Result what="Runs" {...{ comparison, error, fetching, missing }} />;
}

interface ResultProps {
  readonly what: string;
  readonly comparison: Comparison | null;
  readonly error: CombinedError | undefined;
  readonly fetching: boolean;
  readonly missing?: number;
}

function Result({ what, comparison, error, fetching, missing = 0 }: ResultProps) {
  const search = useSearch({ from: "/compare" });
  const navigate = useNavigate({ from: "/compare" });
  return (
    <>
      <h1>{comparison ? titleOf(what, comparison) : `Compare ${what.toLowerCase()}`}</h1>
      {error && <Refusal error={error} />}
      {missing > 0 && (
        <p className="muted" role="status">
          {missing} of them {missing === 1 ? "is" : "are"} not there: deleted, or your token does not show it.
        </p>
      )}
      {comparison && (
        <ComparisonView
          comparison={comparison}
          search={search}
          change={(next) => void navigate({ search: next, replace: true })}
        />
      )}
      {!comparison && fetching && <div className="skeleton" />}
      {!comparison && !fetching && <NothingChosen />}
    </>
  );
}

function titleOf(what: string, { compared }: Comparison): string {
  const models = [...new Set(compared.flatMap(({ model }) => model?.name ?? []))];
  return models.length === 1 ? `Versions of ${models[0]}, compared` : `${what}, compared`;
}

function NothingChosen() {
  return (
    <div className="empty card">
      <h2>Nothing to compare</h2>
      <p className="muted">Tick runs in the table of runs, or versions on the page of a model, and choose Compare.</p>
      <div className="row">
        <Link to="/runs" search={{}} className="button">
          All runs
        </Link>
        <Link to="/" search={{}} className="button">
          All models
        </Link>
      </div>
    </div>
  );
}
