import { describe, expect, test } from "vitest";
import { deleteTag } from "../../../src/registry/across/delete-tag.js";
import { setTag } from "../../../src/registry/across/set-tag.js";
import { deletePolicy } from "../../../src/registry/governance/delete-policy.js";
import { deleteModel } from "../../../src/registry/models/delete-model.js";
import { renameModel } from "../../../src/registry/models/rename-model.js";
import { restoreModel } from "../../../src/registry/models/restore-model.js";
import { rollback } from "../../../src/registry/versions/rollback.js";
import { transact } from "../../../src/store/connection/transaction.js";
import { codeOf, PROMOTER, range, useGateWorld } from "./gate-world.js";

const world = useGateWorld();
const ALONE = { rules: [{ singleHolder: true }] } as const;
const OF_HIGH_RISK = { ...ALONE, selector: { models: ["fraud*"], tags: [{ key: "tier", values: ["high"] }] } };

const tag = (name: string, value: string) => setTag(world.context(), { on: { model: { name } }, key: "tier", value });
const rename = (name: string, newName: string) => renameModel(world.context(), { model: { name }, newName });

/** A model with two versions in PRODUCTION. */
async function share(name: string): Promise<void> {
  await world.create(name, 2);
  for (const number of [1, 2]) await world.move(name, number, "PRODUCTION");
}

test("of 16 concurrent moves one wins, and the others are told why", async () => {
  await world.create("fraud", 16);
  await world.apply(ALONE);
  const codes = await Promise.all(range(16).map((i) => codeOf(world.move("fraud", i + 1, "PRODUCTION"))));
  expect(codes.sort()).toEqual(["OK", ...Array(15).fill("POLICY_NOT_MET")]);
  expect(await world.holders()).toHaveLength(1);
});

test("a move that archives the holder, and a rollback of it, keep one holder", async () => {
  await world.create("fraud", 2);
  await world.apply(ALONE);
  await world.move("fraud", 1, "PRODUCTION");
  await world.move("fraud", 2, "PRODUCTION", { archiveExisting: true });
  expect(await world.holders()).toEqual(["fraud/2 alone"]);
  await rollback(world.context(PROMOTER), { model: { name: "fraud" }, target: { stage: "PRODUCTION" } });
  expect(await world.holders()).toEqual(["fraud/1 alone"]);
});

test("a violation that shows only when the transaction commits is a conflict", async () => {
  await world.create("fraud", 2);
  await world.apply(ALONE);
  const forced = transact(world.database.prisma, async (tx) => {
    for (const number of [1, 2])
      await tx.$executeRaw`UPDATE "ModelVersion" SET "stage" = 'PRODUCTION' WHERE "number" = ${number}`;
  });
  await expect(forced).rejects.toMatchObject({
    code: "CONFLICT",
    message: "A policy allows the stage one holder, and another version is in it.",
  });
  expect(await world.holders()).toEqual([]);
  // the connection can be used again
  expect(await codeOf(world.move("fraud", 1, "PRODUCTION"))).toBe("OK");
});

test("a policy is refused with the list where a stage has several holders, and applied once it has one", async () => {
  for (const name of ["churn", "fraud"]) await share(name);
  await world.create("other", 1);
  await world.move("other", 1, "PRODUCTION");
  await expect(world.apply(ALONE)).rejects.toMatchObject({
    code: "CONFLICT",
    details: {
      stages: [
        { modelName: "churn", stage: "PRODUCTION", numbers: [1, 2] },
        { modelName: "fraud", stage: "PRODUCTION", numbers: [1, 2] },
      ],
    },
  });
  expect(await world.database.prisma.policy.count()).toBe(0);
  expect(await world.holders()).not.toContainEqual(expect.stringContaining("alone"));
  for (const name of ["churn", "fraud"]) await world.move(name, 1, "ARCHIVED");
  await world.apply(ALONE);
  expect(await world.holders()).toEqual(["churn/2 alone", "fraud/2 alone", "other/1 alone"]);
});

