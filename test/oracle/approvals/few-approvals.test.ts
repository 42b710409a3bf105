import { expect, test } from "vitest";
import { playApprovals } from "./play-approvals.js";

test("in random histories requests become what a plain model of approvals says", async () => {
  const seen = await playApprovals(4);
  const steps = [...seen.values()].reduce((sum, count) => sum + count, 0);
  expect(steps).toBeGreaterThan(20);
});
