import { expect, test } from "vitest";
import type { As } from "../../support/server.js";
import { approve, guard, PIPELINE, RITA, ROB, renew, useDesk } from "./desk.js";

const desk = useDesk();
const { commands } = desk;
const ITSELF = "autoExecute: true";

const REVOKED = ["The token of the requester was revoked."];
const ADMIN: As = { scopes: ["admin"] };
const SECOND = 1_000;
const issuedAt = Math.floor(Date.now() / SECOND) - 60;
const before = new Date((issuedAt + 1) * SECOND).toISOString();

test.each([
  ["token", "by-token", `tokenId: "stolen"`],
  ["bearer", "by-bearer", `bearer: { issuer: "https://issuer.test", subject: "by-bearer", issuedBefore: "${before}" }`],
])("a revoked %s executes nothing", async (_what, name, tokens) => {
  const thief = { ...PIPELINE, subject: name, tokenId: name === "by-token" ? "stolen" : "kept", issuedAt };
  await desk.open(name, "{ approvals: { quorum: 2 } }");
  const id = await desk.ask(name, 1, undefined, ITSELF, thief);
  await desk.run(approve(id), RITA);
  await commands.mutate(`revokeTokens(input: { tokens: { ${tokens} }, reason: "stolen" }) { __typename }`, ADMIN);
  expect(await commands.refusalOf(approve(id), ROB)).toMatchObject({ code: "CONFLICT", staleReasons: REVOKED });
  expect(await desk.settle()).toBe(1);
  expect([await desk.statusOf(id), await desk.stageOf(name)]).toEqual(["STALE", "NONE"]);
  // whoever has a new token asks again, and is approved again
  await desk.run(renew(id), { ...thief, tokenId: "new", issuedAt: issuedAt + 30 });
  await desk.run(approve(id), RITA);
  await desk.run(approve(id), ROB);
  expect([await desk.statusOf(id), await desk.stageOf(name)]).toEqual(["EXECUTED", "PRODUCTION"]);
});

test("a token that is revoked after the approval, before a rule is met, executes nothing", async () => {
  await desk.open("late", `{ approvals: { quorum: 1 } }, { check: { name: "bias-scan" } }`);
  const id = await desk.ask("late", 1, undefined, ITSELF, { ...PIPELINE, tokenId: "late" });
  await desk.run(approve(id), RITA);
  await commands.mutate(`revokeTokens(input: { tokens: { tokenId: "late" } }) { __typename }`, ADMIN);
  await commands.mutate(
    `reportCheck(input: { version: { number: { model: "late", number: 1 } }, name: "bias-scan", status: PASSED }) { check { id } }`,
  );
  await desk.settle();
  expect([await desk.statusOf(id), await desk.stageOf("late")]).toEqual(["STALE", "NONE"]);
});

test("a model that is renamed out of the requester's claim is not moved", async () => {
  await desk.open("inside", "{ approvals: { quorum: 1 } }");
  await commands.mutate(`applyPolicy(input: { name: "inside", expectedRevision: 1, selector: { models: ["inside", "outside"] }
    target: { stages: [PRODUCTION] }, rules: [{ approvals: { quorum: 1 } }] }) { revision }`);
  const id = await desk.ask("inside", 1, undefined, ITSELF, { ...PIPELINE, models: ["inside"] });
  await commands.mutate(`renameModel(input: { model: { name: "inside" }, newName: "outside" }) { model { name } }`);
  await desk.run(approve(id), RITA);
  await desk.settle();
  expect([await desk.statusOf(id), await desk.stageOf("outside")]).toEqual(["APPROVED", "NONE"]);
});

test("an approver does not move what the requester may not move", async () => {
  await desk.open("movers");
  await commands.mutate(
    guard(
      "movers",
      "{ approvals: { quorum: 1 } }",
      `protection: { movers: { groups: ["release"] } }, expectedRevision: 1`,
    ),
  );
  const id = await desk.ask("movers", 1, undefined, ITSELF);
  await desk.run(approve(id), { ...RITA, groups: ["risk", "release"] });
  await desk.settle();
  expect([await desk.statusOf(id), await desk.stageOf("movers")]).toEqual(["APPROVED", "NONE"]);
  const members = { ...PIPELINE, subject: "member", groups: ["release"] };
  await desk.run(`cancelPromotion(input: { request: "${id}" })`);
  const theirs = await desk.ask("movers", 1, undefined, ITSELF, members);
  await desk.run(approve(theirs), RITA);
  expect([await desk.statusOf(theirs), await desk.stageOf("movers")]).toEqual(["EXECUTED", "PRODUCTION"]);
});

test("a token without the scopes of the move cannot leave it to the approvers", async () => {
  await desk.open("scopes");
  const weak = { ...PIPELINE, scopes: ["models:read", "models:write", "stages:approve"] as const };
  const refused = await commands.refusalOf(
    `requestPromotion(input: { version: { number: { model: "scopes", number: 1 } }, target: { stage: PRODUCTION }, autoExecute: true })`,
    weak,
  );
  expect(refused).toMatchObject({ code: "FORBIDDEN", requiredScopes: ["stages:production"] });
});

test("two last approvals at once make one move", async () => {
  await desk.open("race", "{ approvals: { quorum: 1 } }");
  const id = await desk.ask("race", 1, undefined, ITSELF);
  const answers = await Promise.all(
    [RITA, ROB].map((as) => commands.request(`mutation { ${approve(id)} { request { status } } }`, {}, as)),
  );
  expect(answers.map(({ errors }) => errors?.[0]?.extensions.code ?? "OK").sort()).toEqual(["CONFLICT", "OK"]);
  const { modelVersion } = await commands.data(
    `{ modelVersion(ref: { number: { model: "race", number: 1 } }) { transitions { totalCount } } }`,
  );
  expect(modelVersion.transitions.totalCount).toBe(1);
});

test("nothing shows the rights that a request keeps", async () => {
  await desk.open("quiet", "{ approvals: { quorum: 2 } }");
  const secret = { ...PIPELINE, tokenId: "jti-of-the-requester", groups: ["group-of-the-requester"] };
  await desk.ask("quiet", 1, undefined, ITSELF, secret);
  const { promotionRequests, events } = await commands.data(
    `{ promotionRequests(where: { model: { equals: "quiet" } }) { nodes { requestedBy { subject } } }
       events(last: 3) { nodes { __typename actor { subject } onBehalfOf { subject } } } }`,
  );
  expect(JSON.stringify([promotionRequests, events])).not.toMatch(/of-the-requester/);
  const [row] = await commands.eventsSince((await commands.revision()) - 1);
  expect(JSON.stringify(row)).not.toMatch(/of-the-requester/);
});
