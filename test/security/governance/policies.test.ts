import { beforeAll, expect, test } from "vitest";
import type { Scope } from "../../../src/domain/access/scopes.js";
import { useCommandServer } from "../../registry/command-server.js";
import type { As } from "../../support/server.js";
import { all, move, onModel, PIPELINE, point, register, tagged } from "./gate.js";
import { expectHiddenEvents } from "./hidden-events.js";

const commands = useCommandServer();

const SCOPES: readonly Scope[] = ["models:read", "models:write", "policies:write", "webhooks:write", "audit:read"];
const FULL: As = { subject: "full", scopes: SCOPES };
const NARROWED: As = { subject: "narrowed", scopes: SCOPES, models: ["seen*", "*"] };
const BLIND: As = {
  subject: "blind",
  scopes: ["models:write", "policies:write", "stages:production", "aliases:write"],
};

// whoever may not see the policy may see none of these words
const WORDS = /hidden-model|hidden-group|hidden-policy/;
const policy = (name: string, more = "") => `applyPolicy(input: {
  name: "${name}", selector: { models: ["hidden-model*", "seen*"], tags: [{ key: "tier", values: ["high"] }] }, target: { stages: [PRODUCTION], aliases: ["live"] }
  rules: [{ singleHolder: true }, { reason: {} }], protection: { movers: { groups: ["hidden-group"] } } ${more}
})`;

let id: string;
beforeAll(async () => {
  for (const as of [FULL, NARROWED]) {
    await commands.mutate(`createWebhook(input: { url: "https://hooks.invalid/h" }) { secret }`, as);
  }
  await commands.mutate(all(policy("gone"), `deletePolicy(input: { name: "gone" })`));
  await commands.mutate(all(policy("hidden-policy")));
  id = (await commands.data(`{ policy(name: "hidden-policy") { id } }`)).policy.id;
});

const QUERIES = (node: string): Record<string, string> => ({
  policy: `{ policy(name: "hidden-policy") { definition } }`,
  policies: `{ policies { totalCount nodes { name definition rules { requirement } } } }`,
  node: `{ node(id: "${node}") { ... on Policy { name definition } } }`,
  events: `{ events(last: 50) { nodes { type ... on PolicyAppliedEvent { name definition } ... on PolicyDeletedEvent { name previousDefinition } } } }`,
  audit: `{ audit(last: 50) { nodes { type subjectType before after } } }`,
});

test("a token with a models claim sees no policy, even if the claim covers every model", async () => {
  for (const [name, query] of Object.entries(QUERIES(id))) {
    expect(JSON.stringify(await commands.data(query, {}, FULL)), name).toMatch(WORDS);
    expect(JSON.stringify(await commands.data(query, {}, NARROWED)), name).not.toMatch(WORDS);
    expect(JSON.stringify(await commands.data(query, {}, NARROWED)), name).not.toMatch(/POLICY_|"Policy"/);
  }
  expect((await commands.data("{ policies { totalCount } }", {}, NARROWED)).policies.totalCount).toBe(0);
  await expectHiddenEvents(commands, "policy.", { full: FULL, narrowed: NARROWED, count: 3 });
});

test("a token with a models claim applies and deletes none, before any look-up", async () => {
  for (const mutation of [
    policy("hidden-policy", "mode: OFF"),
    policy("new"),
    policy("hidden-policy", "dryRun: true, expectedRevision: 7"),
    `deletePolicy(input: { name: "hidden-policy" })`,
    `deletePolicy(input: { name: "missing" })`,
  ]) {
    const refused = await commands.refusalOf(mutation, NARROWED);
    expect(refused).toMatchObject({ code: "FORBIDDEN", requiredScopes: ["policies:write"] });
    expect(refused.message).toMatch(/^(apply|delete)Policy requires a token without a models claim/);
    for (const scopes of [SCOPES.filter((scope) => scope !== "policies:write"), ["policies:override" as const]]) {
      expect(await commands.refusalOf(mutation, { scopes })).toMatchObject({
        code: "FORBIDDEN",
        requiredScopes: ["policies:write"],
      });
    }
  }
});

test("a token that may not read models writes policies, and reads nothing back", async () => {
  const dry = policy("hidden-policy", "dryRun: true, mode: OFF");
  const { data, errors } = await commands.request(`mutation { ${dry} { changed previousDefinition } }`, {}, BLIND);
  expect(JSON.stringify([data, errors])).not.toMatch(/hidden-(model|group)/);
  expect(errors?.[0]?.extensions).toMatchObject({ code: "FORBIDDEN", requiredScopes: ["models:read"] });
  for (const mutation of [
    policy("hidden-policy", "expectedRevision: 7"),
    policy("missing", "expectedRevision: 7"),
    `deletePolicy(input: { name: "hidden-policy", expectedRevision: 7 })`,
  ]) {
    const refused = await commands.refusalOf(mutation, BLIND);
    expect(refused).toMatchObject({ code: "CONFLICT", field: "input.expectedRevision" });
    expect(refused).not.toHaveProperty("revision");
  }
});

test("lists of holders show to readers of models only, and of one model to a narrowed token", async () => {
  const out = (name: string) =>
    all(register(name), register(name), move(name, 1, "PRODUCTION"), move(name, 2, "PRODUCTION"));
  await commands.mutate(`${out("hidden-other")}\n${out("other-2").replace(/m(\d)/g, "n$1")}`, PIPELINE);
  const single = `applyPolicy(input: { name: "single", selector: { models: ["*other*"] }, target: { stages: [PRODUCTION] }, rules: [{ singleHolder: true }] })`;
  expect(await commands.refusalOf(single, FULL)).toMatchObject({
    code: "CONFLICT",
    stages: [{ modelName: "hidden-other", stage: "PRODUCTION", numbers: [1, 2] }, { modelName: "other-2" }],
  });
  const refused = await commands.refusalOf(single, BLIND);
  expect(refused).toMatchObject({ code: "CONFLICT" });
  expect(JSON.stringify(refused)).not.toMatch(/other/);
  await commands.mutate(all(`${single.replace("*other*", "single*")}`));
  const rename = `renameModel(input: { model: { name: "other-2" }, newName: "single-2" })`;
  const conflict = await commands.refusalOf(rename, NARROWED);
  expect(conflict).toMatchObject({ code: "CONFLICT", stages: [{ modelName: "single-2", numbers: [1, 2] }] });
  expect(JSON.stringify(conflict)).not.toMatch(/hidden/);
});

test("refusals to a token that may not read models name no policy", async () => {
  await commands.mutate(all(register("seen-model")), PIPELINE);
  for (const mutation of [
    move("seen-model", 1, "PRODUCTION"),
    point("live", "seen-model", 1),
    tagged(onModel("seen-model"), "tier", "low"),
    `renameModel(input: { model: { name: "seen-model" }, newName: "out" })`,
    `registerModel(input: { name: "seen-b", tags: [{ key: "tier", value: "low" }] })`,
  ]) {
    const scopes = BLIND.scopes?.filter((scope) => scope !== "policies:write") ?? [];
    const refused = await commands.refusalOf(mutation, { ...BLIND, scopes });
    expect(refused.code).toBe("FORBIDDEN");
    expect(JSON.stringify(refused)).not.toMatch(WORDS);
  }
});