describe("a model with two holders comes under the policy", () => {
  const refused = { code: "CONFLICT", details: { stages: [{ stage: "PRODUCTION", numbers: [1, 2] }] } };

  test("by a tag, by deleting one, and by its name: each is refused", async () => {
    await world.create("fraud-a", 1);
    await tag("fraud-a", "low");
    await world.apply(OF_HIGH_RISK);
    await share("fraud-a");
    await share("other");
    await expect(tag("fraud-a", "high")).rejects.toMatchObject(refused);
    const untag = deleteTag(world.context(), { on: { model: { name: "fraud-a" } }, key: "tier" });
    await expect(untag).rejects.toMatchObject(refused);
    await expect(rename("other", "fraud-b")).rejects.toMatchObject(refused);
    expect((await world.holders()).join()).not.toContain("alone");
    const { rows } = await world.database.pool.query(`SELECT "name" FROM "Model" ORDER BY 1`);
    expect(rows).toEqual([{ name: "fraud-a" }, { name: "other" }]);
  });
});

describe("the database keeps the holder alone exactly while an enforced policy says so", () => {
  const isAlone = async () => (await world.holders()).every((holder) => holder.endsWith(" alone"));

  test.each<[string, () => Promise<unknown>, () => Promise<unknown>]>([
    ["the name", () => rename("fraud", "other"), () => rename("other", "fraud-2")],
    ["a tag", () => tag("fraud", "low"), () => tag("fraud", "high")],
    [
      "a tag that is deleted",
      () => tag("fraud", "low"),
      () => deleteTag(world.context(), { on: { model: { name: "fraud" } }, key: "tier" }),
    ],
    [
      "the policy's selector",
      () => world.apply({ ...ALONE, selector: { models: ["x"] } }),
      () => world.apply({ ...ALONE, selector: { models: ["f*"] } }),
    ],
    [
      "the policy's stages",
      () => world.apply({ ...OF_HIGH_RISK, target: { stages: ["STAGING"] } }),
      () => world.apply(OF_HIGH_RISK),
    ],
    [
      "the policy's rules",
      () => world.apply({ ...OF_HIGH_RISK, rules: [{ reason: {} }] }),
      () => world.apply(OF_HIGH_RISK),
    ],
    ["EVALUATE", () => world.apply({ ...OF_HIGH_RISK, mode: "EVALUATE" }), () => world.apply(OF_HIGH_RISK)],
    ["OFF", () => world.apply({ ...OF_HIGH_RISK, mode: "OFF" }), () => world.apply(OF_HIGH_RISK)],
    [
      "the delete of the policy",
      () => deletePolicy(world.context(), { name: "gate" }),
      () => world.apply(OF_HIGH_RISK),
    ],
    [
      "another policy beside it",
      () => world.apply({ ...OF_HIGH_RISK, mode: "OFF" }),
      () => world.apply({ ...ALONE, name: "second" }),
    ],
  ])("by %s", async (_, loosen, tighten) => {
    await world.create("fraud", 1);
    await world.move("fraud", 1, "PRODUCTION");
    expect(await isAlone()).toBe(false);
    await world.apply(OF_HIGH_RISK);
    expect(await isAlone()).toBe(true);
    await loosen();
    expect(await isAlone()).toBe(false);
    await tighten();
    expect(await isAlone()).toBe(true);
  });

  test("and a model that comes back under another name", async () => {
    await share("other");
    await world.apply(OF_HIGH_RISK);
    const { id } = await deleteModel(world.context(), { model: { name: "other" }, force: true });
    await restoreModel(world.context(), { id, name: "fraud" });
    const codes = [];
    for (const number of [1, 2]) codes.push(await codeOf(world.move("fraud", number, "PRODUCTION")));
    expect(codes).toEqual(["OK", "POLICY_NOT_MET"]);
    expect(await world.holders()).toEqual(["fraud/1 alone"]);
  });
});
