import type { MetricNumber } from "../kit/number";

/** One line of a chart. Values are numbers, or the three names that are none. */
export interface Curve {
  readonly id: string;
  readonly label: string;
  readonly points: readonly { readonly x: number; readonly value: MetricNumber }[];
}

export interface Axes {
  readonly axis: "STEP" | "ELAPSED" | "TIMESTAMP";
  readonly logX: boolean;
  readonly logY: boolean;
}

/** Readable on both themes. */
const COLOURS = [
  ...["#3f73e0", "#d0641a", "#1f9060", "#c4405e", "#8a5fd8"],
  ...["#158f9e", "#95800f", "#c84fa3", "#6f7c8d", "#5f8f22"],
] as const;
const DASHES = [[], [8, 4], [3, 3], [10, 3, 3, 3], [1, 4]] as const;

export function lookOf(index: number): { colour: string; dash: number[] } {
  return {
    colour: COLOURS[index % COLOURS.length] as string,
    dash: [...(DASHES[Math.floor(index / COLOURS.length) % DASHES.length] ?? [])],
  };
}

/** Whether it has a place on the axes: finite, and above zero on a logarithmic one. */
export function hasPlace({ x, value }: { x: number; value: MetricNumber }, { logX, logY }: Axes): boolean {
  return typeof value === "number" && !(logX && x <= 0) && !(logY && value <= 0);
}

/** The value at this place, or the last one before it. */
export function valueAt({ points }: Curve, x: number): MetricNumber | null {
  let low = 0;
  let high = points.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((points[middle]?.x ?? 0) <= x) low = middle + 1;
    else high = middle;
  }
  return points[low - 1]?.value ?? null;
}
