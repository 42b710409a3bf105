import { expect, test } from "vitest";
import type { As } from "../../support/server.js";
import { useCommandServer } from "../command-server.js";

const commands = useCommandServer(`
  createRun(input: {experiment: {name: "exp"}, createExperiment: true, runId: "r", name: "n",
    params: [{key: "p", value: "1"}], tags: [{key: "t", value: "v"}]}) { run { id } }`);

test("a deleted run is hidden, and is restored with its params and tags", async () => {
  await commands.mutate(`deleteRun(input: {run: "r"}) { deletedId }`);
  const shown = { name: "n", status: "RUNNING" };
  expect(await commands.newestEvent()).toMatchObject({ type: "run.deleted", before: shown, after: null });
  for (const mutation of [
    `updateRun(input: {run: "r", name: "x"})`,
    `logBatch(input: {run: "r", params: [{key: "q", value: "1"}]})`,
  ]) {
    expect((await commands.refusalOf(mutation)).code, mutation).toBe("NOT_FOUND");
  }
  await commands.mutate(`restoreRun(input: {run: "r"}) { run { id } }`);
  expect(await commands.newestEvent()).toMatchObject({ type: "run.restored", before: null, after: shown });
  expect(await commands.refusalOf(`restoreRun(input: {run: "r"})`)).toMatchObject({
    code: "CONFLICT",
    message: "The run is not deleted.",
  });
  const { run } = await commands.data(`{ run(id: "r") { params { key value } tags { key value } } }`);
  expect(run).toEqual({ params: [{ key: "p", value: "1" }], tags: [{ key: "t", value: "v" }] });
});

test("what others are derived from is in use; the error lists what the viewer may see", async () => {
  await commands.mutate(`
    r: createRun(input: {experiment: {name: "exp"}, runId: "base"}) { run { id } }
    i: logInputs(input: {run: "base", datasets: [{dataset: {name: "ds", digest: "1"}}]}) { run { id } }
    v: createModelVersion(input: {model: {name: "m"}, createModel: true, source: "s3://b/1", run: "base"}) { modelVersion { id } }
    s: createRun(input: {experiment: {name: "other"}, createExperiment: true, runId: "tune"}) { run { id } }
    j: logInputs(input: {run: "tune", modelVersions: [{version: {number: {model: "m", number: 1}}, context: "fine-tuning"}]}) { run { id } }`);
  const DELETES = {
    dataset: `deleteDataset(input: {dataset: {identity: {name: "ds", digest: "1"}}})`,
    run: `deleteRun(input: {run: "base"})`,
    experiment: `deleteExperiment(input: {experiment: {name: "exp"}})`,
    version: `deleteModelVersion(input: {version: {number: {model: "m", number: 1}}})`,
    model: `deleteModel(input: {model: {name: "m"}})`,
  };
  const dependents = async (mutation: string, as?: As) => {
    const refused = await commands.refusalOf(mutation, as);
    expect(refused.code).toBe("IN_USE");
    return refused.dependents;
  };
  expect(await dependents(DELETES.dataset)).toEqual([{ runId: "base" }]);
  expect(await dependents(DELETES.run)).toEqual([{ model: "m", number: 1 }]);
  expect(await dependents(DELETES.experiment)).toEqual([{ model: "m", number: 1 }]);
  expect(await dependents(DELETES.version)).toEqual([{ runId: "tune" }]);
  expect(await dependents(DELETES.model)).toEqual([{ runId: "tune" }]);
  expect(await dependents(DELETES.version, { experiments: ["exp"] })).toEqual([]);
  expect(await dependents(DELETES.run, { models: ["n*"], experiments: ["exp"] })).toEqual([]);
  expect(await dependents(DELETES.dataset, { scopes: ["runs:write"] })).toEqual([]);
  for (const mutation of [DELETES.dataset, DELETES.run, DELETES.version]) {
    await commands.mutate(`${mutation.replace(/\}\)$/, ", force: true})")} { deletedId }`);
  }
});
