import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { singleFlight } from "../../src/util/single-flight.js";
import { withTimeout } from "../../src/util/timeout.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const never = new Promise<string>(() => {});

test("work that ends in time gives its result and leaves no timer", async () => {
  expect(await withTimeout(Promise.resolve("done"), 1_000, () => "late")).toBe("done");
  expect(vi.getTimerCount()).toBe(0);
});

test("work that takes longer gives what `late` returns or throws", async () => {
  const late = withTimeout(never, 1_000, () => "late");
  const failed = withTimeout(never, 1_000, () => {
    throw new Error("too late");
  });
  const refusal = expect(failed).rejects.toThrow("too late");
  await vi.advanceTimersByTimeAsync(1_000);
  expect(await late).toBe("late");
  await refusal;
});

test("work that fails in time rejects with its error", async () => {
  await expect(withTimeout(Promise.reject(new Error("broken")), 1_000, () => "late")).rejects.toThrow("broken");
});

test("callers share the run in progress, and the next call after it starts a new run", async () => {
  let runs = 0;
  const read = singleFlight(async () => ++runs);
  expect(await Promise.all([read(), read()])).toEqual([1, 1]);
  expect(await read()).toBe(2);
});
