/** A size of a benchmark, or a small one where it is only to be seen that the benchmark runs (`BENCH_SIZE=small`). */
export function size<T>(whole: T, small: T): T {
  return process.env.BENCH_SIZE === "small" ? small : whole;
}
