import { expect, test } from "vitest";
import type { As } from "../../support/server.js";
import { useCommandServer } from "../command-server.js";

const commands = useCommandServer();

const author = (subject: string): As => ({ subject, scopes: ["models:read", "policies:write"] });
const ADA = author("ada");
const BEN = author("ben");

const policy = (quorum: number, more = "") =>
  `applyPolicy(input: { name: "four-eyes", target: { stages: [PRODUCTION] }, rules: [{ approvals: { quorum: ${quorum} } }] ${more} })`;
const ANSWER = "{ changed needsApproval revision policy { revision protected } changeRequest { id status kind } }";

test("a protected policy is changed by two people", async () => {
  const first = await commands.mutate(`${policy(2, "protected: true")} ${ANSWER}`, ADA);
  expect(first.applyPolicy, "a new policy takes effect at once").toEqual({
    changed: true,
    needsApproval: false,
    revision: 1,
    policy: { revision: 1, protected: true },
    changeRequest: null,
  });

  const weaker = policy(1, `protected: true, expectedRevision: 1, reason: "Leo is away"`);
  const { applyPolicy } = await commands.mutate(`${weaker} ${ANSWER}`, ADA);
  expect(applyPolicy).toEqual({
    changed: false,
    needsApproval: true,
    revision: 1,
    policy: { revision: 1, protected: true },
    changeRequest: { id: expect.any(String), status: "OPEN", kind: "CHANGE" },
  });
  const { id } = applyPolicy.changeRequest;
  const again = await commands.mutate(`${weaker} ${ANSWER}`, { ...ADA, tokenId: "another" });
  expect(again.applyPolicy.changeRequest.id).toBe(id);
  expect(await commands.newestEvent()).toMatchObject({
    type: "policy_change.requested",
    after: { name: "four-eyes", kind: "CHANGE", expectedRevision: 1, mode: "ENFORCE", reason: "Leo is away" },
  });

  const approve = `approvePolicyChange(input: { request: "${id}", comment: "Until Monday." })`;
  expect(await commands.refusalOf(approve, { ...ADA, tokenId: "another", scopes: ["admin"] })).toMatchObject({
    code: "FORBIDDEN",
  });
  expect(
    await commands.data(
      `{ policy(name: "four-eyes") { openChangeRequest {
        policyName reason expectedRevision proposal requestedBy { subject } reviewedBy { subject } policy { definition } } } }`,
      {},
      BEN,
    ),
  ).toMatchInlineSnapshot(`
    {
      "policy": {
        "openChangeRequest": {
          "expectedRevision": 1,
          "policy": {
            "definition": {
              "mode": "ENFORCE",
              "name": "four-eyes",
              "protected": true,
              "protection": {
                "freezeDescription": false,
                "freezeTags": false,
                "reservedTags": [],
              },
              "rules": [
                {
                  "approvals": {
                    "notRegistrant": true,
                    "notRequester": true,
                    "onRollback": "SKIP",
                    "quorum": 2,
                    "sameHolder": true,
                  },
                },
              ],
              "selector": {
                "models": [
                  "*",
                ],
                "tags": [],
              },
              "target": {
                "aliases": [],
                "stages": [
                  "PRODUCTION",
                ],
              },
            },
          },
          "policyName": "four-eyes",
          "proposal": {
            "mode": "ENFORCE",
            "name": "four-eyes",
            "protected": true,
            "protection": {
              "freezeDescription": false,
              "freezeTags": false,
              "reservedTags": [],
            },
            "rules": [
              {
                "approvals": {
                  "notRegistrant": true,
                  "notRequester": true,
                  "onRollback": "SKIP",
                  "quorum": 1,
                  "sameHolder": true,
                },
              },
            ],
            "selector": {
              "models": [
                "*",
              ],
              "tags": [],
            },
            "target": {
              "aliases": [],
              "stages": [
                "PRODUCTION",
              ],
            },
          },
          "reason": "Leo is away",
          "requestedBy": {
            "subject": "ada",
          },
          "reviewedBy": null,
        },
      },
    }
  `);
  const approved = await commands.mutate(
    `${approve} { request { status reviewedBy { subject } comment policy { revision rules { requirement } } } }`,
    BEN,
  );
  expect(approved).toMatchInlineSnapshot(`
    {
      "approvePolicyChange": {
        "request": {
          "comment": "Until Monday.",
          "policy": {
            "revision": 2,
            "rules": [
              {
                "requirement": "The promotion has 1 approval, not by the requester or the registrant of the version.",
              },
            ],
          },
          "reviewedBy": {
            "subject": "ben",
          },
          "status": "APPLIED",
        },
      },
    }
  `);
  const [applied, closed] = await commands.eventsSince((await commands.revision()) - 2);
  expect(applied).toMatchObject({
    type: "policy.applied",
    before: { revision: 1 },
    after: { revision: 2, reason: "Leo is away", proposedBy: { subject: "ada" }, changeRequest: expect.any(String) },
  });
  expect(closed).toMatchObject({
    type: "policy_change.applied",
    after: { status: "APPLIED", comment: "Until Monday." },
  });
  const { events } = await commands.data(
    `{ events(last: 2) { nodes { type actor { subject }
      ... on PolicyAppliedEvent { policyRevision reason proposedBy { subject } changeRequest { id } }
      ... on PolicyChangeAppliedEvent { name status comment request { id } } } } }`,
    {},
    BEN,
  );
  expect(events.nodes).toEqual([
    {
      type: "POLICY_APPLIED",
      actor: { subject: "ben" },
      policyRevision: 2,
      reason: "Leo is away",
      proposedBy: { subject: "ada" },
      changeRequest: { id },
    },
    {
      type: "POLICY_CHANGE_APPLIED",
      actor: { subject: "ben" },
      name: "four-eyes",
      status: "APPLIED",
      comment: "Until Monday.",
      request: { id },
    },
  ]);
});

