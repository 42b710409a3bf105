import { beforeAll, expect, test } from "vitest";
import { countStatements } from "../../support/database/statements.js";
import type { As } from "../../support/server.js";
import { useCommandServer } from "../command-server.js";

const commands = useCommandServer();
const READER: As = { subject: "reader", scopes: ["models:read"] };
const NARROWED: As = { ...READER, models: ["fraud*"] };

beforeAll(async () => {
  await commands.mutate(`
    fraud: registerModel(input: { name: "fraud", tags: [{ key: "tier", value: "high" }] }) { model { id } }
    churn: registerModel(input: { name: "churn", tags: [{ key: "tier", value: "low" }] }) { model { id } }
    care: applyPolicy(input: {
      name: "care", selector: { models: ["*"], tags: [{ key: "tier", values: ["high"] }] }
      target: { stages: [PRODUCTION], aliases: ["live-*"] }
      rules: [{ reason: { minimumLength: 5 } }, { approvals: { quorum: 2 } }]
    }) { changed }
    watch: applyPolicy(input: {
      name: "watch", mode: EVALUATE, selector: { models: ["*"] }, target: { stages: [STAGING] }, rules: [{ reason: {} }]
    }) { changed }
    off: applyPolicy(input: {
      name: "off", mode: OFF, selector: { models: ["*"] }, target: { stages: [STAGING] }, rules: [{ reason: {} }]
    }) { changed }
  `);
});

const guardsOf = async (name: string, args = "", as: As = READER) =>
  (
    await commands.data(
      `{ model(name: "${name}") { guards${args} { name revision mode stages aliases rules { position kind requirement } } } }`,
      {},
      as,
    )
  ).model?.guards;

test("a model shows the policies that select it now, what each guards, and what it requires", async () => {
  expect(await guardsOf("fraud")).toMatchInlineSnapshot(`
    [
      {
        "aliases": [
          "live-*",
        ],
        "mode": "ENFORCE",
        "name": "care",
        "revision": 1,
        "rules": [
          {
            "kind": "REASON",
            "position": 1,
            "requirement": "The move has a reason of at least 5 characters.",
          },
          {
            "kind": "APPROVALS",
            "position": 2,
            "requirement": "The promotion has 2 approvals, not by the requester or the registrant of the version.",
          },
        ],
        "stages": [
          "PRODUCTION",
        ],
      },
      {
        "aliases": [],
        "mode": "EVALUATE",
        "name": "watch",
        "revision": 1,
        "rules": [
          {
            "kind": "REASON",
            "position": 1,
            "requirement": "The move has a reason.",
          },
        ],
        "stages": [
          "STAGING",
        ],
      },
    ]
  `);
  const names = async (name: string, args = "") =>
    (await guardsOf(name, args)).map((guard: { name: string }) => guard.name);
  expect(await names("fraud", "(stage: PRODUCTION)")).toEqual(["care"]);
  expect(await names("churn")).toEqual(["watch"]);
  await commands.mutate(
    `setTag(input: { on: { model: { name: "churn" } }, key: "tier", value: "high" }) { __typename }`,
  );
  expect(await names("churn")).toEqual(["care", "watch"]);
});

test("a narrowed token reads the guards of the models that it covers, and of no other", async () => {
  expect(await guardsOf("fraud", "", NARROWED)).toHaveLength(2);
  expect(await guardsOf("churn", "", NARROWED)).toBeUndefined();
  const { errors } = await commands.request(
    `{ model(name: "fraud") { guards { name } } }`,
    {},
    { scopes: ["runs:read"] },
  );
  expect(errors?.[0]?.extensions).toMatchObject({ code: "FORBIDDEN", requiredScopes: ["models:read"] });
});

test("the guards of a page of models cost one statement", async () => {
  const read = (fields: string) => () => commands.data(`{ models(first: 50) { nodes { id ${fields} } } }`, {}, READER);
  const without = await countStatements(read(""));
  expect(await countStatements(read("guards { name }"))).toBe(without + 1);
  await commands.mutate(`registerModel(input: { name: "more" }) { model { id } }`);
  expect(await countStatements(read("guards { name }"))).toBe(without + 1);
});
