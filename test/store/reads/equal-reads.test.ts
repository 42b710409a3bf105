import { expect, test } from "vitest";
import { compareReads } from "./compare-reads.js";

const RUNS = 200;

test("random reads return what Prisma returns", async () => {
  const { compiled, rows } = await compareReads({ runs: RUNS, seed: 20_261_130 });
  expect(compiled).toBeGreaterThan(RUNS / 2);
  expect(rows).toBeGreaterThan(RUNS / 2);
});
