import { formatMetric, type MetricNumber } from "../kit/number";
import { ScrollX } from "../kit/scroll-x";
import { groupBy } from "../lists/group-by";
import { type Axes, type Curve, hasPlace, lookOf, valueAt } from "./curve";
import type { SeriesData } from "./series-query";

interface Props {
  readonly curves: readonly Curve[];
  readonly series: readonly SeriesData[];
  readonly axes: Axes;
  /** Where the pointer is. */
  readonly x: number | null;
}

/** The legend, and what a reader who does not see the lines needs. */
export function CurveTable({ curves, series, axes, x }: Props) {
  const sampled = series.filter((each) => each.sampled);
  const values = series.reduce((sum, { count }) => sum + count, 0);
  return (
    <>
      <ScrollX label="Numbers of the curves">
        <table className="curve-table">
          <thead>
            <tr>
              <th scope="col">Run</th>
              <th scope="col" className="number">
                {x === null ? "At the pointer" : `At ${formatPlace(x, axes)}`}
              </th>
              <th scope="col" className="number">
                Last
              </th>
              <th scope="col" className="number">
                Lowest
              </th>
              <th scope="col" className="number">
                Highest
              </th>
              <th scope="col">Not on the chart</th>
            </tr>
          </thead>
          <tbody>
            {curves.map((curve, i) => (
              <CurveRow key={curve.id} {...{ curve, axes, x }} look={lookOf(i)} />
            ))}
          </tbody>
        </table>
      </ScrollX>
      {sampled.length > 0 && (
        <p className="muted small">
          Drawn from a sample of {values.toLocaleString()} values that keeps each peak. Drag over a part to see it in
          full.
        </p>
      )}
    </>
  );
}

function CurveRow({
  curve,
  axes,
  x,
  look,
}: {
  curve: Curve;
  axes: Axes;
  x: number | null;
  look: ReturnType<typeof lookOf>;
}) {
  const { label, points } = curve;
  const numbers = points.flatMap(({ value }) => (typeof value === "number" ? value : []));
  const at = x === null ? null : valueAt(curve, x);
  return (
    <tr>
      <th scope="row">
        <span className="row tight">
          <svg className="curve-key" viewBox="0 0 22 8" aria-hidden>
            <line x1="0" y1="4" x2="22" y2="4" stroke={look.colour} strokeDasharray={look.dash.join(" ")} />
          </svg>
          {label}
        </span>
      </th>
      <Value value={at} />
      <Value value={points.at(-1)?.value ?? null} />
      <Value value={numbers.length > 0 ? numbers.reduce((a, b) => Math.min(a, b)) : null} />
      <Value value={numbers.length > 0 ? numbers.reduce((a, b) => Math.max(a, b)) : null} />
      <td className="small">{describeMissing(curve, axes) ?? <span className="muted">–</span>}</td>
    </tr>
  );
}

function Value({ value }: { value: MetricNumber | null }) {
  return <td className="number">{value === null ? <span className="muted">–</span> : formatMetric(value)}</td>;
}

const MARKS: Readonly<Record<string, string>> = { NaN: "×", Infinity: "▲", "-Infinity": "▼" };

/** Such as `× 2 NaN from 7`, with the mark that stands for it at the edge of the chart. */
function describeMissing({ points }: Curve, axes: Axes): string | null {
  const groups = groupBy(
    points.filter((point) => !hasPlace(point, axes)),
    ({ value }) => (typeof value === "number" ? "on no log axis" : value),
  );
  const texts = [...groups].map(([what, all]) => {
    const mark = MARKS[what] ? `${MARKS[what]} ` : "";
    return `${mark}${all.length.toLocaleString()} ${what} from ${formatPlace(all[0]?.x ?? 0, axes)}`;
  });
  return texts.length > 0 ? texts.join(", ") : null;
}

const time = new Intl.DateTimeFormat(undefined, { dateStyle: "short", timeStyle: "medium" });

function formatPlace(x: number, { axis }: Axes): string {
  if (axis === "TIMESTAMP") return time.format(x);
  return axis === "ELAPSED" ? `${formatMetric(x / 1_000)} s` : `step ${Math.round(x).toLocaleString()}`;
}
