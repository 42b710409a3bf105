import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestServer, type TestServer } from "../../support/server.js";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  await server.data(`mutation { registerModel(input: {name: "m"}) { created } }`);
});
afterAll(() => server.stop());

const CREATE = /* GraphQL */ `
  mutation ($input: CreateModelVersionInput!) {
    createModelVersion(input: $input) {
      modelVersion { id number status stage source digest signature flavors aliases { name } tags { key value } model { name } }
    }
  }
`;
const UPDATE = /* GraphQL */ `
  mutation ($input: UpdateModelVersionInput!) {
    updateModelVersion(input: $input) { modelVersion { status statusMessage source digest description signature } }
  }
`;
const DIGEST = `sha256:${"ab".repeat(32)}`;

async function create(input: object = {}) {
  const answer = await server.data(CREATE, { input: { model: { name: "m" }, source: "s3://bucket/m", ...input } });
  return answer.createModelVersion.modelVersion;
}

async function refusal(document: string, input: object) {
  const { errors } = await server.request(document, { input });
  return { message: errors?.[0]?.message, ...errors?.[0]?.extensions };
}

describe("createModelVersion", () => {
  test("gives the next number and keeps what was said, to the letter", async () => {
    const signature = { inputs: [{ name: "x", type: "double" }], outputs: [] };
    const first = await create({
      digest: DIGEST.toUpperCase().replace("SHA256", "sha256"),
      signature,
      flavors: { sklearn: { v: 1.5 } },
    });
    expect(first).toMatchObject({
      digest: DIGEST,
      signature,
      flavors: { sklearn: { v: 1.5 } },
      status: "READY",
      stage: "NONE",
    });
    const second = await create({ tags: [{ key: "accuracy", value: "0.9" }], aliases: ["challenger"] });
    expect(second.number).toBe(first.number + 1);
    expect(second).toMatchObject({ tags: [{ key: "accuracy", value: "0.9" }], aliases: [{ name: "challenger" }] });
  });

  test("registers the model as well, if asked to", async () => {
    const input = { model: { name: "new" }, source: "s3://b/n" };
    expect(await refusal(CREATE, input)).toMatchObject({ code: "NOT_FOUND" });
    expect(await create({ ...input, createModel: true })).toMatchObject({ number: 1, model: { name: "new" } });
    expect(await create({ ...input, createModel: true })).toMatchObject({ number: 2 });
  });

  const REFUSED: readonly [input: object, field: string, sentence: string][] = [
    [{ source: null }, "input.source", "required unless the status is PENDING_REGISTRATION"],
    [{ source: "ftp://x/y" }, "input.source", "one of the schemes"],
    [{ source: "file:///etc/passwd" }, "input.source", "one of the schemes"],
    [{ source: "s3://b/../c" }, "input.source", '".."'],
    [{ source: "https://u:p@h/x" }, "input.source", "user information"],
    [{ source: "https://h/x?X-Amz-Signature=1" }, "input.source", "signed"],
    [{ digest: "md5:1" }, "input.digest", "sha256:"],
    [{ aliases: ["latest"] }, "input.aliases[0]", "reserved"],
    [{ aliases: ["ok", "v12"] }, "input.aliases[1]", "reserved"],
    [{ tags: [{ key: " ", value: "" }] }, "input.tags[0].key", "blank"],
    [
      {
        tags: [
          { key: "a", value: "1" },
          { key: "a", value: "2" },
        ],
      },
      "input.tags[1].key",
      "twice",
    ],
    [{ tags: [{ key: "a", value: "x".repeat(100_001) }] }, "input.tags[0].value", "at most 100000"],
    [{ signature: "text" }, "input.signature", "object or list"],
    [{ flavors: { deep: "\u0000" } }, "input.flavors", "U+0000"],
  ];

  test.each(REFUSED.map(([input, field, sentence]) => ({ input, field, sentence })))(
    "refuses $field: $sentence",
    async ({ input, field, sentence }) => {
      const before = (await server.data("{ head { revision } }")).head.revision;
      const refused = await refusal(CREATE, { model: { name: "m" }, source: "s3://bucket/m", ...input });
      expect(refused).toMatchObject({ code: "INVALID_INPUT", field });
      expect(refused.message).toContain(sentence);
      expect((await server.data("{ head { revision } }")).head.revision).toBe(before);
    },
  );
});

