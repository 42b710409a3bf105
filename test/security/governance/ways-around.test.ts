import { expect, test } from "vitest";
import { useCommandServer } from "../../registry/command-server.js";
import {
  all,
  byNumber,
  GATE,
  move,
  OFFICER,
  onModel,
  onVersion,
  PIPELINE,
  point,
  RISK,
  register,
  tagged,
} from "./gate.js";

const commands = useCommandServer(
  `${GATE} frozen: applyPolicy(input: {
    name: "frozen", selector: { models: ["frozen*"] }, target: { stages: [PRODUCTION], aliases: ["live"] }
    protection: { freezeDescription: true, freezeTags: true }
  }) { revision }`,
);

const NEEDS_POLICIES = { code: "FORBIDDEN", requiredScopes: ["policies:write"] };
const rename = (from: string, to: string) => `renameModel(input: { model: { name: "${from}" }, newName: "${to}" })`;

async function arrange(model: string): Promise<string> {
  await commands.mutate(all(register(model)), PIPELINE);
  return (await commands.data(`{ model(name: "${model}") { id } }`)).model.id;
}

test("a model does not leave the gate by its name", async () => {
  const id = await arrange("guarded-a");
  expect(await commands.refusalOf(rename("guarded-a", "free-a"), PIPELINE)).toMatchObject(NEEDS_POLICIES);
  await commands.mutate(all(rename("guarded-a", "guarded-b")), PIPELINE);
  await commands.mutate(all(`deleteModel(input: { model: { name: "guarded-b" } })`), PIPELINE);
  const restore = (name: string) => `restoreModel(input: { id: "${id}" ${name} })`;
  expect(await commands.refusalOf(restore(`, name: "free-b"`), PIPELINE)).toMatchObject(NEEDS_POLICIES);
  await commands.mutate(all(restore("")), PIPELINE);
  expect(await commands.refusalOf(move("guarded-b", 1, "PRODUCTION"), PIPELINE)).toMatchObject({
    code: "POLICY_NOT_MET",
  });
  // with the right the way around is open, and seen: out, promoted, and not back
  await commands.mutate(all(rename("guarded-b", "free-b"), move("free-b", 1, "PRODUCTION")), OFFICER);
  expect(await commands.refusalOf(rename("free-b", "guarded-b"), PIPELINE)).toMatchObject(NEEDS_POLICIES);
});

test("a version that was promoted outside does not come in by a name", async () => {
  const id = await arrange("free-c");
  await commands.mutate(all(move("free-c", 1, "PRODUCTION"), point("live", "free-c", 1)), PIPELINE);
  expect(await commands.refusalOf(rename("free-c", "guarded-c"), PIPELINE)).toMatchObject(NEEDS_POLICIES);
  await commands.mutate(all(`deleteModel(input: { model: { name: "free-c" }, force: true })`), PIPELINE);
  const restore = `restoreModel(input: { id: "${id}", name: "guarded-c" })`;
  expect(await commands.refusalOf(restore, PIPELINE)).toMatchObject(NEEDS_POLICIES);
});

test("a model does not leave the gate by its tags", async () => {
  await arrange("guarded-d");
  const low = (model: string) => tagged(onModel(model), "risk-tier", "low");
  const reserved = { ...NEEDS_POLICIES, message: expect.stringContaining(`"gate" (revision 1)`) };
  expect(await commands.refusalOf(low("guarded-d"), PIPELINE)).toMatchObject(reserved);
  await commands.mutate(all(tagged(onModel("guarded-d"), "risk-tier", "high")), OFFICER);
  expect(await commands.refusalOf(low("guarded-d"), RISK)).toMatchObject(reserved);
  const remove = `deleteTag(input: { ${onModel("guarded-d")}, key: "risk-tier" })`;
  expect(await commands.refusalOf(remove, PIPELINE)).toMatchObject(reserved);
  const registered = (name: string, value: string) =>
    `registerModel(input: { name: "${name}", tags: [{ key: "risk-tier", value: "${value}" }] })`;
  for (const more of ["low", "HIGH", "high "]) {
    expect(await commands.refusalOf(registered("guarded-e", more), PIPELINE)).toMatchObject(NEEDS_POLICIES);
  }
  await commands.mutate(all(registered("guarded-e", "high")), PIPELINE);
  await commands.mutate(all(registered("guarded-f", "low")), OFFICER);
});

