import { expect, test } from "vitest";
import { playUntilSeen } from "../play-until-seen.js";
import { playApprovals } from "./play-approvals.js";

/** APPROVAL_RUNS=5000 APPROVAL_SEED=7 npx vitest run --project attack test/oracle/approvals/many-approvals.test.ts */
const RUNS = Number(process.env.APPROVAL_RUNS ?? 60);
const SEED = process.env.APPROVAL_SEED === undefined ? undefined : Number(process.env.APPROVAL_SEED);
const ENDINGS = [
  ...["approve", "reject", "renew"].flatMap((step) => ["OK", "CONFLICT", "FORBIDDEN"].map((end) => `${step} ${end}`)),
  ...["request ALREADY_EXISTS", "promote OK", "promote POLICY_NOT_MET"],
];

test(`in ${RUNS} random histories and more requests become what a plain model says, and each way of ending is seen`, {
  timeout: 1_200_000 + RUNS * 10_000,
}, async () => {
  const { missing, seen } = await playUntilSeen(playApprovals, { runs: RUNS, seed: SEED, endings: ENDINGS });
  expect(missing, JSON.stringify([...seen])).toEqual([]);
});
