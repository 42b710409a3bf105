import { expect, test } from "vitest";
import { SCOPES } from "../../../src/domain/access/scopes.js";
import { approve, PIPELINE, RITA, ROB, useDesk } from "../../security/promotions/desk.js";

const desk = useDesk();
const { commands } = desk;
const ITSELF = "autoExecute: true, archiveExisting: true";
const TWO = "{ approvals: { quorum: 2, sameHolder: false } }";

test("the last approval makes the move, on behalf of the requester", async () => {
  await desk.open("fraud", TWO, 2);
  const first = await desk.ask("fraud", 1, undefined, ITSELF);
  await desk.run(approve(first), RITA);
  await desk.run(approve(first), ROB);
  const second = await desk.ask("fraud", 2, undefined, `${ITSELF}, reason: "Better recall"`);
  const watching = commands.server.watch(
    `subscription { stageChanged { event {
       versionNumber to reason actor { subject } onBehalfOf { subject name kind }
       decision { onBehalfOf { subject } rules { evidence { summary } } } } } }`,
  );
  await watching.next();
  await desk.run(approve(second), RITA);
  expect(await desk.stageOf("fraud", 2)).toBe("NONE");
  const { approvePromotion } = await commands.mutate(
    `approvePromotion(input: { request: "${second}" }) { request {
       status autoExecute closedAt modelVersion { stage } decision { actor { subject } onBehalfOf { subject } } } }`,
    ROB,
  );
  expect(approvePromotion.request).toEqual({
    status: "EXECUTED",
    autoExecute: true,
    closedAt: expect.any(String),
    modelVersion: { stage: "PRODUCTION" },
    decision: { actor: { subject: "rob" }, onBehalfOf: { subject: "pipeline" } },
  });
  expect((await watching.next()).value.data.stageChanged.event).toEqual({
    versionNumber: 2,
    to: "PRODUCTION",
    reason: "Better recall",
    actor: { subject: "rob" },
    onBehalfOf: { subject: "pipeline", name: null, kind: "USER" },
    decision: {
      onBehalfOf: { subject: "pipeline" },
      rules: [{ evidence: [{ summary: "approved by rita" }, { summary: "approved by rob" }] }],
    },
  });
  // the version that it replaced leaves by the same transaction, for the same requester
  expect((await watching.next()).value.data.stageChanged.event).toMatchObject({
    versionNumber: 1,
    to: "ARCHIVED",
    actor: { subject: "rob" },
    onBehalfOf: { subject: "pipeline" },
    decision: null,
  });
  await watching.return?.();
});

test("an alias is set on behalf of the requester", async () => {
  await desk.open("spam");
  const id = await desk.ask("spam", 1, `{ alias: "live" }`, "autoExecute: true");
  await desk.run(approve(id), RITA);
  expect(await desk.statusOf(id)).toBe("EXECUTED");
  const { model } = await commands.data(
    `{ model(name: "spam") { aliasTransitions { nodes { versionNumber actor { subject } decision { onBehalfOf { subject } } } } } }`,
  );
  expect(model.aliasTransitions.nodes).toEqual([
    { versionNumber: 1, actor: { subject: "rita" }, decision: { onBehalfOf: { subject: "pipeline" } } },
  ]);
});

test("what is not met at the last approval holds the move back until it is", async () => {
  await desk.open("churn", `{ approvals: { quorum: 1 } }, { check: { name: "bias-scan" } }`);
  const id = await desk.ask("churn", 1, undefined, "autoExecute: true");
  await desk.run(approve(id), RITA);
  expect([await desk.statusOf(id), await desk.stageOf("churn")]).toEqual(["APPROVED", "NONE"]);
  expect(await desk.settle()).toBe(0);
  await commands.mutate(
    `reportCheck(input: { version: { number: { model: "churn", number: 1 } }, name: "bias-scan", status: PASSED }) { check { id } }`,
  );
  expect(await desk.settle()).toBe(1);
  expect([await desk.statusOf(id), await desk.stageOf("churn")]).toEqual(["EXECUTED", "PRODUCTION"]);
  const { promotionRequest } = await commands.data(
    `{ promotionRequest(id: "${id}") { decision { actor { subject kind } onBehalfOf { subject } } } }`,
  );
  expect(promotionRequest.decision).toEqual({
    actor: { subject: "promotions", kind: "MACHINE" },
    onBehalfOf: { subject: "pipeline" },
  });
});

test("the request keeps the rights of the token, and not when it expires", async () => {
  await desk.open("slow");
  const token = { tokenId: "token-of-slow", issuedAt: 1_700_000_000, models: ["slow*"], groups: ["build"] };
  await desk.ask("slow", 1, undefined, "autoExecute: true", { ...PIPELINE, ...token });
  const { prisma } = commands.server.database;
  const { requesterRights } = await prisma.promotionRequest.findFirstOrThrow({ orderBy: { createdAt: "desc" } });
  expect(requesterRights).toEqual({
    scopes: SCOPES.filter((scope) => PIPELINE.scopes?.includes(scope)),
    groups: ["build"],
    modelGlobs: ["slow*"],
    tokenId: "token-of-slow",
    issuedAt: "2023-11-14T22:13:20.000Z",
  });
});

test("a request that does not execute itself waits for its requester", async () => {
  await desk.open("manual");
  const id = await desk.ask("manual");
  await desk.run(approve(id), RITA);
  expect(await desk.settle()).toBe(0);
  expect([await desk.statusOf(id), await desk.stageOf("manual")]).toEqual(["APPROVED", "NONE"]);
});
