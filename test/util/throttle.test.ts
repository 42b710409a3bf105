import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { throttle } from "../../src/util/throttle.js";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["performance"] });
});
afterEach(() => {
  vi.useRealTimers();
});

test("passes on the first call, and the first one after each interval", () => {
  const passed: string[] = [];
  const log = throttle(1_000, (text: string) => passed.push(text));
  log("first");
  vi.advanceTimersByTime(999);
  log("within the interval");
  vi.advanceTimersByTime(1);
  log("after it");
  log("at once again");
  expect(passed).toEqual(["first", "after it"]);
});
