import { expect, test } from "vitest";
import { Backoff } from "../../src/client/backoff.js";

test("waits double up to the longest, start again after a success, and differ between clients", () => {
  const backoff = new Backoff({ firstMs: 100, longestMs: 500 });
  for (const step of [100, 200, 400, 500, 500]) {
    const waitMs = backoff.nextMs();
    expect(waitMs).toBeGreaterThanOrEqual(step / 2);
    expect(waitMs).toBeLessThanOrEqual(step);
  }
  backoff.reset();
  expect(backoff.nextMs()).toBeLessThanOrEqual(100);
  const first = Array.from({ length: 50 }, () => new Backoff({ firstMs: 1_000 }).nextMs());
  expect(new Set(first).size).toBeGreaterThan(40);
  expect(Math.max(...first) - Math.min(...first)).toBeGreaterThan(250);
});
