import { expect, test } from "vitest";
import { playHistories } from "./play-histories.js";

/** GATE_RUNS=5000 GATE_SEED=7 npx vitest run --project attack test/oracle/gates/many-histories.test.ts */
const RUNS = Number(process.env.GATE_RUNS ?? 80);
const SEED = process.env.GATE_SEED === undefined ? undefined : Number(process.env.GATE_SEED);
/** With enough runs each of these is seen. */
const ENDS = [
  ...["promote", "setAlias"].flatMap((step) => ["OK", "POLICY_NOT_MET", "FORBIDDEN"].map((code) => `${step} ${code}`)),
  ...["create POLICY_NOT_MET", "rollback OK", "overridden", "evaluated OK", "rename FORBIDDEN", "tagModel FORBIDDEN"],
  ...["replayed from decisions", "replayed from history"],
];

test(`in ${RUNS} random histories gates do what a plain model says, and each way of ending is seen`, {
  timeout: 600_000 + RUNS * 10_000,
}, async () => {
  const seen = await playHistories(RUNS, SEED);
  if (RUNS < 200) return;
  const missing = ENDS.filter((end) => !seen.has(end));
  expect(missing, JSON.stringify([...seen])).toEqual([]);
});
