/** Counts how many of something each key holds now, up to the same maximum for every key. */
export class Counter {
  private readonly counts = new Map<string, number>();
  private readonly max: number;

  constructor(max: number) {
    this.max = max;
  }

  /** Counts one more and returns true; returns false at the maximum. Release exactly once. */
  tryAcquire(key: string): boolean {
    const count = this.counts.get(key) ?? 0;
    if (count >= this.max) return false;
    this.counts.set(key, count + 1);
    return true;
  }

  release(key: string): void {
    const rest = (this.counts.get(key) ?? 1) - 1;
    if (rest > 0) this.counts.set(key, rest);
    else this.counts.delete(key);
  }
}
