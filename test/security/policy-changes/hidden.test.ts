import { beforeAll, expect, test } from "vitest";
import type { Scope } from "../../../src/domain/access/scopes.js";
import { encodeGlobalId } from "../../../src/domain/values/global-id.js";
import type { As } from "../../support/server.js";
import { expectHiddenEvents } from "../governance/hidden-events.js";
import { ADA, approve, BEN, cancel, policy, reject, useCommittee } from "./committee.js";

const committee = useCommittee();
const { commands } = committee;

const SCOPES: readonly Scope[] = ["models:read", "models:write", "policies:write", "webhooks:write", "audit:read"];
const FULL: As = { subject: "full", scopes: SCOPES };
const NARROWED: As = { subject: "narrowed", scopes: SCOPES, models: ["canary*", "*"] };
const WORDS = /canary|four words of a reason/;
const MISSING = encodeGlobalId("PolicyChangeRequest", "01890000-0000-7000-8000-000000000000");
let closed: string;
let open: string;

beforeAll(async () => {
  for (const as of [FULL, NARROWED]) {
    await commands.mutate(`createWebhook(input: { url: "https://hooks.invalid/h" }) { secret }`, as);
  }
  const wish = (length: number) => policy("canary", length, `protected: true, reason: "four words of a reason"`);
  await committee.protect("canary");
  closed = await committee.propose(wish(6));
  await committee.run(approve(closed), BEN);
  open = await committee.propose(wish(7));
});

const QUERIES = (): Record<string, string> => ({
  list: `{ policyChangeRequests { totalCount nodes { policyName reason proposal requestedBy { subject } } } }`,
  filtered: `{ policyChangeRequests(where: { policy: "canary", status: [OPEN] }) { totalCount nodes { policyName } } }`,
  one: `{ policyChangeRequest(id: "${open}") { policyName } }`,
  node: `{ node(id: "${open}") { ... on PolicyChangeRequest { policyName reason } } }`,
  nodes: `{ nodes(ids: ["${closed}", "${open}"]) { ... on PolicyChangeRequest { policyName policy { name } } } }`,
  events: `{ events(last: 50) { nodes { type ... on PolicyChangeRequestedEvent { name proposal reason request { policyName } } ... on PolicyAppliedEvent { reason changeRequest { policyName } } } } }`,
  audit: `{ audit(last: 50) { nodes { type subjectType before after } } }`,
});

test("a token with a models claim sees no request, even if the claim covers every model", async () => {
  for (const [name, query] of Object.entries(QUERIES())) {
    expect(JSON.stringify(await commands.data(query, {}, FULL)), name).toMatch(WORDS);
    const seen = JSON.stringify(await commands.data(query, {}, NARROWED));
    expect(seen, name).not.toMatch(WORDS);
    expect(seen, name).not.toMatch(/POLICY_|"Policy|"totalCount":[1-9]/);
  }
});

test("streams and webhooks of such a token have no event about a request", async () => {
  await expectHiddenEvents(commands, "policy_change.", { full: FULL, narrowed: NARROWED, count: 3 });
});

test("such a token approves, rejects and cancels nothing, before any look-up", async () => {
  for (const id of [open, closed, MISSING]) {
    for (const mutation of [approve(id), reject(id), cancel(id)]) {
      for (const as of [NARROWED, { ...NARROWED, subject: "ada" }]) {
        const refused = await commands.refusalOf(mutation, as);
        expect(refused).toMatchObject({ code: "FORBIDDEN", requiredScopes: ["policies:write"] });
        expect(refused.message).toMatch(/^\w+PolicyChange requires a token without a models claim/);
      }
    }
  }
});

test("each of the three requires policies:write, and no other scope helps", async () => {
  const others = SCOPES.filter((scope) => scope !== "policies:write");
  for (const mutation of [approve(open), reject(open), cancel(open), approve(MISSING)]) {
    for (const scopes of [others, ["policies:override", "stages:approve"]] as Scope[][]) {
      for (const subject of ["eve", "ada"]) {
        expect(await commands.refusalOf(mutation, { subject, scopes })).toMatchObject({
          code: "FORBIDDEN",
          requiredScopes: ["policies:write"],
        });
      }
    }
  }
  expect(await commands.refusalOf(approve(MISSING), BEN)).toMatchObject({ code: "NOT_FOUND" });
});

test("a token that may not read models changes policies and reads nothing back", async () => {
  const blind: As = { subject: "blind", scopes: ["policies:write"] };
  for (const query of [`{ policyChangeRequests { totalCount } }`, `{ policyChangeRequest(id: "${open}") { id } }`]) {
    const { errors } = await commands.request(query, {}, blind);
    expect(errors?.[0]?.extensions, query).toMatchObject({ code: "FORBIDDEN", requiredScopes: ["models:read"] });
  }
  const proposed = await commands.request(
    `mutation { ${policy("canary", 7, "protected: true")} { changed changeRequest { id reason } } }`,
    {},
    { ...ADA, scopes: ["policies:write"] },
  );
  expect(proposed.data.applyPolicy).toEqual({ changed: false, changeRequest: null });
  expect(JSON.stringify(proposed)).not.toMatch(/four words/);
  const late = await commands.refusalOf(approve(closed), blind);
  expect(late).toMatchObject({ code: "CONFLICT", message: "The request is not open." });
  expect(late).not.toHaveProperty("status");
});

test("the comment and the reason are checked", async () => {
  const input = (mutation: string, comment: string) =>
    `${mutation}(input: { request: "${open}", comment: "${comment}" })`;
  for (const mutation of ["approvePolicyChange", "rejectPolicyChange"]) {
    for (const comment of ["", " ", "x".repeat(10_001)]) {
      expect(await commands.refusalOf(input(mutation, comment), BEN)).toMatchObject({
        code: "INVALID_INPUT",
        field: "input.comment",
      });
    }
  }
  const long = policy("canary", 9, `protected: true, reason: "${"x".repeat(5_001)}"`);
  expect(await commands.refusalOf(long, ADA)).toMatchObject({ code: "INVALID_INPUT", field: "input.reason" });
  const policyId = (await commands.data(`{ policy(name: "canary") { id } }`, {}, BEN)).policy.id;
  expect(await commands.refusalOf(approve(policyId), BEN)).toMatchObject({
    code: "INVALID_INPUT",
    field: "input.request",
  });
});
