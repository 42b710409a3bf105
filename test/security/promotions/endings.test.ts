import { expect, test } from "vitest";
import type { As } from "../../support/server.js";
import { all, move, register } from "../governance/gate.js";
import { approve, cancel, EYES, PIPELINE, RITA, ROB, reject, renew, rowId, SELF, useDesk } from "./desk.js";

const desk = useDesk();
const { commands } = desk;
const OVERRIDE = `override: { reason: "Incident 4711" }`;
const EXPIRE = `"expiresAt" = now() - interval '1 second'`;

async function typesOf(id: string): Promise<string[]> {
  return (await commands.eventsSince(0)).filter(({ subjectId }) => subjectId === rowId(id)).map(({ type }) => type);
}

test("a request past its time counts for nothing, also before that is written", async () => {
  await desk.open("late", "{ approvals: { quorum: 2 } }");
  const id = await desk.ask("late");
  await desk.run(approve(id), RITA);
  await desk.edit(id, EXPIRE);
  expect(await desk.statusOf(id)).toBe("EXPIRED");
  for (const [mutation, as] of [
    [approve(id), ROB],
    [reject(id), ROB],
    [cancel(id), PIPELINE],
  ] as const) {
    expect(await commands.refusalOf(mutation, as)).toMatchObject({ code: "CONFLICT", status: "EXPIRED" });
  }
  const lists = await commands.data(
    `{ viewer { pendingApprovals { nodes { id } } }
       open: promotionRequests(where: { model: { equals: "late" }, status: [OPEN, APPROVED] }) { nodes { id } totalCount }
       expired: promotionRequests(where: { model: { equals: "late" }, status: [EXPIRED] }) { nodes { id } totalCount } }`,
    {},
    ROB,
  );
  expect(lists).toEqual({
    viewer: { pendingApprovals: { nodes: [] } },
    open: { nodes: [], totalCount: 0 },
    expired: { nodes: [{ id }], totalCount: 1 },
  });
});

test("an approved request past its time does not let the move through", async () => {
  await desk.open("lapsed");
  const id = await desk.ask("lapsed");
  await desk.run(approve(id), RITA);
  await desk.edit(id, EXPIRE);
  const refused = await commands.refusalOf(move("lapsed", 1, "PRODUCTION"), PIPELINE);
  expect(refused).toMatchObject({
    code: "POLICY_NOT_MET",
    rules: [{ explanation: "Whoever moves the version has not requested it." }],
  });
});

test("two sweepers at once write each end once", async () => {
  await desk.open("swept", EYES, 4);
  const ids = [await desk.ask("swept", 1), await desk.ask("swept", 2), await desk.ask("swept", 3)];
  for (const id of ids) await desk.edit(id, EXPIRE);
  const outdated = await desk.ask("swept", 4);
  await desk.run(move("swept", 4, "STAGING"), PIPELINE);
  await Promise.all([desk.settle(), desk.settle(), desk.settle()]);
  await desk.settle();
  for (const id of ids) {
    expect(await typesOf(id)).toEqual(["promotion_request.created", "promotion_request.expired"]);
  }
  expect(await typesOf(outdated)).toEqual(["promotion_request.created", "promotion_request.outdated"]);
  expect(await desk.statusOf(outdated)).toBe("STALE");
});

test("the next request writes that the one before has expired", async () => {
  await desk.open("next");
  const id = await desk.ask("next");
  await desk.edit(id, EXPIRE);
  const colleague = { ...PIPELINE, subject: "colleague" };
  const next = await desk.ask("next", 1, undefined, "", colleague);
  expect(await typesOf(id)).toEqual(["promotion_request.created", "promotion_request.expired"]);
  expect(await commands.refusalOf(renew(id), PIPELINE)).toMatchObject({ code: "ALREADY_EXISTS" });
  await desk.edit(next, EXPIRE);
  await desk.run(renew(id), PIPELINE);
  expect(await typesOf(next)).toEqual(["promotion_request.created", "promotion_request.expired"]);
});

test("an override executes the request and closes it", async () => {
  await desk.open("forced");
  const id = await desk.ask("forced");
  const forced = { ...SELF, scopes: [...(SELF.scopes ?? []), "policies:override"] } as As;
  await desk.run(move("forced", 1, "PRODUCTION", OVERRIDE), forced);
  expect((await typesOf(id)).at(-1)).toBe("promotion_request.executed");
  const { promotionRequest } = await commands.data(
    `{ promotionRequest(id: "${id}") { status decision { overrideReason } } }`,
  );
  expect(promotionRequest).toEqual({ status: "EXECUTED", decision: { overrideReason: "Incident 4711" } });
  expect(await commands.refusalOf(approve(id), RITA)).toMatchObject({ code: "CONFLICT" });
});

test("a rollback asks for no approvals", async () => {
  await commands.mutate(
    all(
      register("back"),
      register("back"),
      move("back", 1, "PRODUCTION"),
      move("back", 2, "PRODUCTION", "archiveExisting: true"),
    ),
    PIPELINE,
  );
  await desk.open("back", EYES, 0);
  await desk.run(`rollback(input: { model: { name: "back" }, target: { stage: PRODUCTION } })`, PIPELINE);
});
