import { expect, test } from "vitest";
import { playHistories } from "./play-histories.js";

/** The same histories each time, so that what they come to is certain: many-histories plays others each time. */
const SEED = 1;

test("in a few histories gates let through and refuse what a plain model of the rules says", async () => {
  const seen = await playHistories(4, SEED);
  expect(seen.get("previewed")).toBeGreaterThan(2);
  expect(seen.get("replayed from decisions")).toBeGreaterThan(0);
  expect(seen.get("replayed from history")).toBeGreaterThan(0);
});
