import { lazy, Suspense, useMemo, useState } from "react";
import { useQuery } from "urql";
import { Card } from "../kit/card";
import { Refusal } from "../kit/refusal";
import { useRepeat } from "../live/use-repeat";
import type { Curve } from "./curve";
import { CurveControls } from "./curve-controls";
import type { CurveSearch } from "./curve-search";
import { CurveTable } from "./curve-table";
import { pointsFor, SERIES, type SeriesData } from "./series-query";
import "./charts.css";

const CurvePlot = lazy(() => import("./curve-plot"));

/** Values arrive without an event. */
const REPEAT_MS = 5_000;
const LIVE_FIELDS = { requestPolicy: "network-only" } as const;

export interface CurveRun {
  readonly id: string;
  /** Absent: the name of the run. */
  readonly label?: string;
}

interface Props {
  readonly runs: readonly CurveRun[];
  /** The metrics to choose from. */
  readonly keys: readonly string[];
  readonly search: CurveSearch;
  readonly change: (next: CurveSearch) => void;
  /** Whether one of the runs still logs. */
  readonly isRunning: boolean;
}

/** One metric of several runs, as lines and as numbers. */
export function CurvesCard({ runs, keys, search, change, isRunning }: Props) {
  const key = search.key ?? keys[0] ?? "";
  const axis = search.x ?? "STEP";
  const { from, to } = search;
  const range = from === undefined && to === undefined ? null : { gte: from ?? null, lte: to ?? null };
  const ids = runs.map(({ id }) => id);
  const [{ data, error, fetching }, execute] = useQuery({
    query: SERIES,
    variables: { runs: ids, keys: [key], x: axis, range, maxPoints: pointsFor(ids.length) },
    requestPolicy: "cache-and-network",
    pause: ids.length === 0 || key === "",
  });
  useRepeat(isRunning ? REPEAT_MS : null, () => execute(LIVE_FIELDS));
  const labels = JSON.stringify(runs);
  const curves = useMemo(() => toCurves(data?.metricSeries ?? [], JSON.parse(labels)), [data, labels]);
  const logX = search.logX === true;
  const logY = search.logY === true;
  const axes = useMemo(() => ({ axis, logX, logY }), [axis, logX, logY]);
  const [x, setX] = useState<number | null>(null);
  return (
    <Card title="Curves" side={<CurveControls {...{ keys, search, change }} shownKey={key} />}>
      {error && <Refusal error={error} />}
      {curves.length > 0 && (
        <>
          <Suspense fallback={<div className="curve-wait skeleton" />}>
            <CurvePlot
              label={`Curves of ${key} of ${curves.length} ${curves.length === 1 ? "run" : "runs"}; the table below has the numbers`}
              {...{ curves, axes }}
              point={setX}
              zoom={(start, end) => change({ ...search, from: start, to: end })}
            />
          </Suspense>
          <CurveTable {...{ curves, axes, x }} series={data?.metricSeries ?? []} />
        </>
      )}
      {curves.length === 0 && fetching && <div className="curve-wait skeleton" />}
      {curves.length === 0 && !fetching && !error && (
        <p className="muted">
          {key ? `None of them has logged ${key}${range ? " there" : ""}.` : "No metric has been logged yet."}
        </p>
      )}
    </Card>
  );
}

function toCurves(series: readonly SeriesData[], runs: readonly CurveRun[]): Curve[] {
  const places = new Map(runs.map(({ id }, place) => [id, place]));
  return series
    .flatMap(({ run, dataset, points }) => {
      const place = run ? places.get(run.id) : undefined;
      if (!run || place === undefined) return [];
      const label = `${runs[place]?.label ?? run.name ?? run.runId}${dataset ? ` on ${dataset.name}` : ""}`;
      return [{ place, curve: { id: `${run.id} ${dataset?.id ?? ""}`, label, points } }];
    })
    .sort((a, b) => a.place - b.place)
    .map(({ curve }) => curve);
}
