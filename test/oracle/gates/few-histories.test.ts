import { expect, test } from "vitest";
import { playHistories } from "./play-histories.js";

test("in random histories gates let through and refuse what a plain model of the rules says", async () => {
  const seen = await playHistories(4);
  expect(seen.get("previewed")).toBeGreaterThan(2);
});
