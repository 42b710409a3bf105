import { expect, test } from "vitest";
import { useCommandServer } from "../command-server.js";

const commands = useCommandServer(`registerModel(input: {name: "m"}) { created }`);

const UPDATE = /* GraphQL */ `
  mutation ($input: UpdateModelVersionInput!) {
    updateModelVersion(input: $input) { modelVersion { status statusMessage source digest description signature } }
  }
`;
const DIGEST = `sha256:${"ab".repeat(32)}`;

/** Creates a version. Returns a reference to it. */
async function create(fields: string) {
  const { createModelVersion } = await commands.mutate(
    `createModelVersion(input: {model: {name: "m"}, ${fields}}) { modelVersion { number } }`,
  );
  return { number: { model: "m", number: createModelVersion.modelVersion.number as number } };
}

const update = async (input: object) => (await commands.data(UPDATE, { input })).updateModelVersion.modelVersion;
const refusal = (input: object) => commands.refusal(UPDATE, { input });

test("a pending version can be completed, and a READY version is fixed", async () => {
  const version = await create("status: PENDING_REGISTRATION");
  expect(await refusal({ version, status: "READY" })).toMatchObject({ code: "INVALID_INPUT", field: "input.source" });
  await update({ version, statusMessage: "uploading", digest: DIGEST });
  expect(await update({ version, source: "s3://b/late", status: "READY", statusMessage: null })).toMatchObject({
    status: "READY",
    statusMessage: null,
    source: "s3://b/late",
    digest: DIGEST,
  });
  for (const change of [
    { source: "s3://b/other" },
    { digest: null },
    { signature: { a: 1 } },
    { flavors: { a: 1 } },
    { status: "PENDING_REGISTRATION" },
  ]) {
    expect(await refusal({ version, ...change })).toMatchObject({ code: "CONFLICT", status: "READY" });
  }
  expect(await update({ version, description: "still free", source: "s3://b/late" })).toMatchObject({
    description: "still free",
  });
});

test("an event has only the fields that changed", async () => {
  const version = await create(`source: "s3://b/x", description: "old"`);
  await update({ version, description: "new", statusMessage: null, source: "s3://b/x" });
  expect(await commands.newestEvent()).toMatchObject({
    type: "model_version.updated",
    before: { description: "old" },
    after: { description: "new" },
  });
  const before = await commands.revision();
  await update({ version, description: "new" });
  expect(await commands.revision(), "nothing changes").toBe(before);
});

test("the database itself refuses to change a READY version", async () => {
  const { number } = (await create(`source: "s3://b/x"`)).number;
  const change = commands.server.database.pool.query(
    `UPDATE "ModelVersion" SET "source" = 's3://elsewhere' WHERE "number" = $1`,
    [number],
  );
  await expect(change).rejects.toThrow("fixed");
});

test("a failed registration starts again", async () => {
  const version = await create(`source: "s3://b/x", status: PENDING_REGISTRATION`);
  await update({ version, status: "FAILED_REGISTRATION", statusMessage: "bucket full" });
  expect(await refusal({ version, status: "READY" })).toMatchObject({
    code: "CONFLICT",
    field: "input.status",
    message: "The status of a version cannot change from FAILED_REGISTRATION to READY.",
  });
  await update({ version, status: "PENDING_REGISTRATION" });
  await update({ version, status: "READY" });
});

test("the run that made a version can change while it is pending, and its lineage follows", async () => {
  await commands.mutate(`a: createRun(input: {experiment: {name: "exp"}, createExperiment: true, runId: "maker"}) { run { id } }
    f: finishRun(input: {run: "maker"}) { run { id } }
    b: createRun(input: {experiment: {name: "exp"}, runId: "maker-2"}) { run { id } }`);
  const version = await create(`status: PENDING_REGISTRATION, run: "maker"`);
  await update({ version, run: "maker-2" });
  const { modelVersion } = await commands.data(
    `query ($ref: ModelVersionRef!) { modelVersion(ref: $ref) { run { runId } upstream { nodes { kind run { runId } } } } }`,
    { ref: version },
  );
  expect(modelVersion).toEqual({
    run: { runId: "maker-2" },
    upstream: { nodes: [{ kind: "OUTPUT", run: { runId: "maker-2" } }] },
  });
  await update({ version, source: "s3://b/1", status: "READY" });
  expect(await refusal({ version, run: "maker" })).toMatchObject({ code: "CONFLICT", field: "input.run" });
  await expect(
    commands.server.database.pool.query(`UPDATE "ModelVersion" SET "runId" = 'maker' WHERE "runId" = 'maker-2'`),
  ).rejects.toThrow("fixed");
});
