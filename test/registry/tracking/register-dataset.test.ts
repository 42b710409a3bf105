import { expect, test } from "vitest";
import { useCommandServer } from "../command-server.js";

const commands = useCommandServer();

const FIELDS = "name digest sourceType source schema profile tags { key value } createdBy { subject }";
const REGISTER = `mutation ($input: RegisterDatasetInput!) { registerDataset(input: $input) { created dataset { id ${FIELDS} } } }`;
const IRIS = {
  name: "iris",
  digest: "sha256:1",
  sourceType: "s3",
  source: "s3://data/iris.csv",
  schema: { columns: ["a", "b"] },
  profile: [{ rows: 150 }],
  tags: [{ key: "t", value: "1" }],
};

test("registers a dataset, and returns the existing one with RETURN", async () => {
  const { registerDataset } = await commands.data(REGISTER, { input: IRIS });
  const { id, ...shown } = registerDataset.dataset;
  expect(registerDataset.created).toBe(true);
  expect(shown).toEqual({ ...IRIS, createdBy: { subject: "tester" } });
  expect(await commands.newestEvent()).toMatchObject({
    type: "dataset.registered",
    subjectType: "Dataset",
    experimentName: null,
    before: null,
    after: { name: "iris", profile: [{ rows: 150 }] },
  });
  expect(await commands.refusal(REGISTER, { input: IRIS })).toMatchObject({
    code: "ALREADY_EXISTS",
    field: "input.digest",
    message: 'A dataset "iris" with the digest "sha256:1" already exists.',
  });
  const again = await commands.data(REGISTER, { input: { ...IRIS, source: null, tags: [], ifExists: "RETURN" } });
  expect(again.registerDataset).toEqual({ created: false, dataset: { id, ...shown } });
});

test.each([
  ["name", ""],
  ["name", " a"],
  ["name", "x".repeat(501)],
  ["digest", ""],
  ["digest", "a b"],
  ["digest", "x".repeat(129)],
  ["sourceType", "x".repeat(65)],
  ["source", "gopher://a/b"],
  ["source", "https://user:secret@a/b"],
  ["source", "file:///etc/passwd"],
  ["schema", "text"],
  ["profile", 1],
  ["tags[0].value", [{ key: "k", value: "x".repeat(8_001) }]],
  [
    "tags[1].key",
    [
      { key: "k", value: "1" },
      { key: "k", value: "2" },
    ],
  ],
  ["tags", Array.from({ length: 101 }, (_, i) => ({ key: `${i}`, value: "" }))],
])("refuses a wrong %s (%#)", async (field, value) => {
  const input = { name: "bad", digest: "1", [field.replace(/\[.*/, "")]: value };
  expect(await commands.refusal(REGISTER, { input })).toMatchObject({ code: "INVALID_INPUT", field: `input.${field}` });
  expect((await commands.data(`{ dataset(name: "bad", digest: "1") { id } }`)).dataset).toBeNull();
});
