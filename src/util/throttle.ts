/** Passes on a call, and drops those within the interval after one that it passed on. */
export function throttle<Args extends readonly unknown[]>(
  intervalMs: number,
  work: (...args: Args) => void,
): (...args: Args) => void {
  let passedAt = Number.NEGATIVE_INFINITY;
  return (...args) => {
    if (performance.now() - passedAt < intervalMs) return;
    passedAt = performance.now();
    work(...args);
  };
}