test("a tag that was set under a name outside keeps no model out", async () => {
  await arrange("free-g");
  await commands.mutate(all(tagged(onModel("free-g"), "risk-tier", "low")), PIPELINE);
  expect(await commands.refusalOf(rename("free-g", "guarded-g"), PIPELINE)).toMatchObject(NEEDS_POLICIES);
  const id = (await commands.data(`{ model(name: "free-g") { id } }`)).model.id;
  await commands.mutate(all(`deleteModel(input: { model: { id: "${id}" } })`), PIPELINE);
  const restore = `restoreModel(input: { id: "${id}", name: "guarded-g" })`;
  expect(await commands.refusalOf(restore, PIPELINE)).toMatchObject(NEEDS_POLICIES);
  await commands.mutate(all(restore), OFFICER);
});

test("a reserved key is set and deleted by its group only, on the model and on its versions", async () => {
  await arrange("guarded-h");
  const refused = { code: "FORBIDDEN", message: expect.stringContaining("lets only group risk set or delete") };
  const asked = { ...OFFICER, groups: ["Risk", "risk "] };
  for (const on of [onModel("guarded-h"), onVersion("guarded-h", 1)]) {
    for (const as of [PIPELINE, OFFICER, asked, { scopes: ["admin"] } as const]) {
      expect(await commands.refusalOf(tagged(on, "approved", "yes"), as)).toMatchObject(refused);
      expect(await commands.refusalOf(tagged(on, "approved-by-legal", "yes"), as)).toMatchObject(refused);
    }
    await commands.mutate(all(tagged(on, "approved", "yes"), tagged(on, "approve", "free")), RISK);
    const remove = `deleteTag(input: { ${on}, key: "approved" })`;
    expect(await commands.refusalOf(remove, PIPELINE)).toMatchObject(refused);
    await commands.mutate(all(remove), RISK);
  }
});

test.each(["PRODUCTION", "live"])("what is frozen stays while a version holds %s", async (target) => {
  const model = `frozen-${target}`;
  await arrange(model);
  await commands.mutate(all(register(model)), PIPELINE);
  const changes = (number: number | null) => {
    const on = number === null ? onModel(model) : onVersion(model, number);
    const update =
      number === null
        ? `updateModel(input: { model: { name: "${model}" }, description: "approved by legal" })`
        : `updateModelVersion(input: { version: ${byNumber(model, number)}, description: "approved by legal" })`;
    return [update, tagged(on, "k", "v"), `deleteTag(input: { ${on}, key: "kept" })`];
  };
  const kept = [onModel(model), onVersion(model, 1), onVersion(model, 2)].map((on) => tagged(on, "kept", "v"));
  await commands.mutate(all(...kept), PIPELINE);
  const onto = target === "live" ? point("live", model, 1) : move(model, 1, "PRODUCTION");
  const off =
    target === "live"
      ? `deleteAlias(input: { model: { name: "${model}" }, alias: "live" })`
      : move(model, 1, "ARCHIVED");
  await commands.mutate(all(onto), PIPELINE);
  for (const change of [...changes(1), ...changes(null)]) {
    for (const as of [PIPELINE, OFFICER]) {
      expect(await commands.refusalOf(change, as)).toMatchObject({
        code: "POLICY_NOT_MET",
        policy: "frozen",
        revision: 1,
      });
    }
  }
  await commands.mutate(all(...changes(2), off, ...changes(1), ...changes(null)), PIPELINE);
});
