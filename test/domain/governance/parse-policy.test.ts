import { describe, expect, test } from "vitest";
import { type PolicyInput, parsePolicy } from "../../../src/domain/governance/parse-policy.js";
import type { RuleInput } from "../../../src/domain/governance/parse-rule.js";
import { canonicalJson, type JsonValue } from "../../../src/domain/values/json.js";
import { refusalOf } from "../../support/refusal.js";
import { AT, ago } from "./promotions.js";

const GATE: PolicyInput = { name: "gate", target: { stages: ["PRODUCTION"] }, rules: [{ reason: {} }] };

/** The field and the sentence of a refusal, as one line. */
function refused(input: Partial<PolicyInput>): string {
  const { field, message } = refusalOf(() => parsePolicy("input", { ...GATE, ...input }));
  return `${field} | ${message}`;
}

const refusedRule = (rule: RuleInput, target: PolicyInput["target"] = GATE.target) =>
  refused({ target, rules: [{ reason: {} }, rule] });

test("a policy gets its defaults", () => {
  expect(parsePolicy("input", GATE)).toMatchInlineSnapshot(`
    {
      "definition": {
        "protection": {
          "freezeDescription": false,
          "freezeTags": false,
          "reservedTags": [],
        },
        "rules": [
          {
            "kind": "reason",
            "minimumLength": 1,
            "onRollback": "ASK",
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
      "mode": "ENFORCE",
      "name": "gate",
    }
  `);
});

test("a policy with everything is JSON", () => {
  const parsed = parsePolicy("input", {
    name: "high risk",
    mode: "EVALUATE",
    selector: { models: ["fraud-*"], tags: [{ key: "risk-tier", values: ["high"] }] },
    target: { stages: ["PRODUCTION", "STAGING"], aliases: ["canary", "shadow-*"] },
    rules: [
      { previous: { stage: "STAGING", minimumSeconds: 86_400 } },
      { present: { field: "DIGEST" } },
      { runStatus: { in: ["FINISHED"] } },
      { tag: { key: "ticket", pattern: "RISK-[0-9]+" } },
      { metric: { key: "auc", comparator: "GT", value: 0.8, evidenceFrom: { groups: ["evaluation"] } } },
      { metricAgainstHolder: { key: "auc", direction: "HIGHER_IS_BETTER", relativeTolerance: 0.01 } },
      { check: { name: "bias", maxAgeSeconds: 3_600, onRollback: "SKIP" } },
      { singleHolder: true },
      { reason: { minimumLength: 20 } },
      { freeze: { from: AT, to: ago(-60) } },
    ],
    protection: {
      freezeTags: true,
      reservedTags: [{ keys: ["approved-*"], from: { groups: ["risk"] } }],
      movers: { scopes: ["stages:approve"] },
    },
  });
  expect(JSON.parse(canonicalJson(parsed as unknown as JsonValue))).toEqual(parsed);
  expect(parsed).toMatchInlineSnapshot(`
    {
      "definition": {
        "protection": {
          "freezeDescription": false,
          "freezeTags": true,
          "movers": {
            "scopes": [
              "stages:approve",
            ],
          },
          "reservedTags": [
            {
              "from": {
                "groups": [
                  "risk",
                ],
              },
              "keys": [
                "approved-*",
              ],
            },
          ],
        },
        "rules": [
          {
            "held": "NOW",
            "kind": "previous",
            "minimumSeconds": 86400,
            "onRollback": "SKIP",
            "stage": "STAGING",
          },
          {
            "field": "DIGEST",
            "kind": "present",
            "onRollback": "ASK",
          },
          {
            "in": [
              "FINISHED",
            ],
            "kind": "runStatus",
            "onRollback": "ASK",
          },
          {
            "key": "ticket",
            "kind": "tag",
            "on": "VERSION",
            "onRollback": "ASK",
            "pattern": "RISK-[0-9]+",
          },
          {
            "comparator": "GT",
            "evidenceFrom": {
              "groups": [
                "evaluation",
              ],
            },
            "ifMissing": "FAIL",
            "key": "auc",
            "kind": "metric",
            "onRollback": "ASK",
            "value": 0.8,
          },
          {
            "direction": "HIGHER_IS_BETTER",
            "ifMissing": "FAIL",
            "key": "auc",
            "kind": "metricAgainstHolder",
            "onRollback": "SKIP",
            "tolerance": {
              "relative": 0.01,
            },
          },
          {
            "kind": "check",
            "maxAgeSeconds": 3600,
            "name": "bias",
            "onRollback": "SKIP",
          },
          {
            "kind": "singleHolder",
            "onRollback": "ASK",
          },
          {
            "kind": "reason",
            "minimumLength": 20,
            "onRollback": "ASK",
          },
          {
            "from": "2026-03-01T12:00:00.000Z",
            "kind": "freeze",
            "onRollback": "ASK",
            "to": "2026-03-01T12:01:00.000Z",
          },
        ],
        "selector": {
          "models": [
            "fraud-*",
          ],
          "tags": [
            {
              "key": "risk-tier",
              "values": [
                "high",
              ],
            },
          ],
        },
        "target": {
          "aliases": [
            "canary",
            "shadow-*",
          ],
          "stages": [
            "STAGING",
            "PRODUCTION",
          ],
        },
      },
      "mode": "EVALUATE",
      "name": "high risk",
    }
  `);
});