test("a change is rejected, another is taken back, and the third deletes the policy", async () => {
  const lift = policy(1, "protected: false");
  const propose = async () =>
    (await commands.mutate(`${lift} { changeRequest { id } }`, ADA)).applyPolicy.changeRequest.id;
  const rejected = await propose();
  const { rejectPolicyChange } = await commands.mutate(
    `rejectPolicyChange(input: { request: "${rejected}", comment: "Why?" }) { request { status comment closedAt } }`,
    BEN,
  );
  expect(rejectPolicyChange.request).toEqual({ status: "REJECTED", comment: "Why?", closedAt: expect.any(String) });

  const cancelled = await propose();
  expect(cancelled).not.toBe(rejected);
  const cancel = (id: string) => `cancelPolicyChange(input: { request: "${id}" })`;
  expect(await commands.refusalOf(cancel(cancelled), BEN)).toMatchObject({ code: "FORBIDDEN" });
  await commands.mutate(`${cancel(cancelled)} { request { status } }`, ADA);
  expect(await commands.newestEvent()).toMatchObject({
    type: "policy_change.cancelled",
    after: { status: "CANCELLED" },
  });

  const remove = `deletePolicy(input: { name: "four-eyes", reason: "Replaced" })`;
  const { deletePolicy } = await commands.mutate(`${remove} { deletedId changeRequest { id kind proposal } }`, BEN);
  expect(deletePolicy).toEqual({
    deletedId: null,
    changeRequest: { id: expect.any(String), kind: "DELETE", proposal: null },
  });
  const { id } = deletePolicy.changeRequest;
  expect(await commands.refusalOf(lift, ADA)).toMatchObject({ code: "ALREADY_EXISTS", changeRequest: id });
  const { approvePolicyChange } = await commands.mutate(
    `approvePolicyChange(input: { request: "${id}" }) { request { status policyName policy { id } } }`,
    ADA,
  );
  expect(approvePolicyChange.request).toEqual({ status: "APPLIED", policyName: "four-eyes", policy: null });
  expect(await commands.data(`{ policy(name: "four-eyes") { id } }`)).toEqual({ policy: null });

  const { policyChangeRequests } = await commands.data(
    `{ policyChangeRequests(where: { policy: "four-eyes" }) { totalCount nodes { status kind requestedBy { subject } reviewedBy { subject } } } }`,
    {},
    BEN,
  );
  expect(policyChangeRequests).toMatchInlineSnapshot(`
    {
      "nodes": [
        {
          "kind": "DELETE",
          "requestedBy": {
            "subject": "ben",
          },
          "reviewedBy": {
            "subject": "ada",
          },
          "status": "APPLIED",
        },
        {
          "kind": "CHANGE",
          "requestedBy": {
            "subject": "ada",
          },
          "reviewedBy": null,
          "status": "CANCELLED",
        },
        {
          "kind": "CHANGE",
          "requestedBy": {
            "subject": "ada",
          },
          "reviewedBy": {
            "subject": "ben",
          },
          "status": "REJECTED",
        },
        {
          "kind": "CHANGE",
          "requestedBy": {
            "subject": "ada",
          },
          "reviewedBy": {
            "subject": "ben",
          },
          "status": "APPLIED",
        },
      ],
      "totalCount": 4,
    }
  `);
  const { applyPolicy } = await commands.mutate(`${policy(3, "protected: true")} ${ANSWER}`, ADA);
  expect(applyPolicy, "a deleted policy guards nothing, so it is applied at once").toMatchObject({
    changed: true,
    revision: 4,
    changeRequest: null,
  });
});
