import { expect, test } from "vitest";
import { useCommandServer } from "../../registry/command-server.js";

const commands = useCommandServer();

type Input = Record<string, unknown>;
const BASE: Input = { name: "p", target: { stages: ["PRODUCTION"] }, rules: [{ reason: {} }] };
const rules = (...list: Input[]): Input => ({ rules: list });
const many = (count: number) => Array.from({ length: count }, (_, index) => `n${index}`);
const APPLY = `mutation ($input: ApplyPolicyInput!) { applyPolicy(input: $input) { revision } }`;
const metric = (more: Input) => rules({ metric: { key: "auc", comparator: "GTE", value: 1, ...more } });
const against = (more: Input) => rules({ metricAgainstHolder: { key: "auc", direction: "HIGHER_IS_BETTER", ...more } });
const tag = (more: Input) => rules({ tag: { key: "k", ...more } });
const freeze = (from: string, to: string) => rules({ freeze: { from: `${from}T00:00:00Z`, to: `${to}T00:00:00Z` } });
const reserved = (...keys: string[]) => ({ protection: { reservedTags: [{ keys, from: { groups: ["g"] } }] } });

test.each<[string, Input]>([
  ["input.name", { name: "" }],
  ["input.name", { name: "n".repeat(257) }],
  ["input.name", { name: "a\u0000b" }],
  ["input.rules", { rules: [] }],
  ["input.rules", rules(...many(101).map(() => ({ reason: {} })))],
  ["input.target", { target: {} }],
  ["input.target", { target: { stages: [], aliases: [] } }],
  ["input.target.stages[0]", { target: { stages: ["NONE"] } }],
  ["input.target.stages[1]", { target: { stages: ["STAGING", "ARCHIVED"] } }],
  ["input.target.stages[1]", { target: { stages: ["STAGING", "STAGING"] } }],
  ["input.target.aliases[0]", { target: { aliases: ["a b"] } }],
  ["input.target.aliases[1]", { target: { aliases: ["a", ""] } }],
  ["input.target.aliases", { target: { aliases: many(101) } }],
  ["input.selector.models", { selector: { models: [] } }],
  ["input.selector.models", { selector: { models: many(101) } }],
  ["input.selector.models[0]", { selector: { models: ["m".repeat(257)] } }],
  ["input.selector.tags", { selector: { tags: many(21).map((key) => ({ key, values: ["v"] })) } }],
  ["input.selector.tags[0].values", { selector: { tags: [{ key: "k", values: [] }] } }],
  ["input.selector.tags[0].values", { selector: { tags: [{ key: "k", values: many(101) }] } }],
  ["input.selector.tags[0].key", { selector: { tags: [{ key: "", values: ["v"] }] } }],
  ["input.rules[0].previous", rules({ previous: {} })],
  ["input.rules[0].previous", rules({ previous: { stage: "STAGING", alias: "a" } })],
  ["input.rules[0].previous.stage", rules({ previous: { stage: "PRODUCTION" } })],
  ["input.rules[0].previous.minimumSeconds", rules({ previous: { stage: "STAGING", minimumSeconds: -1 } })],
  ["input.rules[0].previous.minimumSeconds", rules({ previous: { stage: "STAGING", minimumSeconds: 2_000_000_000 } })],
  ["input.rules[1].runStatus.in", rules({ reason: {} }, { runStatus: { in: [] } })],
  ["input.rules[0].tag", tag({ values: ["v"], pattern: "v" })],
  ["input.rules[0].tag.values", tag({ values: [] })],
  ["input.rules[0].tag.values", tag({ values: many(101) })],
  ["input.rules[0].tag.values[0]", tag({ values: ["v".repeat(1_001)] })],
  ["input.rules[0].tag.pattern", tag({ pattern: "(" })],
  ["input.rules[0].tag.pattern", tag({ pattern: "(a)\\1" })],
  ["input.rules[0].tag.pattern", tag({ pattern: "(?=a)a" })],
  ["input.rules[0].tag.pattern", tag({ pattern: "a{0,1000}".repeat(55) })],
  ["input.rules[0].tag.pattern", tag({ pattern: "(a{0,30}){0,30}" })],
  ["input.rules[0].tag.pattern", tag({ pattern: "p".repeat(501) })],
  ["input.rules[0].tag.evidenceFrom", tag({ evidenceFrom: {} })],
  ["input.rules[0].tag.evidenceFrom.groups", tag({ evidenceFrom: { groups: [] } })],
  ["input.rules[0].tag.evidenceFrom.groups", tag({ evidenceFrom: { groups: many(101) } })],
  ["input.rules[0].tag.evidenceFrom.scopes", tag({ evidenceFrom: { scopes: ["models:everything"] } })],
  ["input.rules[0].metric.value", metric({ value: "NaN" })],
  ["input.rules[0].metric.value", metric({ value: "Infinity" })],
  ["input.rules[0].metric.key", metric({ key: "" })],
  ["input.rules[0].metric.datasetDigest", metric({ datasetDigest: "?" })],
  ["input.rules[0].metricAgainstHolder", against({ absoluteTolerance: 1, relativeTolerance: 1 })],
  ["input.rules[0].metricAgainstHolder.absoluteTolerance", against({ absoluteTolerance: -1 })],
  ["input.rules[0].check.maxAgeSeconds", rules({ check: { name: "c", maxAgeSeconds: 0 } })],
  ["input.rules[0].check.name", rules({ check: { name: "" } })],
  ["input.rules[0].singleHolder", rules({ singleHolder: false })],
  ["input.rules[0].singleHolder", { ...rules({ singleHolder: true }), target: { aliases: ["a"] } }],
  ["input.rules[0].reason.minimumLength", rules({ reason: { minimumLength: 0 } })],
  ["input.rules[0].reason.minimumLength", rules({ reason: { minimumLength: 1_000_000 } })],
  ["input.rules[0].reason.pattern", rules({ reason: { pattern: "[" } })],
  ["input.rules[0].freeze.to", freeze("2026-02-01", "2026-02-01")],
  ["input.rules[0].freeze.to", freeze("2026-02-02", "2026-02-01")],
  ["input.protection.reservedTags[0].keys", reserved()],
  ["input.protection.reservedTags[0].keys", reserved(...many(101))],
  [
    "input.protection.reservedTags",
    { protection: { reservedTags: many(51).map((key) => ({ keys: [key], from: {} })) } },
  ],
  ["input.protection.movers", { protection: { movers: {} } }],
  ["input.protection.movers.subjects", { protection: { movers: { subjects: [] } } }],
])("%s is refused, case %#", async (field, more) => {
  const refused = await commands.refusal(APPLY, { input: { ...BASE, ...more } });
  expect(refused).toMatchObject({ code: "INVALID_INPUT", field });
  expect(refused.message).toMatch(/^input/);
});

test.each<[string, Input]>([
  ["two kinds in a rule", rules({ reason: {}, singleHolder: true })],
  ["no kind in a rule", rules({})],
  ["text as a bound", metric({ value: "high" })],
  ["an unknown stage", { target: { stages: ["CANARY"] } }],
  ["an unknown comparator", metric({ comparator: "LIKE" })],
  ["an approval", rules({ approvals: { count: 1 } })],
  ["a time that is none", rules({ freeze: { from: "today", to: "tomorrow" } })],
  ["an unknown mode", { mode: "LOUD" }],
])("%s is refused", async (_, more) => {
  const refused = await commands.refusal(APPLY, { input: { ...BASE, ...more } });
  expect(refused.code).toBe("INVALID_INPUT");
});
