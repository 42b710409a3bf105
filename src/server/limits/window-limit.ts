interface Window {
  used: number;
  /** In milliseconds since 1970. */
  readonly end: number;
}

/** Counts the points that each key uses in a window of time, which the first of them opens. */
export class WindowLimit {
  private readonly max: number;
  private readonly windowMs: number;
  /** In the order in which they end. */
  private readonly windows = new Map<number, Window>();

  constructor(max: number, windowMs: number) {
    this.max = max;
    this.windowMs = windowMs;
  }

  /** How many keys have a window. */
  get size(): number {
    return this.windows.size;
  }

  /** Counts points, past the maximum too. Returns for how many milliseconds the key is past it; 0 if it is not. */
  use(key: number, points: number): number {
    const now = Date.now();
    const known = this.windows.get(key);
    // after a clock was set back, a window would last longer
    const isOpen = known && known.end > now && known.end <= now + this.windowMs;
    const window = isOpen ? known : this.open(key, now);
    window.used += points;
    return window.used > this.max ? window.end - now : 0;
  }

  private open(key: number, now: number): Window {
    for (const [other, { end }] of this.windows) {
      if (end > now) break;
      this.windows.delete(other);
    }
    this.windows.delete(key);
    const window = { used: 0, end: now + this.windowMs };
    this.windows.set(key, window);
    return window;
  }
}
