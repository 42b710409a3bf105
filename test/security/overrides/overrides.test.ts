import { beforeAll, expect, test } from "vitest";
import type { Scope } from "../../../src/domain/access/scopes.js";
import { encodeGlobalId } from "../../../src/domain/values/global-id.js";
import { DeliveryPlanner } from "../../../src/webhooks/plan-deliveries.js";
import { useCommandServer } from "../../registry/command-server.js";
import type { As } from "../../support/server.js";
import { all, GATE, move, ON_CALL, PIPELINE, point, register } from "../governance/gate.js";

const commands = useCommandServer(GATE);

const LEAD: As = { subject: "lead", scopes: ["models:read", "policies:override"] };
const AUDITOR: As = { subject: "auditor", scopes: ["models:read", "audit:read"] };
const OVERRIDE = `override: { reason: "Incident 4711" }`;
const MISSING = encodeGlobalId("PromotionDecision", "01890000-0000-7000-8000-000000000000");
const acknowledge = (id: string, more = "") => `acknowledgeOverride(input: { decision: "${id}" ${more} })`;

const FIELDS = `nodes { id versionNumber overrideReason override { reason reviewedBy { subject } reviewedAt comment } } totalCount`;

async function listed(where = "", as = AUDITOR) {
  const { overrides } = await commands.data(`{ overrides${where && `(where: { ${where} })`} { ${FIELDS} } }`, {}, as);
  return overrides as { nodes: { id: string; overrideReason: string }[]; totalCount: number };
}

/** Overrides the gate for a new model, and returns the decision. */
async function override(model: string): Promise<string> {
  await commands.mutate(all(register(model)), PIPELINE);
  const { transitionModelVersion } = await commands.mutate(
    `${move(model, 1, "PRODUCTION", OVERRIDE)} { transition { decision { id } } }`,
    ON_CALL,
  );
  return transitionModelVersion.transition.decision.id;
}

const NARROWED: As[] = [
  {
    ...AUDITOR,
    subject: "narrowed-auditor",
    scopes: [...(AUDITOR.scopes ?? []), "webhooks:write"],
    models: ["other*"],
  },
  { ...LEAD, subject: "narrowed-lead", models: ["other*"] },
];

let canary: string;
beforeAll(async () => {
  for (const as of [{ ...AUDITOR, scopes: ["models:read", "webhooks:write"] } as As, NARROWED[0]]) {
    await commands.mutate(`createWebhook(input: { url: "https://hooks.invalid/h" }) { secret }`, as);
  }
  canary = await override("guarded-canary");
});

test("an override is unreviewed until somebody else acknowledges it", async () => {
  expect(await listed("reviewed: false")).toEqual({
    totalCount: 1,
    nodes: [
      {
        id: canary,
        versionNumber: 1,
        overrideReason: "Incident 4711",
        override: { reason: "Incident 4711", reviewedBy: null, reviewedAt: null, comment: null },
      },
    ],
  });
  for (const self of [
    { ...ON_CALL, tokenId: "another" },
    { ...ON_CALL, groups: ["risk"], scopes: LEAD.scopes },
  ] as As[]) {
    expect(await commands.refusalOf(acknowledge(canary), self)).toMatchObject({
      code: "FORBIDDEN",
      requiredScopes: [],
    });
  }
  const { acknowledgeOverride } = await commands.mutate(
    `${acknowledge(canary, `, comment: "The scanner was down."`)} { decision { id override { reviewedBy { subject } comment } } }`,
    LEAD,
  );
  expect(acknowledgeOverride.decision).toEqual({
    id: canary,
    override: { reviewedBy: { subject: "lead" }, comment: "The scanner was down." },
  });
  expect(await commands.newestEvent()).toMatchObject({
    type: "promotion.override_acknowledged",
    subjectType: "PromotionDecision",
    after: { reason: "Incident 4711", comment: "The scanner was down." },
  });
  expect(await listed("reviewed: false")).toEqual({ nodes: [], totalCount: 0 });
  expect(await listed("reviewed: true")).toMatchObject({ totalCount: 1, nodes: [{ id: canary }] });
  for (const as of [LEAD, { ...LEAD, subject: "third" }]) {
    expect(await commands.refusalOf(acknowledge(canary), as)).toMatchObject({ code: "CONFLICT" });
  }
});

test("only policies:override acknowledges, and only audit:read lists", async () => {
  const id = await override("guarded-scopes");
  for (const scopes of [["admin"], ["models:read", "audit:read", "policies:write"]] as Scope[][]) {
    expect(await commands.refusalOf(acknowledge(id), { subject: "root", scopes })).toMatchObject({
      code: "FORBIDDEN",
      requiredScopes: ["policies:override"],
    });
  }
  for (const [scopes, missing] of [
    [["models:read", "policies:override"], "audit:read"],
    [["audit:read"], "models:read"],
  ] as [Scope[], Scope][]) {
    const { errors } = await commands.request("{ overrides { totalCount } }", {}, { subject: "eve", scopes });
    expect(errors?.[0]?.extensions).toMatchObject({ code: "FORBIDDEN", requiredScopes: [missing] });
  }
  const blind = await commands.request(
    `mutation { ${acknowledge(id)} { decision { id } } }`,
    {},
    { subject: "blind", scopes: ["policies:override"] },
  );
  expect(JSON.stringify(blind)).not.toMatch(/4711|guarded/);
});

