import { vi } from "vitest";

/** Calls the work until it does not throw, and returns its result. Only a hang reaches the time-out. */
export function eventually<T>(work: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(work, { timeout: 240_000, interval: 20 });
}
