import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type FailedTry,
  nextTryAt,
  parseRetryAfter,
  RETRY_DELAYS_MS,
} from "../../../src/domain/webhooks/retry-schedule.js";

const NOW = new Date("2026-11-23T08:00:00.000Z");
const HOUR = 3_600_000;
const failed: FailedTry = { attempts: 1, queuedAt: NOW, now: NOW, retryAfterMs: null, random: 0 };
const waitOf = (more: Partial<FailedTry>) => {
  const at = nextTryAt({ ...failed, ...more });
  return at && at.getTime() - NOW.getTime();
};

test("the waits are those of the specification, a little over three days in all", () => {
  const waits = RETRY_DELAYS_MS.map((_, i) => waitOf({ attempts: i + 1 }));
  expect(waits).toEqual([5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400].map((s) => s * 1_000));
  expect(waitOf({ attempts: 10 })).toBeNull();
  expect(RETRY_DELAYS_MS.reduce((sum, wait) => sum + wait, 0) / HOUR).toBeCloseTo(75.6, 1);
});

test("jitter makes a wait up to a tenth longer and never shorter", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9 }), fc.double({ min: 0, max: 1, noNaN: true }), (attempts, random) => {
      const delay = RETRY_DELAYS_MS[attempts - 1] ?? 0;
      const wait = waitOf({ attempts, random }) ?? 0;
      expect(wait).toBeGreaterThanOrEqual(delay);
      expect(wait).toBeLessThanOrEqual(Math.ceil(delay * 1.1));
    }),
  );
});

test("a delivery that waited in the queue for longer than the schedule is given up at its first failure", () => {
  const ago = (hours: number) => new Date(NOW.getTime() - hours * HOUR);
  expect(waitOf({ queuedAt: ago(80) })).toBe(5_000);
  expect(waitOf({ queuedAt: ago(84) })).toBeNull();
});

test("the receiver can lengthen a wait, and cannot shorten it", () => {
  expect(waitOf({ retryAfterMs: 60_000 })).toBe(60_000);
  expect(waitOf({ attempts: 2, retryAfterMs: 60_000 })).toBe(300_000);
});

describe("Retry-After", () => {
  test.each([
    ["120", 120_000],
    ["0", 0],
    ["Mon, 23 Nov 2026 08:10:00 GMT", 600_000],
    ["Mon, 23 Nov 2026 07:00:00 GMT", 0],
    ["Monday, 23-Nov-26 08:00:30 GMT", 30_000],
    ["999999999", 24 * HOUR],
    [undefined, null],
    ["", null],
    ["soon", null],
    ["-5", null],
    ["1.5", null],
    ["2026", 2_026_000],
  ])("%s", (header, ms) => {
    expect(parseRetryAfter(header, NOW)).toBe(ms);
  });
});
