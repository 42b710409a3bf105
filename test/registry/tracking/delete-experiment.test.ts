import { expect, test } from "vitest";
import { useCommandServer } from "../command-server.js";

const commands = useCommandServer(`
  a: createExperiment(input: {name: "a"}) { created }
  r: createRun(input: {experiment: {name: "a"}, runId: "r"}) { run { id } }`);

async function create(name: string): Promise<string> {
  const { createExperiment } = await commands.mutate(
    `createExperiment(input: {name: "${name}"}) { experiment { id } }`,
  );
  return createExperiment.experiment.id;
}

test("a deleted experiment is hidden with its runs, and can be restored under another name", async () => {
  const id = await create("life");
  await commands.mutate(`createRun(input: {experiment: {id: "${id}"}, runId: "of-life"}) { run { id } }
    deleteExperiment(input: {experiment: {name: "life"}}) { deletedId }`);
  expect(await commands.newestEvent()).toMatchObject({
    type: "experiment.deleted",
    before: { name: "life" },
    after: null,
  });
  const READ = `{ experiment(name: "life") { id } node(id: "${id}") { id } run(id: "of-life") { id } runs(where: {experiment: {startsWith: "life"}}) { totalCount } }`;
  expect(await commands.data(READ)).toEqual({ experiment: null, node: null, run: null, runs: { totalCount: 0 } });
  await create("life");
  expect(await commands.refusalOf(`restoreExperiment(input: {id: "${id}"})`)).toMatchObject({
    code: "ALREADY_EXISTS",
    field: "input.name",
  });
  await commands.mutate(`restoreExperiment(input: {id: "${id}", name: "life/2"}) { experiment { name } }`);
  expect(await commands.newestEvent()).toMatchObject({ type: "experiment.restored", after: { name: "life/2" } });
  expect((await commands.data(`{ run(id: "of-life") { experiment { name } } }`)).run.experiment.name).toBe("life/2");
  expect(await commands.refusalOf(`restoreExperiment(input: {id: "${id}"})`)).toMatchObject({
    code: "CONFLICT",
    message: "The experiment is not deleted.",
  });
});

test("no command reaches a deleted experiment or its runs", async () => {
  const id = await create("closed");
  await commands.mutate(`createRun(input: {experiment: {name: "closed"}, runId: "closed"}) { run { id } }
    other: createRun(input: {experiment: {name: "a"}, runId: "child", parent: "closed"}) { run { id } }
    deleteExperiment(input: {experiment: {id: "${id}"}}) { deletedId }`);
  for (const mutation of [
    `createRun(input: {experiment: {id: "${id}"}})`,
    `createRun(input: {experiment: {name: "a"}, parent: "closed"})`,
    `updateRun(input: {run: "closed", name: "n"})`,
    `restoreRun(input: {run: "closed"})`,
    `logBatch(input: {run: "closed", metrics: [{key: "k", value: 1}]})`,
    `updateExperiment(input: {experiment: {id: "${id}"}, name: "n"})`,
    `setTag(input: {on: {experiment: {id: "${id}"}}, key: "k", value: "v"})`,
  ]) {
    expect((await commands.refusalOf(mutation)).code, mutation).toBe("NOT_FOUND");
  }
  const READ = `{ run(id: "child") { parent { runId } } runs(where: {parent: "closed"}) { totalCount }
    experiments(where: {deleted: ONLY}) { nodes { name runs { totalCount } } } byName: runs(where: {experiment: {equals: "closed"}, deleted: ONLY}) { totalCount } }`;
  expect(await commands.data(READ)).toEqual({
    run: { parent: null },
    runs: { totalCount: 0 },
    experiments: { nodes: [{ name: "closed", runs: { totalCount: 1 } }] },
    byName: { totalCount: 0 },
  });
  await commands.mutate(`restoreExperiment(input: {id: "${id}"}) { experiment { id } }`);
  expect((await commands.data(READ)).run).toEqual({ parent: { runId: "closed" } });
});

test("an experiment is in use by what is not its own; the error lists what the viewer may see", async () => {
  await commands.mutate(`e: createExperiment(input: {name: "base"}) { created }
    r: createRun(input: {experiment: {name: "base"}, runId: "base"}) { run { id } }
    s: createRun(input: {experiment: {name: "base"}, runId: "base-2"}) { run { id } }
    o: logOutputs(input: {run: "base", datasets: [{name: "made", digest: "1"}]}) { run { id } }
    l: addLineage(input: {from: {run: "base"}, to: {run: "base-2"}}) { created }
    k: addLineage(input: {from: {run: "base"}, to: {run: "r"}}) { created }`);
  const remove = `deleteExperiment(input: {experiment: {name: "base"}})`;
  expect(await commands.refusalOf(remove)).toMatchObject({
    code: "IN_USE",
    message:
      "In use: the dataset made@1 is derived from it, the run r is derived from it. Set force to delete it anyway.",
    dependents: [{ dataset: "made", digest: "1" }, { runId: "r" }],
  });
  expect(await commands.refusalOf(remove, { experiments: ["base"] })).toMatchObject({
    dependents: [{ dataset: "made", digest: "1" }],
  });
  expect(await commands.refusalOf(remove, { scopes: ["runs:write"] })).toMatchObject({
    code: "IN_USE",
    message: "In use: other objects depend on it. Set force to delete it anyway.",
    dependents: [],
  });
  await commands.mutate(`x: removeLineage(input: {from: {run: "base"}, to: {run: "r"}}) { removed }
    y: deleteDataset(input: {dataset: {identity: {name: "made", digest: "1"}}}) { deletedId }
    ${remove} { deletedId }`);
});

test.each([
  ["an unknown name", `deleteExperiment(input: {experiment: {name: "none"}})`, { code: "NOT_FOUND" }],
  ["an id of another type", `restoreExperiment(input: {id: "r"})`, { code: "INVALID_INPUT", field: "input.id" }],
])("refuses %s", async (_what, mutation, expected) => {
  expect(await commands.refusalOf(mutation)).toMatchObject(expected);
});
