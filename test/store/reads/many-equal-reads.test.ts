import { expect, test } from "vitest";
import { compareReads } from "./compare-reads.js";

/** FUZZ_RUNS=20000 FUZZ_SEED=7 npx vitest run --project attack test/store/reads/many-equal-reads.test.ts */
const RUNS = Number(process.env.FUZZ_RUNS ?? 2_000);
const SEED = Number(process.env.FUZZ_SEED ?? 20_261_201);

test("many random reads return what Prisma returns", async () => {
  const counts = await compareReads({ runs: RUNS, seed: SEED });
  if (process.env.FUZZ_RUNS) console.info(counts);
  expect(counts.compiled).toBeGreaterThan(RUNS / 2);
  expect(counts.rows).toBeGreaterThan(RUNS / 2);
});
