import { expect, test } from "vitest";
import { playApprovals } from "./play-approvals.js";

/** APPROVAL_RUNS=5000 APPROVAL_SEED=7 npx vitest run --project attack test/oracle/approvals/many-approvals.test.ts */
const RUNS = Number(process.env.APPROVAL_RUNS ?? 60);
const SEED = process.env.APPROVAL_SEED === undefined ? undefined : Number(process.env.APPROVAL_SEED);
/** With enough runs each of these is seen. */
const ENDS = ["approve", "reject", "renew"].flatMap((step) =>
  ["OK", "CONFLICT", "FORBIDDEN"].map((end) => `${step} ${end}`),
);

test(`in ${RUNS} random histories requests become what a plain model of approvals says`, {
  timeout: 600_000 + RUNS * 10_000,
}, async () => {
  const seen = await playApprovals(RUNS, SEED);
  if (RUNS < 200) return;
  const all = [...ENDS, "request ALREADY_EXISTS", "promote OK", "promote POLICY_NOT_MET"];
  expect(all.filter((end) => !seen.has(end))).toEqual([]);
});
