import { beforeAll, expect, test } from "vitest";
import type { Scope } from "../../../src/domain/access/scopes.js";
import { DeliveryPlanner } from "../../../src/webhooks/plan-deliveries.js";
import { useCommandServer } from "../../registry/command-server.js";
import type { As } from "../../support/server.js";
import { all, byNumber, move } from "../governance/gate.js";
import { openLab, SECRETS } from "../governance/lab.js";
import { approve, askFor, onRequest } from "./desk.js";

const commands = useCommandServer();
const SCOPES: readonly Scope[] = ["models:read", "runs:read", "audit:read", "webhooks:write"];
const READER: As = { subject: "reader", scopes: SCOPES };
const NARROWED: Record<string, As> = {
  "no runs:read": { scopes: SCOPES.filter((scope) => scope !== "runs:read") },
  "an experiments claim": { scopes: SCOPES, experiments: ["other*"] },
  "a models claim": { scopes: SCOPES, models: ["canary-model"] },
};
const POLICY = `applyPolicy(input: { name: "p", target: { stages: [PRODUCTION] }, rules: [
  { metric: { key: "auc", comparator: LT, value: 1 } }
  { metricAgainstHolder: { key: "auc", direction: LOWER_IS_BETTER } }
  { present: { field: DATASET_INPUT } } { approvals: { quorum: 2, notRegistrant: false } }
] }) { revision }`;
const RULES = "rules { kind evidence { summary value datasetDigest versionNumber } }";
const TYPES = "where: { types: [PROMOTION_REQUEST_APPROVED, PROMOTION_REQUEST_REJECTED] }";

let secrets: readonly string[];
let queries: Readonly<Record<string, string>>;

beforeAll(async () => {
  const runs = await openLab(commands.mutate.bind(commands));
  secrets = [...Object.values(SECRETS), ...runs];
  await commands.mutate(all(move("canary-model", 1, "PRODUCTION")));
  await commands.mutate(POLICY);
  for (const [name, as] of Object.entries({ reader: READER, ...NARROWED })) {
    await commands.mutate(`createWebhook(input: { url: "https://hooks.invalid/h" }) { secret }`, {
      ...as,
      subject: name,
    });
  }
  const { requestPromotion } = await commands.mutate(`${askFor("canary-model", 2)} { request { id } }`);
  const { id } = requestPromotion.request;
  const approver: As = { subject: "rita", scopes: ["models:read", "stages:approve"] };
  await commands.mutate(all(approve(id)), approver);
  await commands.mutate(all(onRequest("rejectPromotion", id, `, comment: "No"`)), { ...approver, subject: "rob" });
  const reviews = `reviews { nodes { verdict ${RULES} } }`;
  const events = `nodes { type ... on PromotionRequestApprovedEvent { ${RULES} } ... on PromotionRequestRejectedEvent { ${RULES} } }`;
  queries = {
    promotionRequest: `{ promotionRequest(id: "${id}") { staleReasons ${reviews} } }`,
    promotionRequests: `{ promotionRequests { nodes { ${reviews} } } }`,
    model: `{ model(name: "canary-model") { promotionRequests { nodes { ${reviews} } } } }`,
    node: `{ node(id: "${id}") { ... on PromotionRequest { ${reviews} } } }`,
    events: `{ events(last: 100, ${TYPES}) { ${events} } }`,
    activity: `{ model(name: "canary-model") { activity { ${events} } } }`,
    version: `{ modelVersion(ref: ${byNumber("canary-model", 2)}) { activity { ${events} } } }`,
    audit: `{ audit(last: 100, ${TYPES}) { nodes { type before after } } }`,
  };
});

const found = (answer: unknown) => secrets.filter((secret) => JSON.stringify(answer).includes(secret));

test("a reader of runs sees what the reviewers saw, by every query", async () => {
  for (const [name, query] of Object.entries(queries)) {
    const seen = found(await commands.data(query, {}, READER));
    expect(seen, name).toEqual(expect.arrayContaining([SECRETS.metric, SECRETS.holderMetric]));
  }
});

test.each(Object.entries(NARROWED))("%s: no query shows it", async (_, as) => {
  for (const [name, query] of Object.entries(queries)) {
    const data = await commands.data(query, {}, as);
    // the audit requires no scope but its own, and is narrowed by claims
    const isAll = name === "audit" && !as.scopes?.includes("runs:read");
    expect(found(data).length > 0, name).toBe(isAll);
    expect(JSON.stringify(data), name).toMatch(/METRIC_AGAINST_HOLDER|metricAgainstHolder/);
  }
});

test("webhooks", async () => {
  const { prisma } = commands.server.database;
  await new DeliveryPlanner(prisma, () => new Date(), null).planPages();
  const rows = await prisma.webhookDelivery.findMany({ include: { webhook: { select: { createdBySubject: true } } } });
  for (const name of Object.keys({ reader: READER, ...NARROWED })) {
    const bodies = rows.filter(({ webhook }) => webhook.createdBySubject === name).map(({ body }) => body);
    const reviews = bodies.filter((body) => /promotion_request.(approved|rejected)/.test(body ?? ""));
    expect(reviews, name).toHaveLength(2);
    expect(reviews.join(), name).toContain("metricAgainstHolder");
    expect(found(reviews.join()).length > 0, name).toBe(name === "reader");
  }
});
