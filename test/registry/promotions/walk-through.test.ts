import { expect, test } from "vitest";
import type { As } from "../../support/server.js";
import { useCommandServer } from "../command-server.js";

const commands = useCommandServer(`
  v1: createModelVersion(input: { model: { name: "fraud" }, createModel: true, source: "s3://models/1" }) { modelVersion { id } }
  v2: createModelVersion(input: { model: { name: "fraud" }, source: "s3://models/2" }) { modelVersion { id } }
  p: applyPolicy(input: {
    name: "four-eyes", target: { stages: [PRODUCTION] }
    rules: [
      { check: { name: "bias-scan" } }
      { approvals: { quorum: 2, oneOfEach: ["risk", "legal"] } }
    ]
  }) { revision }`);

const READER = ["models:read"] as const;
const PIPELINE: As = { subject: "ci", scopes: [...READER, "models:write", "stages:production"] };
const approver = (subject: string, groups: string[]): As => ({
  subject,
  groups,
  scopes: [...READER, "stages:approve"],
});
const RISK = approver("rita", ["risk"]);
const LEGAL = approver("leo", ["legal"]);

const ref = (number: number) => `{ number: { model: "fraud", number: ${number} } }`;
const promote = (number: number) =>
  `transitionModelVersion(input: { version: ${ref(number)}, to: PRODUCTION, archiveExisting: true })`;
const ask = (number: number) =>
  `requestPromotion(input: { version: ${ref(number)}, target: { stage: PRODUCTION }, archiveExisting: true, reason: "Better recall" })`;
const report = (number: number, status = "PASSED") =>
  `reportCheck(input: { version: ${ref(number)}, name: "bias-scan", status: ${status} }) { check { id } }`;

async function request(number: number): Promise<string> {
  const { requestPromotion } = await commands.mutate(`${ask(number)} { request { id status } }`, PIPELINE);
  expect(requestPromotion.request.status).toBe("OPEN");
  return requestPromotion.request.id;
}

const approve = (id: string, as: As, more = "") =>
  commands.mutate(`approvePromotion(input: { request: "${id}" ${more} }) { request { status } }`, as);

test("a promotion is requested, approved by two groups, and made by the requester", async () => {
  expect(await commands.refusalOf(promote(1), PIPELINE)).toMatchObject({ code: "POLICY_NOT_MET" });
  const id = await request(1);
  expect(await commands.newestEvent()).toMatchObject({ type: "check.requested", after: { names: ["bias-scan"] } });
  await commands.mutate(report(1));

  expect(
    await commands.refusalOf(`approvePromotion(input: { request: "${id}" })`, {
      ...PIPELINE,
      scopes: ["stages:approve", ...READER],
      groups: ["risk"],
    }),
  ).toMatchObject({ code: "FORBIDDEN" });
  const inbox = `{ viewer { pendingApprovals { nodes { id versionNumber reason requestedBy { subject } } } } }`;
  expect((await commands.data(inbox, {}, RISK)).viewer.pendingApprovals.nodes).toEqual([
    { id, versionNumber: 1, reason: "Better recall", requestedBy: { subject: "ci" } },
  ]);
  expect(await approve(id, RISK, `, comment: "The bias scan is **fine**."`)).toEqual({
    approvePromotion: { request: { status: "OPEN" } },
  });
  expect((await commands.data(inbox, {}, RISK)).viewer.pendingApprovals.nodes).toEqual([]);
  expect(
    await commands.refusalOf(`approvePromotion(input: { request: "${id}" })`, { ...RISK, tokenId: "another" }),
  ).toMatchObject({
    code: "CONFLICT",
    message: "You have reviewed this request already.",
  });
  expect(await commands.refusalOf(promote(1), PIPELINE)).toMatchObject({
    code: "POLICY_NOT_MET",
    rules: [{ kind: "APPROVALS", status: "PENDING", explanation: "The promotion has 1 of 2 approvals." }],
  });
  expect(await approve(id, LEGAL)).toEqual({ approvePromotion: { request: { status: "APPROVED" } } });

  const somebodyElse = { ...PIPELINE, subject: "eve" };
  expect(await commands.refusalOf(promote(1), somebodyElse)).toMatchObject({ code: "POLICY_NOT_MET" });
  const moved = await commands.mutate(
    `${promote(1)} { transition { decision { id rules { kind status evidence { summary } } } } }`,
    PIPELINE,
  );
  expect(moved.transitionModelVersion.transition.decision.rules).toMatchInlineSnapshot(`
    [
      {
        "evidence": [
          {
            "summary": "check bias-scan: PASSED",
          },
        ],
        "kind": "CHECK",
        "status": "PASSED",
      },
      {
        "evidence": [
          {
            "summary": "approved by rita",
          },
          {
            "summary": "approved by leo",
          },
        ],
        "kind": "APPROVALS",
        "status": "PASSED",
      },
    ]
  `);
  const { promotionRequest } = await commands.data(
    `query ($id: ID!) { promotionRequest(id: $id) { status decision { id } reviews { nodes { verdict comment reviewer { subject } } } } }`,
    { id },
    { scopes: READER },
  );
  expect(promotionRequest).toEqual({
    status: "EXECUTED",
    decision: { id: moved.transitionModelVersion.transition.decision.id },
    reviews: {
      nodes: [
        { verdict: "APPROVE", comment: "The bias scan is **fine**.", reviewer: { subject: "rita" } },
        { verdict: "APPROVE", comment: null, reviewer: { subject: "leo" } },
      ],
    },
  });
});

