import { expect, test } from "vitest";
import { ADA, approve, BEN, CARL, cancel, policy, reject, removal, useCommittee } from "./committee.js";

const committee = useCommittee();
const { commands } = committee;
const ROUNDS = [1, 2, 3, 4];

test.each(ROUNDS)("approve against cancel, %i: one of them comes first", async (round) => {
  const name = `cancel-${round}`;
  await committee.protect(name);
  const id = await committee.propose(policy(name, 6));
  const codes = await commands.race([approve(id), BEN], [cancel(id), ADA]);
  expect([...codes].sort()).toEqual(["CONFLICT", "OK"]);
  const isApplied = codes[0] === "OK";
  expect(await committee.statusOf(id)).toBe(isApplied ? "APPLIED" : "CANCELLED");
  expect(await committee.show(name)).toMatchObject({ revision: isApplied ? 2 : 1 });
});

test.each(ROUNDS)(
  "two approvals and a rejection at once, %i: one of them counts, and the policy changes once",
  async (round) => {
    const name = `twice-${round}`;
    await committee.protect(name);
    const id = await committee.propose(policy(name, 6));
    const codes = await commands.race([approve(id), BEN], [approve(id), CARL], [reject(id), BEN]);
    expect([...codes].sort()).toEqual(["CONFLICT", "CONFLICT", "OK"]);
    expect(await committee.show(name)).toMatchObject({ revision: codes[2] === "OK" ? 1 : 2 });
  },
);

test.each(ROUNDS)(
  "approve against another change and a deletion, %i: the policy has what was approved",
  async (round) => {
    const name = `other-${round}`;
    await committee.protect(name);
    const id = await committee.propose(policy(name, 6));
    const codes = await commands.race([approve(id), BEN], [policy(name, 7), CARL], [removal(name), ADA]);
    expect(codes[0]).toBe("OK");
    expect(await committee.statusOf(id)).toBe("APPLIED");
    const shown = await committee.show(name);
    expect(shown?.revision).toBe(2);
    const later = codes.slice(1).filter((code) => code === "OK");
    expect(later.length, "at most one waits then").toBeLessThanOrEqual(1);
    expect(shown?.openChangeRequest?.status ?? null).toBe(later.length === 1 ? "OPEN" : null);
    expect(codes.slice(1).every((code) => code === "OK" || code === "ALREADY_EXISTS")).toBe(true);
  },
);

test.each(ROUNDS)("proposals of several at once, %i: one is open", async (round) => {
  const name = `open-${round}`;
  await committee.protect(name);
  const codes = await commands.race([policy(name, 6), ADA], [policy(name, 6), BEN], [removal(name), CARL]);
  expect(codes.sort()).toEqual(["ALREADY_EXISTS", "ALREADY_EXISTS", "OK"]);
  const { policyChangeRequests } = await commands.data(
    `{ policyChangeRequests(where: { policy: "${name}" }) { totalCount } }`,
    {},
    CARL,
  );
  expect(policyChangeRequests.totalCount).toBe(1);
});

test.each(ROUNDS)("the same proposal of one person at once, %i: all get the one request", async (round) => {
  const name = `same-${round}`;
  await committee.protect(name);
  const ids = await Promise.all([1, 2, 3].map(() => committee.propose(policy(name, 6))));
  expect(new Set(ids).size).toBe(1);
});
