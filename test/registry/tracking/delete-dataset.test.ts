import { expect, test } from "vitest";
import { useCommandServer } from "../command-server.js";

const commands = useCommandServer(`
  r: createRun(input: {experiment: {name: "e"}, createExperiment: true, runId: "r"}) { run { id } }`);

const ref = (name: string) => `{identity: {name: "${name}", digest: "1"}}`;

async function register(name: string): Promise<string> {
  const { registerDataset } = await commands.mutate(
    `registerDataset(input: {name: "${name}", digest: "1"}) { dataset { id } }`,
  );
  return registerDataset.dataset.id;
}

test("a deleted dataset is hidden, and can be restored unless another one has its name and digest", async () => {
  const id = await register("iris");
  const remove = `deleteDataset(input: {dataset: {id: "${id}"}}) { deletedId }`;
  const restore = `restoreDataset(input: {id: "${id}"})`;
  const shown = { name: "iris", digest: "1" };
  await commands.mutate(remove);
  expect(await commands.newestEvent()).toMatchObject({ type: "dataset.deleted", before: shown, after: null });
  expect((await commands.data(`{ dataset(name: "iris", digest: "1") { id } }`)).dataset).toBeNull();
  expect(await commands.refusal(`mutation { ${remove} }`)).toMatchObject({ code: "NOT_FOUND" });
  await commands.mutate(`${restore} { dataset { name } }`);
  expect(await commands.newestEvent()).toMatchObject({ type: "dataset.restored", before: null, after: shown });
  expect(await commands.refusalOf(restore)).toMatchObject({
    code: "CONFLICT",
    message: "The dataset is not deleted.",
  });
  await commands.mutate(remove);
  await register("iris");
  expect(await commands.refusalOf(restore)).toMatchObject({ code: "ALREADY_EXISTS" });
});

test("a dataset that a run read is deleted only with force; metrics on it then have no dataset", async () => {
  await commands.mutate(`
    i: logInputs(input: {run: "r", datasets: [{dataset: {name: "raw", digest: "1"}}]}) { run { id } }
    b: logBatch(input: {run: "r", metrics: [{key: "auc", value: 1, dataset: ${ref("raw")}}]}) { run { id } }`);
  const remove = `deleteDataset(input: {dataset: ${ref("raw")}})`;
  expect(await commands.refusalOf(remove)).toMatchObject({ code: "IN_USE", dependents: [{ runId: "r" }] });
  expect(await commands.refusalOf(remove, { experiments: ["x"] })).toMatchObject({ code: "NOT_FOUND" });
  await commands.mutate(`deleteDataset(input: {dataset: ${ref("raw")}, force: true}) { deletedId }`);
  const { run } = await commands.data(
    `{ run(id: "r") { metrics(keys: ["auc"]) { value dataset { name } } inputs { totalCount } metricHistory(key: "auc", dataset: ${ref("raw")}) { totalCount } } }`,
  );
  expect(run).toEqual({
    metrics: [{ value: 1, dataset: null }],
    inputs: { totalCount: 0 },
    metricHistory: { totalCount: 0 },
  });
});