test("JSON nested without end is refused, not walked", async () => {
  const flavors = JSON.parse(`${'{"a":'.repeat(50)}1${"}".repeat(50)}`);
  const refused = await refusal(CREATE, { model: { name: "m" }, source: "s3://bucket/m", flavors });
  expect(refused).toMatchObject({ code: "INVALID_INPUT", field: "input.flavors" });
  expect(refused.message).toContain("deeper than 32");
});

describe("updateModelVersion", () => {
  const ref = (number: number) => ({ number: { model: "m", number } });

  test("what a version is may be filled in while it is pending, and is fixed once it is READY", async () => {
    const { number } = await create({ source: null, status: "PENDING_REGISTRATION" });
    const version = ref(number);
    expect(await refusal(UPDATE, { version, status: "READY" })).toMatchObject({
      code: "INVALID_INPUT",
      field: "input.source",
    });
    await server.data(UPDATE, { input: { version, statusMessage: "uploading", digest: DIGEST } });
    const ready = await server.data(UPDATE, {
      input: { version, source: "s3://b/late", status: "READY", statusMessage: null },
    });
    expect(ready.updateModelVersion.modelVersion).toMatchObject({
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
      expect(await refusal(UPDATE, { version, ...change })).toMatchObject({ code: "CONFLICT", status: "READY" });
    }
    const described = await server.data(UPDATE, {
      input: { version, description: "still free", source: "s3://b/late" },
    });
    expect(described.updateModelVersion.modelVersion).toMatchObject({ description: "still free" });
  });

  test("the database itself holds what READY promises", async () => {
    const { number } = await create();
    const update = server.database.pool.query(
      `UPDATE "ModelVersion" SET "source" = 's3://elsewhere' WHERE "number" = $1`,
      [number],
    );
    await expect(update).rejects.toThrow("fixed");
  });

  test("a failed registration may be tried again", async () => {
    const { number } = await create({ status: "PENDING_REGISTRATION" });
    const version = ref(number);
    await server.data(UPDATE, { input: { version, status: "FAILED_REGISTRATION", statusMessage: "bucket full" } });
    expect(await refusal(UPDATE, { version, status: "READY" })).toMatchObject({
      code: "CONFLICT",
      field: "input.status",
    });
    await server.data(UPDATE, { input: { version, status: "PENDING_REGISTRATION" } });
    await server.data(UPDATE, { input: { version, status: "READY" } });
  });
});

test("deleted numbers are not given again, latestVersion is the highest living one, and a restored version comes back", async () => {
  await server.data(`mutation { registerModel(input: {name: "d"}) { created } }`);
  const [first, second] = [await create({ model: { name: "d" } }), await create({ model: { name: "d" } })];
  await server.data(
    `mutation ($version: ModelVersionRef!) { deleteModelVersion(input: {version: $version}) { deletedId } }`,
    {
      version: { id: second.id },
    },
  );
  const seen = `{ model(name: "d") { latestVersion { number } version(number: 2) { number } versions { totalCount nodes { number } } stages { stage count current { number } } } }`;
  expect((await server.data(seen)).model).toMatchObject({
    latestVersion: { number: first.number },
    version: null,
    versions: { totalCount: 1, nodes: [{ number: 1 }] },
    stages: [{ stage: "NONE", count: 1, current: { number: 1 } }, { count: 0 }, { count: 0 }, { count: 0 }],
  });
  expect((await create({ model: { name: "d" } })).number).toBe(3);
  await server.data(`mutation ($id: ID!) { restoreModelVersion(input: {id: $id}) { modelVersion { number } } }`, {
    id: second.id,
  });
  expect((await server.data(seen)).model).toMatchObject({ latestVersion: { number: 3 }, versions: { totalCount: 3 } });
});

test("aliases move with compare-and-set, and a version under one is not deleted", async () => {
  await server.data(`mutation { registerModel(input: {name: "a"}) { created } }`);
  for (let i = 0; i < 2; i++) await create({ model: { name: "a" } });
  const SET = `mutation ($input: SetAliasInput!) { setAlias(input: $input) { alias { name modelVersion { number } setBy { subject } } previous { number } } }`;
  const set = (input: object) => ({ model: { name: "a" }, alias: "champion", ...input });
  expect(await server.data(SET, { input: set({ number: 1, expectedNumber: null }) })).toEqual({
    setAlias: {
      alias: { name: "champion", modelVersion: { number: 1 }, setBy: { subject: "tester" } },
      previous: null,
    },
  });
  expect(await refusal(SET, set({ number: 2, expectedNumber: null }))).toMatchObject({ code: "CONFLICT", number: 1 });
  expect(await refusal(SET, set({ number: 2, expectedNumber: 2 }))).toMatchObject({ code: "CONFLICT", number: 1 });
  expect((await server.data(SET, { input: set({ number: 2, expectedNumber: 1 }) })).setAlias.previous).toEqual({
    number: 1,
  });
  expect(await refusal(SET, set({ number: 9 }))).toMatchObject({ code: "NOT_FOUND" });
  const DELETE = `mutation ($input: DeleteModelVersionInput!) { deleteModelVersion(input: $input) { deletedId } }`;
  const version = { number: { model: "a", number: 2 } };
  expect(await refusal(DELETE, { version })).toMatchObject({
    code: "IN_USE",
    dependents: [{ number: 2, alias: "champion" }],
  });
  const UNSET = `mutation ($input: DeleteAliasInput!) { deleteAlias(input: $input) { previous { number } } }`;
  expect(await refusal(UNSET, { model: { name: "a" }, alias: "champion", expectedNumber: 1 })).toMatchObject({
    code: "CONFLICT",
  });
  expect(await server.data(UNSET, { input: { model: { name: "a" }, alias: "champion" } })).toEqual({
    deleteAlias: { previous: { number: 2 } },
  });
  expect(await refusal(UNSET, { model: { name: "a" }, alias: "champion" })).toMatchObject({ code: "NOT_FOUND" });
  await server.data(DELETE, { input: { version } });
});

test("tags are set, replaced and removed on models and versions, and raise updatedAt", async () => {
  const { id } = await create();
  const SET = `mutation ($input: SetTagInput!) { setTag(input: $input) { modelVersion { tag(key: "k") updatedAt } model { tag(key: "k") updatedAt } } }`;
  const onVersion = (value: string) => server.data(SET, { input: { on: { modelVersion: { id } }, key: "k", value } });
  const first = (await onVersion("1")).setTag;
  expect(first).toMatchObject({ modelVersion: { tag: "1" }, model: { tag: null } });
  const second = (await onVersion("2")).setTag;
  expect(second.modelVersion.tag).toBe("2");
  expect(second.model.updatedAt >= first.model.updatedAt).toBe(true);
  const { revision } = (await server.data("{ head { revision } }")).head;
  await onVersion("2");
  expect((await server.data("{ head { revision } }")).head.revision).toBe(revision);
  const UNSET = `mutation ($input: DeleteTagInput!) { deleteTag(input: $input) { modelVersion { tag(key: "k") } } }`;
  expect(await server.data(UNSET, { input: { on: { modelVersion: { id } }, key: "k" } })).toEqual({
    deleteTag: { modelVersion: { tag: null } },
  });
  expect(await refusal(UNSET, { on: { modelVersion: { id } }, key: "k" })).toMatchObject({ code: "NOT_FOUND" });
  const long = "x".repeat(100_000);
  const onModel = await server.data(SET, { input: { on: { model: { name: "m" } }, key: "k", value: long } });
  expect(onModel.setTag.model.tag).toBe(long);
});
