/** Waits that double from 1 s to 30 s, each with jitter, so that many clients do not retry in the same moment. */
export class Backoff {
  private failures = 0;
  private readonly firstMs: number;
  private readonly longestMs: number;

  constructor({
    firstMs = 1_000,
    longestMs = 30_000,
  }: { firstMs?: number | undefined; longestMs?: number | undefined } = {}) {
    this.firstMs = firstMs;
    this.longestMs = longestMs;
  }

  reset(): void {
    this.failures = 0;
  }

  /** The wait after one more failure: between half of the step and the whole step. */
  nextMs(): number {
    const step = Math.min(this.longestMs, this.firstMs * 2 ** Math.min(this.failures++, 20));
    return step / 2 + (Math.random() * step) / 2;
  }
}

/** Resolves after the time, or when the signal aborts. Not by `node:timers`: this module runs in browsers too. */
export function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener("abort", end);
  });
}
