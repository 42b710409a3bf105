import { expect, test } from "vitest";
import { translateDatabaseError } from "../../../src/store/connection/database-errors.js";
import { move } from "../governance/gate.js";
import { approve, askFor, cancel, PIPELINE, RITA, ROB, reject, renew, useDesk } from "./desk.js";

const desk = useDesk();
const { commands } = desk;
const ROUNDS = Array.from({ length: 5 }, (_, round) => round);

/** Sends mutations at once. Returns their codes, sorted. */
const race = async (...mutations: Parameters<typeof commands.race>) => (await commands.race(...mutations)).sort();

test.each(ROUNDS)("two last approvals at once, %i: both count, and the request is approved", async (round) => {
  await desk.open(`last-${round}`, "{ approvals: { quorum: 2 } }");
  const id = await desk.ask(`last-${round}`);
  expect(await race([approve(id), RITA], [approve(id), ROB])).toEqual(["OK", "OK"]);
  expect(await desk.statusOf(id)).toBe("APPROVED");
});

test.each(ROUNDS)("one person approves twice at once, %i: it counts once", async (round) => {
  await desk.open(`self-${round}`, "{ approvals: { quorum: 2 } }");
  const id = await desk.ask(`self-${round}`);
  const twins = Array.from({ length: 3 }, (_, i) => [approve(id), { ...RITA, tokenId: `${round} ${i}` }] as const);
  expect(await race(...twins)).toEqual(["CONFLICT", "CONFLICT", "OK"]);
  expect(await desk.statusOf(id)).toBe("OPEN");
});

test.each(ROUNDS)("approve against cancel, %i: a cancelled request stays so", async (round) => {
  await desk.open(`cancel-${round}`);
  const id = await desk.ask(`cancel-${round}`);
  const codes = await race([approve(id), RITA], [cancel(id), PIPELINE]);
  expect([
    ["OK", "OK"],
    ["CONFLICT", "OK"],
  ]).toContainEqual(codes);
  expect(await desk.statusOf(id)).toBe("CANCELLED");
});

test.each(ROUNDS)("the move against a rejection, %i: one of them comes first", async (round) => {
  await desk.open(`move-${round}`);
  const id = await desk.ask(`move-${round}`);
  await desk.run(approve(id), RITA);
  const codes = await race([move(`move-${round}`, 1, "PRODUCTION"), PIPELINE], [reject(id), ROB]);
  expect([
    ["CONFLICT", "OK"],
    ["OK", "POLICY_NOT_MET"],
  ]).toContainEqual(codes);
  expect(await desk.statusOf(id)).toBe(codes[0] === "CONFLICT" ? "EXECUTED" : "REJECTED");
});

test.each(ROUNDS)("requests for one version and target at once, %i: one is opened", async (round) => {
  for (const [name, target] of [
    ["stage", "{ stage: PRODUCTION }"],
    ["alias", `{ alias: "live" }`],
  ]) {
    const model = `${name}-${round}`;
    await desk.open(model);
    const asks = ["a", "b", "c"].map((subject) => [askFor(model, 1, target), { ...PIPELINE, subject }] as const);
    expect(await race(...asks)).toEqual(["ALREADY_EXISTS", "ALREADY_EXISTS", "OK"]);
  }
});

test.each(ROUNDS)("two renewals of requests for one target at once, %i: one is open", async (round) => {
  const model = `renew-${round}`;
  await desk.open(model);
  const other = { ...PIPELINE, subject: "colleague" };
  const first = await desk.ask(model);
  await desk.edit(first, `"status" = 'STALE', "closedAt" = now()`);
  const second = await desk.ask(model, 1, undefined, "", other);
  await desk.edit(second, `"status" = 'STALE', "closedAt" = now()`);
  expect(await race([renew(first), PIPELINE], [renew(second), other])).toEqual(["ALREADY_EXISTS", "OK"]);
});

test.each(["stage", "alias"])("the database keeps a second live request for one %s out", async (target) => {
  await desk.open(`index-${target}`);
  const id = await desk.ask(`index-${target}`, 1, target === "stage" ? "{ stage: PRODUCTION }" : `{ alias: "live" }`);
  const { prisma } = commands.server.database;
  const row = await prisma.promotionRequest.findFirstOrThrow({ orderBy: { createdAt: "desc" } });
  const { requesterRights: _none, ...columns } = row;
  const copy = { ...columns, id: crypto.randomUUID(), seen: {} };
  const error = await prisma.promotionRequest.create({ data: copy }).catch((thrown: unknown) => thrown);
  expect(translateDatabaseError(error)).toMatchObject({ code: "ALREADY_EXISTS" });
  expect(await desk.statusOf(id)).toBe("OPEN");
});
