import { expect, test } from "vitest";
import { playApprovals } from "./play-approvals.js";

test("in random histories requests become what a plain model of approvals says", async () => {
  const seen = await playApprovals(4);
  expect(seen.get("approve OK")).toBeGreaterThan(2);
});