test("what was seen changes: the request is stale until it is renewed", async () => {
  const id = await request(2);
  await commands.mutate(report(2));
  await approve(id, RISK);
  await commands.mutate(report(2, "FAILED"));
  await commands.mutate(report(2));
  expect(await commands.refusalOf(`approvePromotion(input: { request: "${id}" })`, LEGAL)).toMatchObject({
    code: "CONFLICT",
    staleReasons: ['What was seen has changed for: The check "bias-scan" passed.'],
  });
  const renewed = await commands.mutate(
    `renewPromotion(input: { request: "${id}" }) { request { status round } }`,
    PIPELINE,
  );
  expect(renewed.renewPromotion.request).toEqual({ status: "OPEN", round: 2 });
  await approve(id, RISK);
  expect(await approve(id, LEGAL)).toEqual({ approvePromotion: { request: { status: "APPROVED" } } });
  await commands.mutate(
    `applyPolicy(input: { name: "another", target: { stages: [PRODUCTION] }, rules: [{ present: { field: RUN } }], mode: EVALUATE }) { revision }`,
  );
  expect(await commands.refusalOf(promote(2), PIPELINE)).toMatchObject({
    code: "POLICY_NOT_MET",
    rules: [{ kind: "APPROVALS", explanation: 'The request is stale: The policy "another" changed.' }],
  });
  await commands.mutate(`deletePolicy(input: { name: "another" }) { deletedId }`);
});

test("a request is rejected, cancelled and commented on", async () => {
  const { promotionRequests } = await commands.data(
    `{ promotionRequests(where: { status: [APPROVED] }) { nodes { id } } }`,
  );
  const { id } = promotionRequests.nodes[0];
  await commands.mutate(
    `commentPromotion(input: { request: "${id}", body: "Please wait for the audit." }) { request { id } }`,
    LEGAL,
  );
  expect(await commands.refusalOf(`cancelPromotion(input: { request: "${id}" })`, RISK)).toMatchObject({
    code: "FORBIDDEN",
  });
  const other = approver("lin", ["legal"]);
  const rejected = await commands.mutate(
    `rejectPromotion(input: { request: "${id}", comment: "Not now." }) { request { status closedAt comments { nodes { body } } } }`,
    other,
  );
  expect(rejected.rejectPromotion.request).toMatchObject({
    status: "REJECTED",
    comments: { nodes: [{ body: "Please wait for the audit." }] },
  });
  expect(await commands.refusalOf(`cancelPromotion(input: { request: "${id}" })`, PIPELINE)).toMatchObject({
    code: "CONFLICT",
  });
  const again = await request(2);
  expect(await commands.refusalOf(ask(2), PIPELINE)).toMatchObject({ code: "ALREADY_EXISTS" });
  const cancelled = await commands.mutate(
    `cancelPromotion(input: { request: "${again}" }) { request { status } }`,
    PIPELINE,
  );
  expect(cancelled.cancelPromotion.request.status).toBe("CANCELLED");
});
