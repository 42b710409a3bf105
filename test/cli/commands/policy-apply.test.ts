import { expect, test } from "vitest";
import { runCommand } from "../../support/command-fixture.js";
import { usePolicyCommands } from "./policy-fixture.js";

const commands = usePolicyCommands();

const HIGH_RISK = `
policies:
  - name: high-risk
    mode: EVALUATE
    selector:
      models: ["fraud*"]
      tags: [{ key: risk-tier, values: [high] }]
    target: { stages: [PRODUCTION], aliases: [canary] }
    rules:
      - metric: { key: auc, comparator: GTE, value: 0.9 }
      - check: { name: bias-scan, evidenceFrom: { groups: [quality] } }
      - freeze: { from: 2026-12-20T00:00:00Z, to: 2027-01-04T00:00:00+01:00 }
    protection:
      freezeTags: true
`;
const TICKETS = `
  - name: tickets
    target: { stages: [PRODUCTION] }
    rules:
      - reason: { pattern: "[A-Z]+-[0-9]+" }
`;

test("a dry run says what would change, and writes nothing", async () => {
  expect(await commands.apply(HIGH_RISK + TICKETS, "--dry-run")).toMatchInlineSnapshot(`
    {
      "code": 0,
      "err": "",
      "out": "high-risk: would be created, revision 1
        EVALUATE for the models fraud*, risk-tier = high, on PRODUCTION, alias canary
      + rules[0]: The metric "auc" is at least 0.9.
      + rules[1]: The check "bias-scan" passed. Only evidence from group quality counts.
      + rules[2]: No move from 2026-12-20T00:00:00.000Z on and before 2027-01-03T23:00:00.000Z.
      + protection.freezeTags: true
    tickets: would be created, revision 1
        ENFORCE for the models *, on PRODUCTION
      + rules[0]: The move has a reason that the pattern [A-Z]+-[0-9]+ matches.
    Dry run: 2 created, 0 changed, 0 unchanged. Nothing was written.
    ",
    }
  `);
  expect(await commands.run({}, "list")).toMatchInlineSnapshot(`
    {
      "code": 0,
      "err": "shelfmark: There are no policies. A token with a models claim sees none.
    ",
      "out": "",
    }
  `);
});

test("creates, leaves alone and changes, a line for each path and each rule", async () => {
  const created = await commands.apply(HIGH_RISK + TICKETS);
  expect(created.code).toBe(0);
  expect(created.out).toContain("Policies: 2 created, 0 changed, 0 unchanged.");
  expect((await commands.apply(HIGH_RISK + TICKETS)).out).toMatchInlineSnapshot(`
    "high-risk: unchanged, revision 1
    tickets: unchanged, revision 1
    Policies: 0 created, 0 changed, 2 unchanged.
    "
  `);
  const changed = HIGH_RISK.replace("EVALUATE", "ENFORCE")
    .replace("values: [high]", "values: [high, medium]")
    .replace(/ +- metric.*\n/, "      - present: { field: DIGEST }\n")
    .replace("name: bias-scan,", "name: bias-scan, maxAgeSeconds: 86400,")
    .replace("freezeTags: true", "movers: { groups: [release] }");
  expect(await commands.apply(changed)).toMatchInlineSnapshot(`
    {
      "code": 0,
      "err": "shelfmark: Not in the file, and left alone: tickets. To delete one: shelfmark policy delete NAME.
    ",
      "out": "high-risk: changed, revision 1 → 2
      ~ mode: EVALUATE → ENFORCE
      ~ selector.tags[0].values: [high] → [high, medium]
      ~ protection.freezeTags: true → false
      ~ protection.movers: not set → { groups: [release] }
      - rules[0]: The metric "auc" is at least 0.9.
      + rules[0]: The version has a digest.
      ~ rules[1].check.maxAgeSeconds: not set → 86400
    Policies: 0 created, 1 changed, 0 unchanged.
    ",
    }
  `);
  expect(await commands.run({}, "list")).toMatchInlineSnapshot(`
    {
      "code": 0,
      "err": "",
      "out": "NAME       REVISION  MODE     MODELS                             TARGET                    RULES
    high-risk  2         ENFORCE  fraud*, risk-tier = high | medium  PRODUCTION, alias canary  3
    tickets    1         ENFORCE  *                                  PRODUCTION                1
    ",
    }
  `);
});

test("rules in another order are a change", async () => {
  const [first, second] = ["- present: { field: DIGEST }", "- present: { field: RUN }"];
  const file = (...rules: string[]) => `policies:
  - name: order
    target: { aliases: ["shadow-*"] }
    rules:
      ${rules.join("\n      ")}
`;
  await commands.apply(file(first, second));
  expect((await commands.apply(file(second, first))).out).toMatchInlineSnapshot(`
    "order: changed, revision 1 → 2
      ~ rules: the same, in another order
    Policies: 0 created, 1 changed, 0 unchanged.
    "
  `);
});

