/** Waits that double, from a second to half a minute, each with jitter so that many clients do not come at once. */
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

  /** How long to wait after one more failure: half of the step and up to half more. */
  nextMs(): number {
    const step = Math.min(this.longestMs, this.firstMs * 2 ** Math.min(this.failures++, 20));
    return step / 2 + (Math.random() * step) / 2;
  }
}

/** Resolves after the time, or at once when the signal aborts. */
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
