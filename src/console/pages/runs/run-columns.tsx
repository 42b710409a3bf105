import { Link } from "@tanstack/react-router";
import { Actor } from "../../kit/actor";
import { StatusBadge } from "../../kit/badge";
import { formatMetric } from "../../kit/number";
import { Time } from "../../kit/time";
import type { Column } from "../../kit/virtual-table";
import { sortedKey } from "./run-search";
import type { RunRowData } from "./runs-query";
import { SortButton } from "./sort-button";

interface Choice {
  readonly params: readonly string[];
  readonly metrics: readonly string[];
  readonly ticked: ReadonlySet<string>;
  readonly tick: (id: string) => void;
  readonly sort: string;
  readonly isAscending: boolean;
  readonly sortBy: (sort: string, isAscending: boolean) => void;
}

/** What tells runs apart, then the chosen params and metrics. */
export function runColumns({ params, metrics, ticked, tick, sort, isAscending, sortBy }: Choice): Column<RunRowData>[] {
  const sorted = sortedKey(sort);
  const order = (by: string) => (sort === by ? (isAscending ? "ascending" : "descending") : undefined);
  const head = (title: string, by: string) => (
    <SortButton title={title} order={order(by)} choose={() => sortBy(by, sort === by && !isAscending)} />
  );
  return [
    {
      key: "tick",
      title: "Compare",
      head: <span className="visually-hidden">Tick to plot or compare</span>,
      className: "tick",
      cell: ({ id, name, runId }) => (
        <input
          type="checkbox"
          aria-label={`Plot or compare ${name ?? runId}`}
          checked={ticked.has(id)}
          onChange={() => tick(id)}
        />
      ),
    },
    { key: "name", title: "Run", className: "run-name", cell: (run) => <Name run={run} /> },
    {
      key: "started",
      title: "Started",
      className: "narrow",
      head: head("Started", "started"),
      order: order("started"),
      cell: ({ startedAt }) => <Time at={startedAt} />,
    },
    ...metrics.map((key): Column<RunRowData> => {
      const by = `metric:${key}`;
      return {
        key: by,
        title: key,
        className: "narrow number",
        head: head(key, by),
        order: order(by),
        cell: (run) => <MetricCell run={run} metric={key} isSorted={sorted?.of === "metric" && sorted.key === key} />,
      };
    }),
    ...params.map((key): Column<RunRowData> => {
      const by = `param:${key}`;
      return {
        key: by,
        title: key,
        className: "narrow param",
        head: head(key, by),
        order: order(by),
        cell: (run) => <ParamCell value={run.params.find((param) => param.key === key)?.value} />,
      };
    }),
    {
      key: "by",
      title: "By",
      className: "narrow wide",
      cell: ({ user, createdBy }) => user ?? <Actor actor={createdBy} />,
    },
  ];
}

function Name({ run: { runId, name, status, experiment } }: { run: RunRowData }) {
  return (
    <>
      <span className="row tight one-line">
        <Link to="/runs/$run" params={{ run: runId }} search={{}} className="strong-link cut">
          {name ?? runId}
        </Link>
        {status !== "FINISHED" && <StatusBadge status={status} />}
      </span>
      <div className="muted cut">{experiment.name}</div>
    </>
  );
}

/** The value without a dataset, which the order by a metric uses; without one, that of its first dataset. */
function MetricCell({ run, metric, isSorted }: { run: RunRowData; metric: string; isSorted: boolean }) {
  const all = run.metrics.filter(({ key }) => key === metric);
  const shown = all.find(({ dataset }) => dataset === null) ?? (isSorted ? undefined : all[0]);
  if (!shown) return <span className="muted">–</span>;
  return (
    <span title={shown.dataset ? `on ${shown.dataset.name}, step ${shown.step}` : `step ${shown.step}`}>
      {formatMetric(shown.value)}
    </span>
  );
}

function ParamCell({ value }: { value: string | undefined }) {
  return value === undefined ? <span className="muted">–</span> : <span title={value}>{value}</span>;
}
