import { expect, test } from "vitest";
import { onModel, tagged } from "../governance/gate.js";
import { useCommittee } from "./committee.js";

const desk = useCommittee();
const { commands } = desk;
/** One person with every right but that of an override. */
const ALONE = {
  subject: "ada",
  scopes: ["models:read", "models:write", "models:delete", "stages:production", "policies:write"],
} as const;
const rename = (from: string, to: string) => `renameModel(input: { model: { name: "${from}" }, newName: "${to}" })`;
const version = (model: string) =>
  `createModelVersion(input: { model: { name: "${model}" }, createModel: true, source: "s3://m/1" })`;

test("one person alone renames no model out of a protected policy, nor into it", async () => {
  await desk.protect("vault");
  await desk.run(version("vault-1"), ALONE);
  await desk.run(version("outside"), ALONE);
  for (const step of [rename("vault-1", "out-1"), rename("outside", "vault-2")]) {
    expect(await commands.refusalOf(step, ALONE)).toMatchObject({ code: "FORBIDDEN", requiredScopes: [] });
  }
  await desk.run(rename("vault-1", "vault-3"), ALONE);
  const { deleteModel } = await commands.mutate(
    `deleteModel(input: { model: { name: "vault-3" } }) { deletedId }`,
    ALONE,
  );
  const restore = `restoreModel(input: { id: "${deleteModel.deletedId}", name: "out-3" })`;
  expect(await commands.refusalOf(restore, ALONE)).toMatchObject({ code: "FORBIDDEN" });
});

test("one person alone sets no tag that decides whether a protected policy selects the model", async () => {
  await desk.run(
    `applyPolicy(input: { name: "tagged", protected: true, selector: { models: ["gold-*"], tags: [{ key: "tier", values: ["gold", "silver"] }] }
      target: { stages: [PRODUCTION] }, rules: [{ reason: { minimumLength: 5 } }] })`,
    ALONE,
  );
  await desk.run(version("gold-1"), ALONE);
  const set = (value: string) => tagged(onModel("gold-1"), "tier", value);
  // what lacks the tag is selected, too
  expect(await commands.refusalOf(set("tin"), ALONE)).toMatchObject({ code: "FORBIDDEN" });
  await desk.run(set("gold"), ALONE);
  await desk.run(set("silver"), ALONE);
  expect(await commands.refusalOf(set("tin"), ALONE)).toMatchObject({ code: "FORBIDDEN" });
  const registered = `registerModel(input: { name: "gold-2", tags: [{ key: "tier", value: "tin" }] })`;
  expect(await commands.refusalOf(registered, ALONE)).toMatchObject({ code: "FORBIDDEN" });
});
