import { onTestFinished, vi } from "vitest";

/** Stops the clock until the test ends, so that no window of a rate limit ends during a slow test. */
export function stopClock(): void {
  vi.useFakeTimers({ now: Date.now(), toFake: ["Date", "setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
}
