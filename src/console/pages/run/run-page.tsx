import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useEffect } from "react";
import { CurvesCard } from "../../charts/curves-card";
import { Actor } from "../../kit/actor";
import { StatusBadge } from "../../kit/badge";
import { Refusal } from "../../kit/refusal";
import { Time } from "../../kit/time";
import { runOf } from "../../live/live";
import { useLiveQuery } from "../../live/use-live-query";
import { useRepeat } from "../../live/use-repeat";
import { KeyValueCard } from "./key-value-card";
import { RunFacts } from "./run-facts";
import { RunLinks } from "./run-links";
import { RunMetrics } from "./run-metrics";
import { RUN, type RunData } from "./run-query";
import type { RunPageSearch } from "./run-search";

/** Params and metrics arrive without an event. */
const REPEAT_MS = 10_000;

export function RunPage() {
  const { run } = useParams({ from: "/runs/$run" });
  const { data, error, fetching, refresh } = useLiveQuery(RUN, { run }, (change) => runOf(change) === run);
  useRepeat(data?.run?.status === "RUNNING" ? REPEAT_MS : null, refresh);
  const name = data?.run?.name ?? run;
  useEffect(() => {
    document.title = `${name} · Shelfmark`;
  }, [name]);
  return (
    <main className="page stack">
      {error && <Refusal error={error} />}
      {data?.run && <Run run={data.run} />}
      {!data && fetching && <div className="skeleton" />}
      {data && !data.run && !fetching && !error && <NoRun run={run} />}
    </main>
  );
}

function NoRun({ run }: { run: string }) {
  return (
    <div className="empty card">
      <h1>There is no run {run}</h1>
      <p className="muted">It was deleted, or your token does not show it.</p>
      <Link to="/runs" search={{}} className="button">
        All runs
      </Link>
    </div>
  );
}

function Run({ run }: { run: RunData }) {
  const search = useSearch({ from: "/runs/$run" });
  const navigate = useNavigate({ from: "/runs/$run" });
  const change = (next: RunPageSearch) => void navigate({ search: next, replace: true });
  const { id, runId, name, status, experiment, startedAt, endedAt, createdBy, metrics } = run;
  const isRunning = status === "RUNNING";
  return (
    <>
      <header className="stack version-head">
        <div className="row between">
          <div className="row">
            <Link to="/runs" search={{ experiment: experiment.name }}>
              {experiment.name}
            </Link>
            <span className="muted">/</span>
            <h1>{name ?? runId}</h1>
            <StatusBadge status={status} />
          </div>
          <Link to="/lineage" search={{ of: id, direction: "BOTH" }} className="button">
            Lineage
          </Link>
        </div>
        <div className="row muted">
          Started <Time at={startedAt} /> by <Actor actor={createdBy} />
          {endedAt && (
            <>
              · ended <Time at={endedAt} />
            </>
          )}
        </div>
      </header>
      <div className="version-columns">
        <div className="stack">
          <CurvesCard
            runs={[{ id, label: name ?? runId }]}
            keys={[...new Set(metrics.map(({ key }) => key))]}
            search={search}
            change={(next) => change({ ...search, ...next })}
            isRunning={isRunning}
          />
          <RunMetrics
            metrics={metrics}
            search={search.metrics}
            change={(part) => change({ ...search, metrics: part })}
            plot={(key) => change({ ...search, key })}
          />
        </div>
        <div className="stack">
          <RunFacts run={run} />
          <RunLinks run={run} />
          <KeyValueCard title="Params" rows={run.params} />
          <KeyValueCard title="Tags" rows={run.tags} />
        </div>
      </div>
    </>
  );
}
