import { expect, test } from "vitest";
import { useCommandServer } from "../command-server.js";

const commands = useCommandServer(`registerModel(input: {name: "m"}) { created }`);

const CREATE = /* GraphQL */ `
  mutation ($input: CreateModelVersionInput!) {
    createModelVersion(input: $input) {
      modelVersion { id number status stage source digest signature flavors aliases { name } tags { key value } model { name } }
    }
  }
`;
const DIGEST = `sha256:${"ab".repeat(32)}`;
const VALID = { model: { name: "m" }, source: "s3://bucket/m" };

async function create(input: object = {}) {
  const answer = await commands.data(CREATE, { input: { ...VALID, ...input } });
  return answer.createModelVersion.modelVersion;
}

test("gives the next number, and stores the fields unchanged", async () => {
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

test("registers the model with createModel", async () => {
  const input = { model: { name: "new" }, source: "s3://b/n" };
  expect(await commands.refusal(CREATE, { input })).toMatchObject({ code: "NOT_FOUND" });
  expect(await create({ ...input, createModel: true })).toMatchObject({ number: 1, model: { name: "new" } });
  expect(await create({ ...input, createModel: true })).toMatchObject({ number: 2 });
});

const REFUSED: readonly [input: object, field: string, sentence: string][] = [
  [{ source: null }, "input.source", "required unless the status is PENDING_REGISTRATION"],
  [{ source: "gopher://x/y" }, "input.source", "one of the schemes"],
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
  [{ flavors: { deep: "\u0000" } }, "input.flavors.deep", "U+0000"],
  [{ flavors: JSON.parse(`${'{"a":'.repeat(50)}1${"}".repeat(50)}`) }, "input.flavors", "deeper than 32"],
];

test.each(REFUSED.map(([input, field, sentence]) => ({ input, field, sentence })))(
  "refuses $field: $sentence",
  async ({ input, field, sentence }) => {
    const refused = await commands.refusal(CREATE, { input: { ...VALID, ...input } });
    expect(refused).toMatchObject({ code: "INVALID_INPUT", field });
    expect(refused.message).toContain(sentence);
  },
);

test("refuses a run that does not exist, or that the token does not cover", async () => {
  await commands.mutate(
    `createRun(input: {experiment: {name: "exp"}, createExperiment: true, runId: "maker"}) { run { id } }`,
  );
  const withRun = (run: string) => ({ input: { ...VALID, run } });
  const missing = { code: "NOT_FOUND", field: "input.run" };
  expect(await commands.refusal(CREATE, withRun("nobody"))).toMatchObject(missing);
  expect(await commands.refusal(CREATE, withRun("maker"), { experiments: ["x"] })).toMatchObject(missing);
});
