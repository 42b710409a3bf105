import { graphql, type ResultOf } from "../graphql/graphql";

export const SERIES = graphql(`
  query ConsoleSeries($runs: [ID!]!, $keys: [String!]!, $x: SeriesAxis!, $range: SeriesRange, $maxPoints: Int!) {
    metricSeries(runs: $runs, keys: $keys, x: $x, range: $range, maxPoints: $maxPoints) {
      key
      count
      sampled
      run { id runId name }
      dataset { id name }
      points { x value }
    }
  }
`);

export type SeriesData = ResultOf<typeof SERIES>["metricSeries"][number];

/** The server plots at most so many runs at once. */
export const PLOTTED_RUNS_MAX = 50;
const POINTS = 20_000;

/** Fewer values of each where there are many curves. */
export function pointsFor(runs: number): number {
  return Math.max(100, Math.min(1_000, Math.floor(POINTS / Math.max(1, runs))));
}
