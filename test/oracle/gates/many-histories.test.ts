import { expect, test } from "vitest";
import { playUntilSeen } from "../play-until-seen.js";
import { playHistories } from "./play-histories.js";

/** GATE_RUNS=5000 GATE_SEED=7 npx vitest run --project attack test/oracle/gates/many-histories.test.ts */
const RUNS = Number(process.env.GATE_RUNS ?? 80);
const SEED = process.env.GATE_SEED === undefined ? undefined : Number(process.env.GATE_SEED);
const ENDINGS = [
  ...["promote", "setAlias"].flatMap((step) => ["OK", "POLICY_NOT_MET", "FORBIDDEN"].map((code) => `${step} ${code}`)),
  ...["create POLICY_NOT_MET", "rollback OK", "overridden", "evaluated OK", "rename FORBIDDEN", "tagModel FORBIDDEN"],
  ...["replayed from decisions", "replayed from history"],
];

test(`in ${RUNS} random histories and more gates do what a plain model says, and each way of ending is seen`, {
  timeout: 1_200_000 + RUNS * 10_000,
}, async () => {
  const { missing, seen } = await playUntilSeen(playHistories, { runs: RUNS, seed: SEED, endings: ENDINGS });
  expect(missing, JSON.stringify([...seen])).toEqual([]);
});
