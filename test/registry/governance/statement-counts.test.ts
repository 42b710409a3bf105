import { beforeAll, describe, expect, test } from "vitest";
import { countStatements } from "../../support/database/statements.js";
import { useCommandServer } from "../command-server.js";

const commands = useCommandServer();
const range = (size: number) => Array.from({ length: size }, (_, i) => i);

const count = (document: string) => countStatements(() => commands.data(document));

const ref = (number: number) => `{ number: { model: "m", number: ${number} } }`;
const NEW = `model: { name: "m" }, source: "s3://b/x"`;
const TAGS = `tags: [{ key: "tier", value: "low" }]`;

beforeAll(async () => {
  for (const _ of range(3))
    await commands.mutate(
      `createModelVersion(input: { createModel: true, ${NEW} }) { __typename } createModelVersion2: createModelVersion(input: { model: { name: "gone" }, createModel: true, source: "s3://b/x" }) { __typename }`,
    );
});

describe("without a policy a command takes a fixed number of statements, and one more where a selector or a target is", () => {
  test.each<[string, number, 0 | 1, string]>([
    ["registerModel", 4, 0, `registerModel(input: { name: "plain" })`],
    ["registerModel, tags", 5, 1, `registerModel(input: { name: "tagged", ${TAGS} })`],
    ["createModelVersion", 5, 0, `createModelVersion(input: { ${NEW} })`],
    ["createModelVersion, tags", 6, 0, `createModelVersion(input: { ${NEW}, ${TAGS} })`],
    ["createModelVersion, aliases", 9, 1, `createModelVersion(input: { ${NEW}, aliases: ["a", "b"] })`],
    ["transitionModelVersion", 5, 1, `transitionModelVersion(input: { version: ${ref(1)}, to: PRODUCTION })`],
    [
      "transitionModelVersion, archiveExisting",
      7,
      1,
      `transitionModelVersion(input: { version: ${ref(2)}, to: PRODUCTION, archiveExisting: true })`,
    ],
    ["transitionModelVersion to ARCHIVED", 5, 0, `transitionModelVersion(input: { version: ${ref(3)}, to: ARCHIVED })`],
    ["setAlias", 7, 1, `setAlias(input: { model: { name: "m" }, number: 1, alias: "c" })`],
    ["setAlias of one that is set", 7, 1, `setAlias(input: { model: { name: "m" }, number: 2, alias: "c" })`],
    ["deleteAlias", 6, 0, `deleteAlias(input: { model: { name: "m" }, alias: "c" })`],
    ["setTag on a model", 6, 1, `setTag(input: { on: { model: { name: "m" } }, key: "a", value: "b" })`],
    ["deleteTag on a model", 6, 1, `deleteTag(input: { on: { model: { name: "m" } }, key: "a" })`],
    ["setTag on a version", 6, 0, `setTag(input: { on: { modelVersion: ${ref(1)} }, key: "a", value: "b" })`],
    ["deleteTag on a version", 6, 0, `deleteTag(input: { on: { modelVersion: ${ref(1)} }, key: "a" })`],
    ["updateModel", 5, 0, `updateModel(input: { model: { name: "m" }, description: "d" })`],
    ["updateModelVersion", 5, 0, `updateModelVersion(input: { version: ${ref(1)}, description: "d" })`],
    ["deleteModelVersion", 8, 0, `deleteModelVersion(input: { version: ${ref(3)} })`],
    ["deleteModelVersion, force", 9, 0, `deleteModelVersion(input: { version: ${ref(2)}, force: true })`],
    ["renameModel", 5, 1, `renameModel(input: { model: { name: "m" }, newName: "n" })`],
    ["deleteModel", 9, 0, `deleteModel(input: { model: { name: "gone" } })`],
  ])("%s", async (_, before, more, mutation) => {
    expect(await count(`mutation { ${mutation} { __typename } }`)).toBe(before + more);
  });
});

describe("with policies", () => {
  const RULES = `rules: [
    { reason: {} } { check: { name: "scan" } } { tag: { key: "owner" } } { present: { field: RUN } }
    { metric: { key: "auc", comparator: GT, value: 1 } } { metricAgainstHolder: { key: "auc", direction: HIGHER_IS_BETTER } }
    { previous: { stage: STAGING, held: EVER } } { singleHolder: true }]`;

  beforeAll(async () => {
    await commands.mutate(
      `createModelVersion(input: { model: { name: "guarded" }, createModel: true, source: "s3://b/x" }) { __typename }
       applyPolicy(input: { name: "first", mode: EVALUATE, target: { stages: [PRODUCTION, STAGING] } ${RULES} }) { __typename }`,
    );
  });

  test("a preview of 200 policies takes as many statements as one of a single policy", async () => {
    const preview = `{ previewPromotion(version: { number: { model: "guarded", number: 1 } }, target: { stage: PRODUCTION }) { rules { status evidence { summary } } } }`;
    expect(await count(preview)).toBe(4);
    await commands.server.database.pool.query(
      `INSERT INTO "Policy" SELECT (jsonb_populate_record(p, jsonb_build_object('id', gen_random_uuid(), 'name', 'copy ' || i))).*
       FROM "Policy" AS p, generate_series(1, 199) AS i`,
    );
    expect((await commands.data(preview)).previewPromotion.rules).toHaveLength(200 * 8);
    expect(await count(preview)).toBe(4);
  });

  test("the decisions of a page of transitions are one statement", async () => {
    await commands.server.database.pool.query(`DELETE FROM "Policy" WHERE "name" LIKE 'copy %'`);
    for (const i of range(12))
      await commands.mutate(
        `transitionModelVersion(input: { version: { number: { model: "guarded", number: 1 } }, to: ${i % 2 ? "STAGING" : "PRODUCTION"} }) { __typename }`,
      );
    const page = (selection: string) => `{ stageTransitions(first: 50) { nodes { id ${selection} } } }`;
    const decisions = `decision { overrideReason policies { name } rules { status evidence { summary } } }`;
    const { stageTransitions } = await commands.data(page(decisions));
    expect(stageTransitions.nodes.filter(({ decision }: { decision: unknown }) => decision !== null)).toHaveLength(12);
    expect(await count(page(""))).toBe(1);
    expect(await count(page(decisions))).toBe(2);
  });
});
