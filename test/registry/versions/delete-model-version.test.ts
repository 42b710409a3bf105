import { expect, test } from "vitest";
import { useCommandServer } from "../command-server.js";

const commands = useCommandServer();

async function create(): Promise<{ id: string; number: number }> {
  const { createModelVersion } = await commands.mutate(
    `createModelVersion(input: {model: {name: "d"}, createModel: true, source: "s3://b/x"}) { modelVersion { id number } }`,
  );
  return createModelVersion.modelVersion;
}

test("a number is never used again, latestVersion is the highest living version, and a version can be restored", async () => {
  const [first, second] = [await create(), await create()];
  await commands.mutate(`deleteModelVersion(input: {version: {id: "${second.id}"}}) { deletedId }`);
  const READ = `{ model(name: "d") { latestVersion { number } version(number: 2) { number } versions { totalCount nodes { number } } stages { stage count current { number } } } }`;
  expect((await commands.data(READ)).model).toMatchObject({
    latestVersion: { number: first.number },
    version: null,
    versions: { totalCount: 1, nodes: [{ number: 1 }] },
    stages: [{ stage: "NONE", count: 1, current: { number: 1 } }, { count: 0 }, { count: 0 }, { count: 0 }],
  });
  expect((await create()).number).toBe(3);
  const restore = `restoreModelVersion(input: {id: "${second.id}"})`;
  await commands.mutate(`${restore} { modelVersion { number } }`);
  expect((await commands.data(READ)).model).toMatchObject({
    latestVersion: { number: 3 },
    versions: { totalCount: 3 },
  });
  expect(await commands.refusalOf(restore)).toMatchObject({
    code: "CONFLICT",
    message: "The version is not deleted.",
  });
});

test("a version under an alias is in use", async () => {
  const { id, number } = await create();
  await commands.mutate(
    `setAlias(input: {model: {name: "d"}, alias: "champion", number: ${number}}) { alias { name } }`,
  );
  const remove = `deleteModelVersion(input: {version: {id: "${id}"}})`;
  expect(await commands.refusalOf(remove)).toMatchObject({
    code: "IN_USE",
    dependents: [{ number, alias: "champion" }],
  });
  await commands.mutate(`deleteAlias(input: {model: {name: "d"}, alias: "champion"}) { previous { number } }
    ${remove} { deletedId }`);
});