test("a protection is enough", () => {
  const { definition } = parsePolicy("input", { ...GATE, rules: null, protection: { freezeDescription: true } });
  expect(definition.protection.freezeDescription).toBe(true);
});

describe("refused", () => {
  test("names and selectors", () => {
    const tag = (key: string, values = ["x"]) => ({ key, values });
    expect([
      refused({ name: " gate" }),
      refused({ name: "x".repeat(257) }),
      refused({ selector: { models: [] } }),
      refused({ selector: { models: ["a", "a"] } }),
      refused({ selector: { models: ["a\nb"] } }),
      refused({ selector: { models: Array.from({ length: 101 }, (_, i) => `m${i}`) } }),
      refused({ selector: { tags: [tag("risk", [])] } }),
      refused({ selector: { tags: [tag("risk"), tag("risk")] } }),
      refused({ selector: { tags: Array.from({ length: 21 }, (_, i) => tag(`k${i}`)) } }),
    ]).toMatchInlineSnapshot(`
      [
        "input.name | input.name must not begin or end with a blank.",
        "input.name | input.name has 257 characters; at most 256 are allowed.",
        "input.selector.models | input.selector.models must not be empty: nothing could meet it.",
        "input.selector.models[1] | input.selector.models[1] stands in the list already.",
        "input.selector.models[0] | input.selector.models[0] must not contain control characters.",
        "input.selector.models | input.selector.models has 101 entries; at most 100 are allowed.",
        "input.selector.tags[0].values | input.selector.tags[0].values must not be empty: nothing could meet it.",
        "input.selector.tags[1].key | input.selector.tags has the key "risk" twice.",
        "input.selector.tags | input.selector.tags has 21 entries; at most 20 are allowed.",
      ]
    `);
  });

  test("targets", () => {
    expect([
      refused({ target: {} }),
      refused({ target: { stages: [], aliases: null } }),
      refused({ target: { stages: ["PRODUCTION", "ARCHIVED"] } }),
      refused({ target: { stages: ["NONE"] } }),
      refused({ target: { stages: ["STAGING", "STAGING"] } }),
      refused({ target: { aliases: ["a.b"] } }),
      refused({ target: { aliases: ["latest"] } }),
      refused({ target: { aliases: ["x".repeat(256)] } }),
    ]).toMatchInlineSnapshot(`
      [
        "input.target | input.target must give at least one of stages and aliases.",
        "input.target | input.target must give at least one of stages and aliases.",
        "input.target.stages[1] | input.target.stages[1] must be STAGING or PRODUCTION: every version begins in NONE, and ARCHIVED takes a version out of use, so neither needs a gate.",
        "input.target.stages[0] | input.target.stages[0] must be STAGING or PRODUCTION: every version begins in NONE, and ARCHIVED takes a version out of use, so neither needs a gate.",
        "input.target.stages[1] | input.target.stages[1] stands in the list already.",
        "input.target.aliases[0] | input.target.aliases[0] must be 1 to 255 letters, digits, "_", "-" or "*".",
        "input.target.aliases[0] | input.target.aliases[0] must not be "latest" or "v<digits>": these names are reserved.",
        "input.target.aliases[0] | input.target.aliases[0] must be 1 to 255 letters, digits, "_", "-" or "*".",
      ]
    `);
  });

  test("what does nothing", () => {
    expect([
      refused({ rules: [] }),
      refused({ rules: null, protection: { freezeTags: false, reservedTags: [] } }),
    ]).toMatchInlineSnapshot(`
      [
        "input.rules | input must have a rule or a protection: without both it does nothing. To turn a policy off, set mode to OFF.",
        "input.rules | input must have a rule or a protection: without both it does nothing. To turn a policy off, set mode to OFF.",
      ]
    `);
  });

  test("protections", () => {
    const reserved = { keys: ["a"], from: { groups: ["risk"] } };
    expect([
      refused({ protection: { movers: {} } }),
      refused({ protection: { reservedTags: [reserved, { ...reserved, keys: [] }] } }),
      refused({ protection: { reservedTags: [{ ...reserved, from: { subjects: [] } }] } }),
      refused({ protection: { reservedTags: Array.from({ length: 51 }, () => reserved) } }),
    ]).toMatchInlineSnapshot(`
      [
        "input.protection.movers | input.protection.movers must give at least one of subjects, issuers, groups and scopes.",
        "input.protection.reservedTags[1].keys | input.protection.reservedTags[1].keys must not be empty: nothing could meet it.",
        "input.protection.reservedTags[0].from.subjects | input.protection.reservedTags[0].from.subjects must not be empty: nobody could meet it.",
        "input.protection.reservedTags | input.protection.reservedTags has 51 entries; at most 50 are allowed.",
      ]
    `);
  });

  test("rules that are none or more than one", () => {
    expect([
      refusedRule({}),
      refusedRule({ reason: {}, singleHolder: true }),
      refusedRule({ singleHolder: false as true }),
      refused({ rules: Array.from({ length: 101 }, () => ({ reason: {} })) }),
    ]).toMatchInlineSnapshot(`
      [
        "input.rules[1] | input.rules[1] must give exactly one of previous, present, runStatus, tag, metric, metricAgainstHolder, check, singleHolder, reason, approvals, freeze.",
        "input.rules[1] | input.rules[1] must give exactly one of previous, present, runStatus, tag, metric, metricAgainstHolder, check, singleHolder, reason, approvals, freeze.",
        "input.rules[1].singleHolder | input.rules[1].singleHolder must be true, or absent.",
        "input.rules | input.rules has 101 entries; at most 100 are allowed.",
      ]
    `);
  });

  test("rules that can never be met", () => {
    const metric = { key: "auc", comparator: "GT", value: Number.POSITIVE_INFINITY } as const;
    expect([
      refusedRule({ freeze: { from: AT, to: AT } }),
      refusedRule({ metric }),
      refusedRule({ metric: { ...metric, comparator: "LT", value: Number.NEGATIVE_INFINITY } }),
      refusedRule({ metric: { ...metric, comparator: "GTE", value: Number.NaN } }),
      refusedRule({ previous: { stage: "PRODUCTION" } }),
      refusedRule({ previous: { alias: "canary" } }, { aliases: ["canary"] }),
      refusedRule({ singleHolder: true }, { aliases: ["canary"] }),
      refusedRule({ tag: { key: "ticket", values: [] } }),
      refusedRule({ tag: { key: "ticket", pattern: "(?<=a)b" } }),
      refusedRule({ reason: { pattern: "(" } }),
    ]).toMatchInlineSnapshot(`
      [
        "input.rules[1].freeze.to | input.rules[1].freeze.to must be after input.rules[1].freeze.from: the freeze would be empty.",
        "input.rules[1].metric.value | input.rules[1].metric.value must be a finite number: a bound that is infinite decides nothing.",
        "input.rules[1].metric.value | input.rules[1].metric.value must be a finite number: a bound that is infinite decides nothing.",
        "input.rules[1].metric.value | input.rules[1].metric.value must be a finite number: no value compares with NaN.",
        "input.rules[1].previous.stage | input.rules[1].previous.stage must not be the only target of the policy: a version is never at the target before it gets there. Set held to EVER, or name another stage.",
        "input.rules[1].previous.alias | input.rules[1].previous.alias must not be the only target of the policy: a version is never at the target before it gets there. Set held to EVER, or name another alias.",
        "input.rules[1].singleHolder | input.rules[1].singleHolder needs a stage in target.stages: an alias has one holder always, so there is nothing to decide.",
        "input.rules[1].tag.values | input.rules[1].tag.values must not be empty: nothing could meet it.",
        "input.rules[1].tag.pattern | input.rules[1].tag.pattern must be a pattern in the syntax of RE2, without look-around and back-references: error parsing regexp: invalid named capture: \`(?<=a)b\`.",
        "input.rules[1].reason.pattern | input.rules[1].reason.pattern must be a pattern in the syntax of RE2, without look-around and back-references: error parsing regexp: missing closing ): \`(\`.",
      ]
    `);
  });
});

test.each<[string, RuleInput, PolicyInput["target"]]>([
  ["EVER at the only target", { previous: { stage: "PRODUCTION", held: "EVER" } }, { stages: ["PRODUCTION"] }],
  ["at one target of two", { previous: { stage: "STAGING" } }, { stages: ["STAGING", "PRODUCTION"] }],
  ["at a stage before an alias", { previous: { stage: "PRODUCTION" } }, { aliases: ["canary"] }],
  ["under another alias that the glob has", { previous: { alias: "eu-1" } }, { aliases: ["eu-*"] }],
  ["one holder of a stage beside aliases", { singleHolder: true }, { stages: ["STAGING"], aliases: ["canary"] }],
])("not refused: %s", (_, rule, target) => {
  expect(parsePolicy("input", { ...GATE, target, rules: [rule] }).definition.rules).toHaveLength(1);
});
