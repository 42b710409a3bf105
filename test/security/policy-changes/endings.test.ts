import { uuidv7 } from "uuidv7";
import { expect, test } from "vitest";
import { settlePolicyChanges } from "../../../src/registry/policy-changes/settle-policy-changes.js";
import { ADA, approve, BEN, CARL, cancel, policy, reject, removal, useCommittee } from "./committee.js";

const committee = useCommittee();
const { commands } = committee;
const settle = () =>
  settlePolicyChanges({
    prisma: commands.server.database.prisma,
    now: () => new Date(),
    newId: uuidv7,
    sourceSchemes: [],
  });
const FILTER = (status: string, name: string) =>
  `{ policyChangeRequests(where: { status: [${status}], policy: "${name}" }) { totalCount } }`;

test("the same proposal of the same person returns the open request; any other is ALREADY_EXISTS with its id", async () => {
  await committee.protect("one");
  const id = await committee.propose(policy("one", 6, `protected: true, reason: "first"`));
  const head = await commands.revision();
  expect(await committee.propose(policy("one", 6, `protected: true, reason: "second"`))).toBe(id);
  expect(await commands.revision(), "nothing is written").toBe(head);
  for (const [mutation, as] of [
    [policy("one", 6), BEN],
    [policy("one", 7), ADA],
    [policy("one", 6, "protected: true, dryRun: true"), BEN],
    [removal("one"), ADA],
  ] as const) {
    expect(await commands.refusalOf(mutation, as)).toMatchObject({ code: "ALREADY_EXISTS", changeRequest: id });
  }
  const blind = { ...BEN, scopes: ["policies:write"] as const };
  const refused = await commands.refusalOf(removal("one"), blind);
  expect(refused).toMatchObject({ code: "ALREADY_EXISTS" });
  expect(refused).not.toHaveProperty("changeRequest");
});

test("past its time a request has expired at once: nobody approves it, and another can be proposed", async () => {
  await committee.protect("late");
  const id = await committee.propose(removal("late"));
  await committee.expire(id);
  expect(await committee.statusOf(id)).toBe("EXPIRED");
  expect((await committee.show("late"))?.openChangeRequest).toBeNull();
  for (const [status, count] of [
    ["OPEN", 0],
    ["EXPIRED", 1],
    ["STALE", 0],
  ] as const) {
    expect((await commands.data(FILTER(status, "late"), {}, CARL)).policyChangeRequests.totalCount, status).toBe(count);
  }
  for (const [mutation, as] of [
    [approve(id), BEN],
    [reject(id), BEN],
    [cancel(id), ADA],
  ] as const) {
    expect(await commands.refusalOf(mutation, as)).toMatchObject({ code: "CONFLICT", status: "EXPIRED" });
  }
  const next = await committee.propose(policy("late", 6));
  expect(next).not.toBe(id);
  const [expired] = await commands.eventsSince((await commands.revision()) - 2);
  expect(expired).toMatchObject({ type: "policy_change.expired", before: { status: "OPEN" }, after: { name: "late" } });
  await committee.expire(next);
  expect(await settle()).toBe(1);
  expect(await settle()).toBe(0);
  expect(await commands.newestEvent()).toMatchObject({ type: "policy_change.expired", after: { status: "EXPIRED" } });
});

test("a request for another revision than the policy has is stale at once, and stays unapproved", async () => {
  await committee.protect("stale");
  const id = await committee.propose(policy("stale", 6));
  await committee.tamper("stale");
  expect(await committee.statusOf(id)).toBe("STALE");
  expect(await commands.refusalOf(approve(id), BEN)).toMatchObject({ code: "CONFLICT", status: "STALE" });
  expect(await committee.show("stale")).toMatchObject({ revision: 2 });
  expect(await settle()).toBe(1);
  expect(await commands.newestEvent()).toMatchObject({ type: "policy_change.outdated", after: { status: "STALE" } });
  expect((await commands.data(FILTER("STALE", "stale"), {}, CARL)).policyChangeRequests.totalCount).toBe(1);
});

test("an approved deletion ends the protection, and the expected revision still counts", async () => {
  await committee.protect("ended");
  expect(await commands.refusalOf(removal("ended", "expectedRevision: 7"), ADA)).toMatchObject({ code: "CONFLICT" });
  const stale = policy("ended", 6, "protected: true, expectedRevision: 7");
  expect(await commands.refusalOf(stale, ADA)).toMatchObject({ code: "CONFLICT", revision: 1 });
  await committee.run(approve(await committee.propose(removal("ended"))), BEN);
  expect(await committee.show("ended")).toBeNull();
  expect(await commands.refusalOf(removal("ended"), ADA)).toMatchObject({ code: "NOT_FOUND" });
  const { applyPolicy } = await commands.mutate(`${policy("ended", 1, "")} { changed revision }`, ADA);
  expect(applyPolicy).toEqual({ changed: true, revision: 3 });
});

test("protection is lifted by two, and then one person changes the policy again", async () => {
  await committee.protect("lifted");
  await committee.run(approve(await committee.propose(policy("lifted", 5, "protected: false"))), BEN);
  const { applyPolicy } = await commands.mutate(`${policy("lifted", 9, "")} { changed revision }`, ADA);
  expect(applyPolicy).toEqual({ changed: true, revision: 3 });
  expect(await committee.show("lifted")).toMatchObject({ protected: false, openChangeRequest: null });
});
