import { beforeAll, expect, test } from "vitest";
import type { Scope } from "../../../src/domain/access/scopes.js";
import { DeliveryPlanner } from "../../../src/webhooks/plan-deliveries.js";
import { useCommandServer } from "../../registry/command-server.js";
import type { As } from "../../support/server.js";
import { all, move, point } from "./gate.js";
import { LAB_POLICY, openLab, queriesOf, RULE_WORDS, SECRETS, STREAMS } from "./lab.js";

const commands = useCommandServer();

const SCOPES: readonly Scope[] = [
  "models:read",
  "models:write",
  "stages:production",
  "aliases:write",
  "runs:read",
  "audit:read",
  "webhooks:write",
];
const without = (scope: Scope) => SCOPES.filter((each) => each !== scope);
const READERS: Record<string, As> = {
  full: { scopes: SCOPES },
  "an experiments claim that covers the run": { scopes: SCOPES, experiments: ["canary*"] },
};
const NARROWED: Record<string, As> = {
  "no runs:read": { scopes: without("runs:read") },
  "an experiments claim": { scopes: SCOPES, experiments: ["other*"] },
  "no experiments": { scopes: SCOPES, experiments: [] },
  "a models claim": { scopes: SCOPES, models: ["canary-model"] },
  "both claims": { scopes: SCOPES, models: ["canary*"], experiments: ["lab*"] },
  "an experiments claim without runs:read": { scopes: without("runs:read"), experiments: ["canary*"] },
};
const BLIND: As = { scopes: without("models:read") };

let secrets: readonly string[];
let queries: Readonly<Record<string, string>>;

beforeAll(async () => {
  const mutate = commands.mutate.bind(commands);
  const runs = await openLab(mutate);
  const uuids = runs.map((id) => /[0-9a-f-]{36}$/.exec(Buffer.from(id, "base64url").toString())?.[0] ?? id);
  secrets = [...Object.values(SECRETS), ...runs, ...uuids];
  await mutate(all(move("canary-model", 1, "PRODUCTION"), point("live", "canary-model", 1)));
  await mutate(LAB_POLICY);
  for (const [name, as] of Object.entries({ ...READERS, ...NARROWED, blind: BLIND })) {
    await commands.mutate(`createWebhook(input: { url: "https://hooks.invalid/h" }) { secret }`, {
      ...as,
      subject: name,
    });
  }
  const override = `override: { reason: "Incident 4711" }`;
  const { moved } = await commands.mutate(
    `moved: ${move("canary-model", 2, "PRODUCTION", override)} { transition { decision { id } } }
     ${point("live", "canary-model", 2, override)} { transition { id } }`,
    { scopes: [...SCOPES, "policies:override"] },
  );
  queries = queriesOf(moved.transition.decision.id);
});

/** The secrets in an answer, also inside ids. */
function found(answer: unknown): string[] {
  const text = JSON.stringify(answer);
  const decoded = [...text.matchAll(/[\w-]{24,}/g)].map(([id]) => Buffer.from(id, "base64url").toString("latin1"));
  return secrets.filter((secret) => [text, ...decoded].some((part) => part.includes(secret)));
}

const REFUSED = [move("canary-model", 3, "PRODUCTION"), point("live", "canary-model", 3)];

const VALUES = [SECRETS.experiment, SECRETS.dataset, SECRETS.metric, SECRETS.holderMetric];

test.each(Object.entries(READERS))("%s sees the evidence by every query", async (_, as) => {
  for (const [name, query] of Object.entries(queries)) {
    const seen = found(await commands.data(query, {}, as));
    // the name of an experiment stands in bodies of events only; a holder is no other version once it is moved
    expect(seen, name).toEqual(expect.arrayContaining([SECRETS.metric, SECRETS.dataset]));
  }
});

test.each(Object.entries(NARROWED))("%s: no query shows evidence of the run", async (_, as) => {
  for (const [name, query] of Object.entries(queries)) {
    const data = await commands.data(query, {}, as);
    // the audit requires no scope but its own, and is narrowed by claims
    const isAll = name === "audit" && !as.scopes?.includes("runs:read");
    expect(found(data).length > 0, name).toBe(isAll);
    expect(JSON.stringify(data), `${name}: the rules show`).toMatch(/METRIC_AGAINST_HOLDER|metricAgainstHolder/);
  }
});

test.each(Object.entries({ ...READERS, ...NARROWED }))("%s: refusals", async (name, as) => {
  for (const mutation of REFUSED) {
    const refused = await commands.refusalOf(mutation, as);
    expect(refused).toMatchObject({ code: "POLICY_NOT_MET" });
    expect(refused.rules.map(({ kind }: { kind: string }) => kind)).toContain("METRIC");
    if (name in NARROWED) expect(found(refused)).toEqual([]);
    else expect(found(refused)).toEqual(expect.arrayContaining([SECRETS.metric, SECRETS.dataset]));
  }
});

test("a token that may not read models is refused without names, rules and values", async () => {
  for (const mutation of REFUSED) {
    const refused = await commands.refusalOf(mutation, BLIND);
    expect(refused).toMatchObject({ code: "POLICY_NOT_MET" });
    expect(JSON.stringify(refused)).not.toMatch(RULE_WORDS);
    expect(refused).not.toHaveProperty("rules");
  }
  const { audit: _, ...others } = queries;
  for (const [name, query] of Object.entries(others)) {
    const { data, errors } = await commands.request(query, {}, BLIND);
    expect(errors?.[0]?.extensions.code, name).toBe("FORBIDDEN");
    expect(JSON.stringify([data, errors]), name).not.toMatch(RULE_WORDS);
  }
});

test.each(Object.entries({ ...READERS, ...NARROWED }))("%s: streams", async (name, as) => {
  for (const document of STREAMS) {
    const stream = commands.server.watch(document, {}, as);
    const received: unknown[] = [];
    for (let count = 0; count < 5; count++) {
      received.push((await stream.next()).value);
      if (JSON.stringify(received).includes("METRIC_AGAINST_HOLDER")) break;
    }
    await stream.return?.();
    expect(JSON.stringify(received), document).toContain("METRIC_AGAINST_HOLDER");
    expect(found(received).includes(SECRETS.metric), document).toBe(name in READERS);
    if (name in NARROWED) expect(found(received), document).toEqual([]);
  }
});

test("webhooks", async () => {
  const { prisma } = commands.server.database;
  await new DeliveryPlanner(prisma, () => new Date(), null).planPages();
  const rows = await prisma.webhookDelivery.findMany({ include: { webhook: { select: { createdBySubject: true } } } });
  for (const name of Object.keys({ ...READERS, ...NARROWED })) {
    const bodies = rows.filter(({ webhook }) => webhook.createdBySubject === name).map(({ body }) => body);
    const promotions = bodies.filter((body) => /stage_changed|alias.set|promotion.overridden/.test(body ?? ""));
    expect(promotions, name).toHaveLength(4);
    expect(promotions.join(), name).toContain("metricAgainstHolder");
    if (name in NARROWED) expect(found(promotions), name).toEqual([]);
    else expect(found(promotions)).toEqual(expect.arrayContaining(VALUES));
  }
  expect(rows.filter(({ webhook }) => webhook.createdBySubject === "blind")).toEqual([]);
});