test("what the server refuses names the line, the policy and the place, and nothing is written", async () => {
  const file = `policies:
  - name: good
    target: { stages: [PRODUCTION] }
    rules:
      - present: { field: DIGEST }
  - name: not-a-number
    target: { stages: [PRODUCTION] }
    rules:
      - reason: {}
      - metric:
          key: auc
          comparator: GTE
          value: .nan
  - name: unknown-key
    target: { stages: [PRODUCTION] }
    rules:
      - metric:
          key: auc
          compare: GTE
          value: 1
  - name: unknown-rule
    target: { stages: [PRODUCTION] }
    rules: [{ metrics: { key: auc } }]
  - name: unknown-stage
    target: { stages: [PROD] }
    rules: [{ present: { field: DIGEST } }]
  - name: idle
    target: { stages: [PRODUCTION] }
  - name: old
    expectedRevision: 7
    target: { stages: [PRODUCTION] }
    rules: [{ present: { field: DIGEST } }]
  - name: no-text
    target: { stages: [PRODUCTION] }
    rules: [{ tag: { key: approved, values: [true] } }]
  - name: no-time
    target: { stages: [PRODUCTION] }
    rules: [{ freeze: { from: 2026-12-20, to: 2027-01-04T00:00:00Z } }]
`;
  expect(await commands.apply(file)).toMatchInlineSnapshot(`
    {
      "code": 1,
      "err": "shelfmark: policies.yaml:13: not-a-number: policies[1].rules[1].metric.value must be a finite number: no value compares with NaN.
    shelfmark: policies.yaml:17: unknown-key: policies[2].rules[0].metric.comparator: Field "comparator" of required type "Comparator!" was not provided.
    shelfmark: policies.yaml:23: unknown-rule: policies[3].rules[0].metrics: Field "metrics" is not defined by type "PolicyRuleInput".
    shelfmark: policies.yaml:25: unknown-stage: policies[4].target.stages[0]: Value "PROD" does not exist in "Stage" enum.
    shelfmark: policies.yaml:27: idle: policies[5] must have a rule or a protection: without both it does nothing. To turn a policy off, set mode to OFF.
    shelfmark: policies.yaml:30: old: CONFLICT: The policy "old" does not exist.
    shelfmark: policies.yaml:35: no-text: policies[7].rules[0].tag.values[0]: String cannot represent a non string value: true. Put it in quotes.
    shelfmark: policies.yaml:38: no-time: policies[8].rules[0].freeze.from: DateTime must be RFC 3339 text with an offset, such as 2026-11-23T08:30:00.000Z: a day of the calendar, and a time from 00:00:00 to 23:59:59.
    shelfmark: Nothing was written.
    ",
      "out": "",
    }
  `);
  expect((await commands.run({}, "show", "good")).err).toMatchInlineSnapshot(`
    "shelfmark: There is no policy "good", or this token may not see it.
    "
  `);
});

test("a file of another form is a mistake", async () => {
  const errors = [];
  for (const text of [
    "policies: [",
    "name: x",
    "policies: []\nversion: 1",
    "policies: [{ mode: ENFORCE }]",
    "policies: [{ name: a }, { name: a }]",
    "policies: [{ name: a, dryRun: true }]",
  ]) {
    const { code, err } = await commands.apply(text);
    errors.push(`${code} ${err}`);
  }
  expect(errors.join("")).toMatchInlineSnapshot(`
    "2 shelfmark: policies.yaml:1: Flow sequence in block collection must be sufficiently indented and end with a ]
    2 shelfmark: policies.yaml: the file must have a list named policies.
    2 shelfmark: policies.yaml: "version" is not known: beside policies, nothing may stand in the file.
    2 shelfmark: policies.yaml: policies[0] must have a name.
    2 shelfmark: policies.yaml: policies[1]: the name "a" stands in the file twice.
    2 shelfmark: policies.yaml: policies[0]: dryRun does not belong in the file. Use --dry-run.
    "
  `);
});

test("standard input, and a token that may not", async () => {
  const env = {
    SHELFMARK_URL: commands.server.url,
    SHELFMARK_TOKEN: await commands.server.token({ scopes: ["models:read"] }),
  };
  expect(await runCommand(["policy", "apply", "-f", "-"], env, HIGH_RISK)).toMatchInlineSnapshot(`
    {
      "code": 1,
      "err": "shelfmark: standard input:3: high-risk: FORBIDDEN: applyPolicy requires the scope policies:write, which this token does not have.
    shelfmark: Nothing was written.
    ",
      "out": "",
    }
  `);
});
