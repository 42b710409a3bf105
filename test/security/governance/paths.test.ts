import { expect, test } from "vitest";
import { useCommandServer } from "../../registry/command-server.js";
import { all, byNumber, GATE, move, onVersion, PIPELINE, point, RISK, register, tagged } from "./gate.js";

// version 1 is not approved, version 2 is
const commands = useCommandServer(GATE);

async function arrange(model: string): Promise<{ readonly ids: string[] }> {
  await commands.mutate(all(register(model), register(model)), PIPELINE);
  await commands.mutate(all(tagged(onVersion(model, 2), "approved", "yes")), RISK);
  await commands.mutate(all(point("one", model, 1), point("two", model, 2)), PIPELINE);
  const { model: found } = await commands.data(
    `{ model(name: "${model}") { versions(orderBy: { field: NUMBER, direction: ASC }) { nodes { id } } } }`,
  );
  return { ids: found.versions.nodes.map(({ id }: { id: string }) => id) };
}

type Path = (model: string, number: number, ids: readonly string[]) => string;
const aliasOf = (number: number) => (number === 1 ? "one" : "two");

const PATHS: Record<string, Path> = {
  "a move": (model, number) => move(model, number, "PRODUCTION"),
  "a move that archives": (model, number) => move(model, number, "PRODUCTION", "archiveExisting: true"),
  "a move by way of STAGING": (model, number) => move(model, number, "PRODUCTION", `reason: "was in staging"`),
  "a move by alias": (model, number) =>
    `transitionModelVersion(input: { version: { alias: { model: "${model}", alias: "${aliasOf(number)}" } }, to: PRODUCTION })`,
  "a move by id": (_, number, ids) =>
    `transitionModelVersion(input: { version: { id: "${ids[number - 1]}" }, to: PRODUCTION })`,
  "an alias by version": (model, number) => point("live", model, number),
  "an alias by id": (_, number, ids) => `setAlias(input: { version: { id: "${ids[number - 1]}" }, alias: "live" })`,
  "an alias by alias": (model, number) =>
    `setAlias(input: { version: { alias: { model: "${model}", alias: "${aliasOf(number)}" } }, alias: "live-eu" })`,
  "an alias by model and number": (model, number) =>
    `setAlias(input: { model: { name: "${model}" }, number: ${number}, alias: "live" })`,
};

test.each(Object.entries(PATHS))("%s is refused without the rule, and allowed with it", async (name, path) => {
  const model = `guarded-${name.replaceAll(" ", "-")}`;
  const { ids } = await arrange(model);
  if (name.includes("STAGING")) await commands.mutate(all(move(model, 1, "STAGING")), PIPELINE);
  expect(await commands.refusalOf(path(model, 1, ids), PIPELINE)).toMatchObject({
    code: "POLICY_NOT_MET",
    message: expect.stringContaining("gate, revision 1"),
    rules: [{ policy: "gate", revision: 1, position: 1, kind: "TAG", status: "FAILED", satisfy: expect.any(String) }],
  });
  await commands.mutate(all(path(model, 2, ids)), PIPELINE);
  // and the one that is not approved cannot follow it, by any path
  for (const other of [
    move(model, 1, "PRODUCTION", "archiveExisting: true"),
    point("live", model, 1),
    point("live-eu", model, 1),
  ]) {
    expect(await commands.refusalOf(other, PIPELINE)).toMatchObject({ code: "POLICY_NOT_MET" });
  }
});

test.each(["guarded-new", "guarded-known"])("a version is not created under a guarded alias of %s", async (model) => {
  if (model === "guarded-known") await arrange(model);
  expect(await commands.refusalOf(register(model, `aliases: ["free", "live"]`), PIPELINE)).toMatchObject({
    code: "POLICY_NOT_MET",
    target: { alias: "live" },
    rules: [{ policy: "gate", kind: "TAG" }],
  });
  const tags = `tags: [{ key: "approved", value: "yes" }]`;
  const forged = await commands.refusalOf(register(model, `aliases: ["live"], ${tags}`), PIPELINE);
  expect(forged).toMatchObject({ code: "FORBIDDEN" });
  expect(forged.message).toContain(`lets only group risk set or delete the tag "approved"`);
  expect(await commands.refusalOf(register(model, `aliases: ["live"]`), { ...RISK, groups: [] })).toMatchObject({
    code: "POLICY_NOT_MET",
  });
  const { createModelVersion } = await commands.mutate(
    `${register(model, `aliases: ["live"], ${tags}`)} { modelVersion { aliases { name } } }`,
    RISK,
  );
  expect(createModelVersion.modelVersion.aliases).toEqual([{ name: "live" }]);
});

test("a deleted and restored version comes back without its targets, and has to ask again", async () => {
  const model = "guarded-restored";
  const { ids } = await arrange(model);
  await commands.mutate(all(move(model, 2, "PRODUCTION"), point("live", model, 2)), PIPELINE);
  await commands.mutate(all(`deleteModelVersion(input: { version: ${byNumber(model, 2)}, force: true })`), PIPELINE);
  await commands.mutate(all(`restoreModelVersion(input: { id: "${ids[1]}" })`), PIPELINE);
  const { node } = await commands.data(`{ node(id: "${ids[1]}") { ... on ModelVersion { stage aliases { name } } } }`);
  expect(node).toEqual({ stage: "ARCHIVED", aliases: [] });
  await commands.mutate(all(`deleteTag(input: { ${onVersion(model, 2)}, key: "approved" })`), RISK);
  for (const path of [move(model, 2, "PRODUCTION"), point("live", model, 2)]) {
    expect(await commands.refusalOf(path, PIPELINE)).toMatchObject({ code: "POLICY_NOT_MET" });
  }
  for (const target of ["stage: PRODUCTION", `alias: "live"`]) {
    const back = `rollback(input: { model: { name: "${model}" }, target: { ${target} } })`;
    expect(await commands.refusalOf(back, PIPELINE)).toMatchObject({
      code: "POLICY_NOT_MET",
      rules: [{ policy: "gate", kind: "TAG" }],
    });
  }
});

test("what a version consists of stays while it is under a guarded alias", async () => {
  const model = "guarded-pending";
  await commands.mutate(all(register(model, `status: PENDING_REGISTRATION`)), PIPELINE);
  await commands.mutate(all(tagged(onVersion(model, 1), "approved", "yes")), RISK);
  await commands.mutate(all(point("live", model, 1)), PIPELINE);
  for (const change of [`source: "s3://evil/model"`, `digest: "sha256:${"e".repeat(64)}"`, "flavors: { evil: {} }"]) {
    const update = `updateModelVersion(input: { version: ${byNumber(model, 1)}, status: READY, ${change} })`;
    expect(await commands.refusalOf(update, PIPELINE)).toMatchObject({
      code: "POLICY_NOT_MET",
      policy: "gate",
      revision: 1,
    });
  }
  await commands.mutate(
    all(`updateModelVersion(input: { version: ${byNumber(model, 1)}, status: READY, description: "As approved" })`),
    PIPELINE,
  );
});
