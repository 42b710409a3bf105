import { onTestFinished, vi } from "vitest";

/** Lets time stand still until the test ends: what is counted within some seconds is counted on, however slow the test is. */
export function stopClock(): void {
  vi.useFakeTimers({ now: Date.now(), toFake: ["Date", "setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
}