test("a token that does not cover the model sees and acknowledges nothing of it", async () => {
  const id = await override("guarded-hidden");
  const other = await override("guarded-shown");
  const [auditor, lead] = NARROWED as [As, As];
  for (const each of [id, other, MISSING]) {
    const refused = await commands.refusalOf(acknowledge(each), lead);
    expect({ ...refused, requestId: "" }).toEqual({
      ...(await commands.refusalOf(acknowledge(MISSING), lead)),
      requestId: "",
    });
  }
  const shown: As = { ...AUDITOR, models: ["guarded-shown"] };
  expect(await listed("", auditor)).toEqual({ nodes: [], totalCount: 0 });
  expect(await listed("", shown)).toMatchObject({ totalCount: 1, nodes: [{ id: other }] });
  expect(await listed(`model: { equals: "guarded-hidden" }`, shown)).toMatchObject({ totalCount: 0 });
  await commands.mutate(`${acknowledge(id)} { decision { id } }`, LEAD);
  const { events, node } = await commands.data(
    `{ node(id: "${id}") { id } events(last: 100, where: { types: [PROMOTION_OVERRIDE_ACKNOWLEDGED] }) { nodes { type } } }`,
    {},
    auditor,
  );
  expect([node, events.nodes]).toEqual([null, []]);
  const { prisma } = commands.server.database;
  await new DeliveryPlanner(prisma, () => new Date(), null).planPages();
  const deliveries = await prisma.webhookDelivery.findMany({
    where: { eventType: "promotion.override_acknowledged" },
    include: { webhook: true },
  });
  expect(new Set(deliveries.map(({ webhook }) => webhook.createdBySubject))).toEqual(new Set(["auditor"]));
});

test("a decision without an override cannot be acknowledged, nor anything that is no decision", async () => {
  await commands.mutate(all(register("guarded-plain")), PIPELINE);
  await commands.mutate(
    all(
      `setTag(input: { on: { modelVersion: { number: { model: "guarded-plain", number: 1 } } }, key: "approved", value: "yes" })`,
    ),
    { ...PIPELINE, groups: ["risk"] },
  );
  const { setAlias } = await commands.mutate(
    `${point("live", "guarded-plain", 1, OVERRIDE)} { transition { decision { id overrideReason override { reason } } } }`,
    ON_CALL,
  );
  const { decision } = setAlias.transition;
  expect(decision).toMatchObject({ overrideReason: null, override: null });
  expect(await commands.refusalOf(acknowledge(decision.id), LEAD)).toMatchObject({ code: "CONFLICT" });
  const { model } = await commands.data(`{ model(name: "guarded-plain") { id } }`);
  expect(await commands.refusalOf(acknowledge(model.id), LEAD)).toMatchObject({ code: "INVALID_INPUT" });
  expect(await commands.refusalOf(acknowledge(canary, `, comment: " "`), LEAD)).toMatchObject({
    code: "INVALID_INPUT",
    field: "input.comment",
  });
});

test("overrides are listed by model and by the policy that they went past, and stay when their model is deleted", async () => {
  const id = await override("guarded-listed");
  expect(await listed(`model: { startsWith: "guarded-li" }`)).toMatchObject({ nodes: [{ id }] });
  expect(await listed(`policy: "gate", model: { equals: "guarded-listed" }`)).toMatchObject({ nodes: [{ id }] });
  expect(await listed(`policy: "another"`)).toMatchObject({ totalCount: 0 });
  await commands.mutate(all(`deleteModel(input: { model: { name: "guarded-listed" }, force: true })`), PIPELINE);
  expect(await listed(`model: { startsWith: "guarded-li" }`)).toMatchObject({ nodes: [{ id }] });
});

test.each([1, 2, 3])("acknowledged by several at once, %i: one of them counts", async (round) => {
  const id = await override(`guarded-race-${round}`);
  const leads = ["a", "b", "c"].map((subject) => [acknowledge(id), { ...LEAD, subject }] as const);
  const codes = await commands.race(...leads);
  expect(codes.sort()).toEqual(["CONFLICT", "CONFLICT", "OK"]);
});

test("the database keeps reviews as they are", async () => {
  const { pool } = commands.server.database;
  for (const change of [`UPDATE "OverrideReview" SET "comment" = 'x'`, `DELETE FROM "OverrideReview"`]) {
    await expect(pool.query(change)).rejects.toThrow(/append-only/);
  }
});
