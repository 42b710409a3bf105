import { expect, test } from "vitest";
import { playApprovals } from "./play-approvals.js";

/** The same histories each time, so that what they come to is certain: many-approvals plays others each time. */
const SEED = 4;

test("in a few histories requests become what a plain model of approvals says", async () => {
  const seen = await playApprovals(4, SEED);
  const steps = [...seen.values()].reduce((sum, count) => sum + count, 0);
  expect(steps).toBeGreaterThan(20);
  expect([...seen.keys()]).toEqual(expect.arrayContaining(["request OK", "approve OK", "promote POLICY_NOT_MET"]));
});
