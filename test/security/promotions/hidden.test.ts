import { beforeAll, expect, test } from "vitest";
import { encodeGlobalId } from "../../../src/domain/values/global-id.js";
import type { As } from "../../support/server.js";
import { byNumber } from "../governance/gate.js";
import { approve, approver, askFor, cancel, comment, PIPELINE, RITA, reject, renew, SELF, useDesk } from "./desk.js";

const desk = useDesk();
const { commands } = desk;
const MISSING = encodeGlobalId("PromotionRequest", "01890000-0000-7000-8000-000000000000");
const NARROWED: As = { ...SELF, models: ["shown"] };
let hidden: string;
let shown: string;

beforeAll(async () => {
  for (const name of ["canary", "shown", "deleted", "gone"]) await desk.open(name, "{ approvals: { quorum: 2 } }");
  hidden = await desk.ask("canary");
  shown = await desk.ask("shown");
  for (const id of [hidden, shown]) {
    await desk.run(approve(id), RITA);
    await desk.run(comment(id), RITA);
  }
});

test("a request of a model that the token does not cover is answered like none", async () => {
  for (const mutation of [approve, reject, cancel, renew, comment]) {
    const [of, none] = [
      await commands.refusalOf(mutation(hidden), NARROWED),
      await commands.refusalOf(mutation(MISSING), NARROWED),
    ];
    expect(of).toMatchObject({ code: "NOT_FOUND", message: "The request was not found." });
    expect({ ...of, requestId: "" }).toEqual({ ...none, requestId: "" });
  }
  expect(await commands.refusalOf(askFor("canary"), NARROWED)).toMatchObject({ code: "NOT_FOUND" });
});

test("no list, count, node or event shows a request of a hidden model", async () => {
  const as: As = { ...NARROWED, subject: "ravi" };
  const data = await commands.data(
    `{ promotionRequests { nodes { id versionNumber } totalCount }
       viewer { pendingApprovals { nodes { id } totalCount } }
       promotionRequest(id: "${hidden}") { id }
       node(id: "${hidden}") { id }
       nodes(ids: ["${hidden}", "${shown}"]) { id }
       model(name: "canary") { promotionRequests { totalCount } }
       events(last: 100, where: { types: [PROMOTION_REQUEST_CREATED, PROMOTION_REQUEST_APPROVED, PROMOTION_REQUEST_COMMENTED] }) { nodes { type } } }`,
    {},
    as,
  );
  expect(data).toEqual({
    promotionRequests: { nodes: [{ id: shown, versionNumber: 1 }], totalCount: 1 },
    viewer: { pendingApprovals: { nodes: [{ id: shown }], totalCount: 1 } },
    promotionRequest: null,
    node: null,
    nodes: [null, { id: shown }],
    model: null,
    events: {
      nodes: ["CREATED", "APPROVED", "COMMENTED"].map((end) => ({ type: `PROMOTION_REQUEST_${end}` })),
    },
  });
});

test("without models:read a token that approves reads no request", async () => {
  const blind: As = { ...approver("bert"), scopes: ["stages:approve"] };
  for (const query of [
    `{ promotionRequests { totalCount } }`,
    `{ promotionRequest(id: "${shown}") { id } }`,
    `{ viewer { pendingApprovals { nodes { id } } } }`,
  ]) {
    const { errors } = await commands.request(query, {}, blind);
    expect(errors?.[0]?.extensions.code, query).toBe("FORBIDDEN");
  }
  const refused = await commands.refusalOf(approve(shown), { ...blind, ...PIPELINE, scopes: ["stages:approve"] });
  expect(refused).toMatchObject({ code: "FORBIDDEN" });
  expect(JSON.stringify(refused)).not.toMatch(/canary|shown|rita/);
});

test("the inbox is empty without stages:approve, and has no request of one's own", async () => {
  const inbox = `{ viewer { pendingApprovals { nodes { id } totalCount } } }`;
  for (const as of [{ subject: "reader", scopes: ["models:read"] }, PIPELINE, SELF] as As[]) {
    const { viewer } = await commands.data(inbox, {}, as);
    expect(viewer.pendingApprovals, JSON.stringify(as.scopes)).toEqual({ nodes: [], totalCount: 0 });
  }
  expect((await commands.data(inbox, {}, approver("bert"))).viewer.pendingApprovals.totalCount).toBe(2);
});

test("a request whose version or model is deleted is gone for all", async () => {
  const ids = [await desk.ask("deleted"), await desk.ask("gone")];
  await desk.run(`deleteModelVersion(input: { version: ${byNumber("deleted", 1)} })`, PIPELINE);
  await desk.run(`deleteModel(input: { model: { name: "gone" } })`, PIPELINE);
  for (const id of ids) {
    expect((await commands.data(`{ node(id: "${id}") { id } }`)).node).toBeNull();
    expect(await commands.refusalOf(approve(id), RITA)).toMatchObject({ code: "NOT_FOUND" });
  }
  const { model, promotionRequests } = await commands.data(
    `{ model(name: "deleted") { promotionRequests { nodes { id } totalCount } } promotionRequests { totalCount } }`,
  );
  expect(promotionRequests.totalCount).toBe(2);
  expect(model.promotionRequests).toEqual({ nodes: [], totalCount: 0 });
});
