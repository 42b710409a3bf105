import { useDeferredValue, useMemo } from "react";
import { SearchBox } from "../../filters/search-box";
import { formatMetric } from "../../kit/number";
import { Time } from "../../kit/time";
import { type Column, ROW_HEIGHT, VirtualTable } from "../../kit/virtual-table";
import type { RunData } from "./run-query";
import "./run-metrics.css";

interface Props {
  readonly metrics: RunData["metrics"];
  /** A part of the names to list. */
  readonly search: string | undefined;
  readonly change: (search: string | undefined) => void;
  /** Shows the curve of a metric. */
  readonly plot: (key: string) => void;
}

type Metric = RunData["metrics"][number];

const HEAD_HEIGHT = 40;
const FILTERED_FROM = 10;

/** The latest value of each metric. */
export function RunMetrics({ metrics, search = "", change, plot }: Props) {
  const part = useDeferredValue(search.toLowerCase());
  const shown = useMemo(() => metrics.filter(({ key }) => key.toLowerCase().includes(part)), [metrics, part]);
  if (metrics.length === 0) return null;
  return (
    <section className="card run-metrics" aria-label={`Metrics (${metrics.length.toLocaleString()})`}>
      <header>
        <h2>Metrics ({metrics.length.toLocaleString()})</h2>
        {metrics.length > FILTERED_FROM && (
          <SearchBox label="Filter the metrics by name" placeholder="name" value={search} change={change} />
        )}
      </header>
      {shown.length === 0 && <p className="body muted">No metric has “{search}” in its name.</p>}
      {shown.length > 0 && (
        <div className="rows" style={{ maxHeight: HEAD_HEIGHT + ROW_HEIGHT * shown.length }}>
          <VirtualTable
            label="Latest values"
            columns={columnsOf(plot)}
            rows={shown}
            keyOf={({ key, dataset }) => JSON.stringify([key, dataset?.id])}
            rowCount={shown.length}
            hasMore={false}
            loadMore={() => {}}
          />
        </div>
      )}
    </section>
  );
}

function columnsOf(plot: Props["plot"]): Column<Metric>[] {
  return [
    {
      key: "metric",
      title: "Metric",
      cell: ({ key, dataset }) => (
        <>
          <button type="button" className="link" title={`Show the curve of ${key}`} onClick={() => plot(key)}>
            {key}
          </button>
          {dataset && <span className="muted"> on {dataset.name}</span>}
        </>
      ),
    },
    { key: "value", title: "Latest value", className: "narrow number", cell: ({ value }) => formatMetric(value) },
    { key: "step", title: "Step", className: "narrow number wide", cell: ({ step }) => step.toLocaleString() },
    { key: "measured", title: "Measured", className: "narrow", cell: ({ timestamp }) => <Time at={timestamp} /> },
  ];
}
