import { expect, test } from "vitest";
import { matchesWebhookFilter, parseWebhookFilter, type WebhookFilter } from "../../../src/domain/webhooks/webhook.js";
import { readerOf } from "../../../src/domain/webhooks/webhook-rights.js";

const EVERYONE = readerOf({ scopes: [], modelGlobs: null, experimentGlobs: null, environmentGlobs: null });
const NOTHING = { body: "{}", modelName: null, fromStage: null, toStage: null, alias: null };
const BY = { actorIssuer: "https://ci", actorSubject: "job", experimentName: null, environment: null };
const EVENTS = {
  registered: { ...NOTHING, ...BY, type: "model.registered", modelName: "fraud-a" },
  alias: { ...NOTHING, ...BY, type: "alias.set", modelName: "churn", alias: "champion", actorSubject: "ann" },
  promoted: {
    ...NOTHING,
    ...BY,
    type: "model_version.stage_changed",
    modelName: "churn",
    fromStage: "STAGING",
    toStage: "PRODUCTION",
  },
};

function wantedBy(filter: WebhookFilter) {
  return Object.entries(EVENTS).flatMap(([name, event]) =>
    matchesWebhookFilter(EVERYONE, filter, event) ? [name] : [],
  );
}

// The conditions themselves are those of streams: test/domain/events/event-filter.test.ts.
test.each([
  [null, ["registered", "alias", "promoted"]],
  [{}, ["registered", "alias", "promoted"]],
  [{ types: ["model*"] }, ["registered", "promoted"]],
  [{ models: ["fraud-*"] }, ["registered"]],
  [{ aliases: ["champ*"] }, ["alias"]],
  [{ stages: ["STAGING"] as const }, ["promoted"]],
  [{ actor: { subject: "ann" } }, ["alias"]],
])("a webhook with the filter %j, whose types, models and aliases are globs", (filter, wanted) => {
  expect(wantedBy(parseWebhookFilter("where", filter))).toEqual(wanted);
});

test("a stored filter from before stages and actors could be given still works", () => {
  const { stages, actor, ...old } = parseWebhookFilter("where", { to: ["PRODUCTION"] });
  expect([stages, actor]).toEqual([null, null]);
  expect(wantedBy(old as WebhookFilter)).toEqual(["promoted"]);
});
