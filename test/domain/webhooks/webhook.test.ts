import { expect, test } from "vitest";
import { matchesEvent } from "../../../src/domain/events/event-filter.js";
import { matchesWebhookFilter, parseWebhookFilter, type WebhookFilter } from "../../../src/domain/webhooks/webhook.js";

const NOTHING = { modelName: null, fromStage: null, toStage: null, alias: null };
const BY = { actorIssuer: "https://ci", actorSubject: "job", experimentName: null, environment: null };
const EVENTS = [
  { ...NOTHING, ...BY, type: "model.registered", modelName: "fraud-a" },
  { ...NOTHING, ...BY, type: "alias.set", modelName: "fraud-a", alias: "champion" },
  { ...NOTHING, ...BY, type: "alias.set", modelName: "churn", alias: "champion", actorSubject: "ann" },
  ...(
    [
      ["NONE", "STAGING"],
      ["STAGING", "PRODUCTION"],
      ["PRODUCTION", "ARCHIVED"],
    ] as const
  ).map(([fromStage, toStage]) => ({
    ...NOTHING,
    ...BY,
    type: "model_version.stage_changed",
    modelName: "churn",
    fromStage,
    toStage,
  })),
  { ...NOTHING, ...BY, type: "run.created", actorIssuer: "https://people" },
];

test.each([
  [{}, 7],
  [{ types: ["alias.set", "run.created"] as const }, 3],
  [{ models: ["fraud-*"] }, 2],
  [{ stages: ["STAGING"] as const }, 2],
  [{ from: ["STAGING"] as const }, 1],
  [{ to: ["STAGING"] as const }, 1],
  [{ aliases: ["champion"] }, 2],
  [{ actor: { subject: "ann" } }, 1],
  [{ actor: { issuer: "https://people" } }, 1],
  [{ actor: { issuer: "https://people", subject: "ann" } }, 0],
  [{ actor: {} }, 7],
  [{ stages: [] }, 0],
])("a webhook's filter %j wants what a stream's wants", (filter, count) => {
  const wanted = EVENTS.filter((event) => matchesWebhookFilter(parseWebhookFilter("where", filter), event));
  expect(wanted).toHaveLength(count);
  expect(wanted).toEqual(EVENTS.filter((event) => matchesEvent(filter, event)));
});

test("a filter of before stages and actors could be given wants what it wanted", () => {
  const { stages, actor, ...old } = parseWebhookFilter("where", { to: ["PRODUCTION"] });
  expect([stages, actor]).toEqual([null, null]);
  expect(EVENTS.filter((event) => matchesWebhookFilter(old as WebhookFilter, event))).toHaveLength(1);
});
