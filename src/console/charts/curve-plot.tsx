import { useEffect, useRef } from "react";
import uPlot from "uplot";
import { formatMetric } from "../kit/number";
import { type Axes, type Curve, hasPlace, lookOf } from "./curve";
import { useLooks } from "./use-looks";
import "uplot/dist/uPlot.min.css";

interface Props {
  readonly label: string;
  readonly curves: readonly Curve[];
  readonly axes: Axes;
  /** Where the pointer is on the x-axis. */
  readonly point: (x: number | null) => void;
  readonly zoom: (from: number, to: number) => void;
}

const HEIGHT = 320;
const MARK = 5;
const WHOLE_STEPS = Array.from({ length: 13 }, (_, power) => [1, 2, 5].map((digit) => digit * 10 ** power)).flat();

/** The lines, and marks at the edges for values that no axis has: ▲ Infinity, ▼ -Infinity, × NaN. */
export default function CurvePlot({ label, curves, axes, point, zoom }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const tell = useRef({ point, zoom });
  tell.current = { point, zoom };
  const looks = useLooks(box);
  useEffect(() => {
    const element = box.current;
    if (!element || !looks) return;
    const plot = new uPlot(
      {
        width: Math.max(200, element.clientWidth),
        height: HEIGHT,
        legend: { show: false },
        cursor: { drag: { x: true, y: false, setScale: false }, points: { size: 7 } },
        scales: {
          x: { time: axes.axis === "TIMESTAMP", ...(axes.logX && { distr: 3 }) },
          y: { range: axes.logY ? logRange : linearRange, ...(axes.logY && { distr: 3 }) },
        },
        axes: [
          {
            ...axisLooks(looks),
            ...(axes.axis === "STEP" && !axes.logX && { incrs: WHOLE_STEPS }),
            ...(axes.axis === "ELAPSED" && { values: (_plot, ticks) => ticks.map(formatElapsed) }),
          },
          {
            ...axisLooks(looks),
            size: 64,
            values: (_plot, ticks) => ticks.map((tick) => (tick === null ? "" : formatMetric(tick))),
          },
        ],
        series: [
          {},
          ...curves.map((curve, i) => ({
            label: curve.label,
            stroke: lookOf(i).colour,
            dash: lookOf(i).dash,
            width: 1.6,
            points: { size: 5 },
          })),
        ],
        hooks: {
          draw: [(drawn) => drawMarks(drawn, curves, axes)],
          setCursor: [
            ({ cursor, posToVal }) =>
              tell.current.point((cursor.left ?? -1) < 0 ? null : posToVal(cursor.left ?? 0, "x") * unitOf(axes)),
          ],
          setSelect: [
            ({ select, posToVal }) => {
              if (select.width < 4) return;
              const [from, to] = [select.left, select.left + select.width].map(
                (left) => posToVal(left, "x") * unitOf(axes),
              );
              tell.current.zoom(Math.floor(from as number), Math.ceil(to as number));
            },
          ],
        },
      },
      align(curves, axes),
      element,
    );
    const resized = new ResizeObserver(([entry]) => {
      if (entry) plot.setSize({ width: Math.max(200, entry.contentRect.width), height: HEIGHT });
    });
    resized.observe(element);
    return () => {
      resized.disconnect();
      plot.destroy();
    };
  }, [curves, axes, looks]);
  return <div className="curve-plot" ref={box} role="img" aria-label={label} style={{ minHeight: HEIGHT }} />;
}

function axisLooks({ text, line }: { text: string; line: string }) {
  return { stroke: text, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1 } };
}

/** uPlot counts times in seconds. */
function unitOf({ axis }: Axes): number {
  return axis === "TIMESTAMP" ? 1_000 : 1;
}

/** One column of x for all curves. A value without a place is a gap; where a curve has no value its line goes on. */
function align(curves: readonly Curve[], axes: Axes): uPlot.AlignedData {
  const unit = unitOf(axes);
  if (curves.length === 0) return [[]];
  return uPlot.join(
    curves.map(({ points }): uPlot.AlignedData => {
      const shown = axes.logX ? points.filter(({ x }) => x > 0) : points;
      return [
        shown.map(({ x }) => x / unit),
        shown.map((each) => (hasPlace(each, axes) ? (each.value as number) : null)),
      ];
    }),
  );
}

function linearRange(_plot: uPlot, min: number | null, max: number | null): uPlot.Range.MinMax {
  return min === null || max === null ? [0, 1] : uPlot.rangeNum(min, max, 0.08, true);
}

function logRange(_plot: uPlot, min: number | null, max: number | null): uPlot.Range.MinMax {
  return min === null || max === null || min <= 0 ? [0.1, 10] : uPlot.rangeLog(min, max, 10, false);
}

function formatElapsed(milliseconds: number | null): string {
  if (milliseconds === null) return "";
  const seconds = milliseconds / 1_000;
  if (seconds < 120) return `${formatMetric(seconds)} s`;
  return seconds < 7_200 ? `${formatMetric(seconds / 60)} min` : `${formatMetric(seconds / 3_600)} h`;
}

function drawMarks(plot: uPlot, curves: readonly Curve[], axes: Axes): void {
  const { ctx, bbox } = plot;
  const size = MARK * devicePixelRatio;
  ctx.save();
  ctx.lineWidth = 1.6 * devicePixelRatio;
  for (const [i, { points }] of curves.entries()) {
    ctx.fillStyle = lookOf(i).colour;
    ctx.strokeStyle = lookOf(i).colour;
    for (const { x, value } of points) {
      if (typeof value === "number" || (axes.logX && x <= 0)) continue;
      const left = plot.valToPos(x / unitOf(axes), "x", true);
      if (left < bbox.left || left > bbox.left + bbox.width) continue;
      ctx.beginPath();
      if (value === "Infinity") triangle(ctx, left, bbox.top, size);
      else if (value === "-Infinity") triangle(ctx, left, bbox.top + bbox.height, -size);
      else cross(ctx, left, bbox.top + bbox.height - 2 * size, size);
    }
  }
  ctx.restore();
}

function triangle(ctx: CanvasRenderingContext2D, x: number, tip: number, size: number): void {
  ctx.moveTo(x, tip);
  ctx.lineTo(x - Math.abs(size), tip + 2 * size);
  ctx.lineTo(x + Math.abs(size), tip + 2 * size);
  ctx.fill();
}

function cross(ctx: CanvasRenderingContext2D, x: number, y: number, size: number): void {
  ctx.moveTo(x - size, y - size);
  ctx.lineTo(x + size, y + size);
  ctx.moveTo(x + size, y - size);
  ctx.lineTo(x - size, y + size);
  ctx.stroke();
}
