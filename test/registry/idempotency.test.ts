import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import fc, { type GeneratorValue } from "fast-check";
import { buildSchema, getNamedType, isInputObjectType } from "graphql";
import { beforeAll, describe, expect, test } from "vitest";
import type { JsonValue } from "../../src/domain/values/json.js";
import { useCommandServer } from "./command-server.js";
import { chooseInput, type Names, RETRIED, type Retried, shuffleKeys } from "./retried-inputs.js";

/** IDEMPOTENCY_RUNS=200 npx vitest run --project attack test/registry/idempotency.test.ts */
const RUNS = Number(process.env.IDEMPOTENCY_RUNS ?? 8);
const schema = buildSchema(readFileSync("schema.graphql", "utf8"));
const commands = useCommandServer();
let count = 0;
let shared: Pick<Names, "models" | "experiments" | "runs" | "loggedModels">;

beforeAll(async () => {
  const data = await commands.mutate(`
    m0: registerModel(input: {name: "model-0"}) { model { id } }
    m1: registerModel(input: {name: "model-1"}) { model { id } }
    e0: createExperiment(input: {name: "experiment-0"}) { experiment { id } }
    e1: createExperiment(input: {name: "experiment-1"}) { experiment { id } }
    r0: createRun(input: {experiment: {name: "experiment-0"}, runId: "run-0"}) { run { id } }
    r1: createRun(input: {experiment: {name: "experiment-1"}, runId: "run-1"}) { run { id } }
    l0: createLoggedModel(input: {experiment: {name: "experiment-0"}, name: "logged-0"}) { loggedModel { id loggedModelId } }
    l1: createLoggedModel(input: {experiment: {name: "experiment-1"}, name: "logged-1"}) { loggedModel { id loggedModelId } }`);
  const ids = (noun: string, letter: string) =>
    [0, 1].map((i) => ({ own: `${noun}-${i}`, global: data[`${letter}${i}`][noun].id as string }));
  const loggedModels = [data.l0, data.l1].map(({ loggedModel: { id: global, loggedModelId: own } }) => ({
    own,
    global,
  }));
  shared = { models: ids("model", "m"), experiments: ids("experiment", "e"), runs: ids("run", "r"), loggedModels };
});

/** Creates a model with two versions, each under an alias. */
async function freshNames({ prepare }: Retried): Promise<Names> {
  const fresh = `fresh-${count++}`;
  const create = (alias: string) =>
    `${alias}: createModelVersion(input: {model: {name: "${fresh}"}, createModel: true, source: "s3://b/x", aliases: "${alias}"}) { modelVersion { id number model { id } } }`;
  const { one, two } = await commands.mutate(create("one") + create("two"));
  const versions = [
    { ...one.modelVersion, alias: "one" },
    { ...two.modelVersion, alias: "two" },
  ];
  const names = { ...shared, fresh, freshId: one.modelVersion.model.id, versions };
  if (prepare) await commands.mutate(prepare(names));
  return names;
}

const documentOf = (mutation: string, { selection }: Retried) => {
  const type = `${mutation[0]?.toUpperCase()}${mutation.slice(1)}Input`;
  return `mutation ($input: ${type}!) { ${mutation}(input: $input) ${selection} }`;
};

test("the table has every mutation with an idempotency key, and every field of its input", () => {
  const withKey = Object.values(schema.getMutationType()?.getFields() ?? {}).flatMap(({ name, args }) => {
    const type = args[0] && getNamedType(args[0].type);
    const fields = isInputObjectType(type) ? Object.keys(type.getFields()) : [];
    return fields.includes("idempotencyKey")
      ? [[name, fields.filter((field) => field !== "idempotencyKey").sort()]]
      : [];
  });
  const names = { ...shared, fresh: "x", freshId: "x", versions: [] };
  const inTable = Object.entries(RETRIED).map(([name, { fields }]) => [name, Object.keys(fields(names)).sort()]);
  expect(inTable).toEqual(withKey);
  const places = readFileSync("schema.graphql", "utf8").match(/^\s+idempotencyKey\b/gm);
  expect(places).toHaveLength(withKey.length);
});

describe.each(Object.entries(RETRIED))("%s", (mutation, retried) => {
  const document = documentOf(mutation, retried);
  const send = (random: GeneratorValue, input: object, idempotencyKey: string) =>
    [document, { input: shuffleKeys(random, { ...input, idempotencyKey } as JsonValue) }] as const;

  test("a retry with another spelling gets the first answer, a retry with another meaning is a CONFLICT", async () => {
    await fc.assert(
      fc.asyncProperty(fc.gen(), async (random) => {
        const names = await freshNames(retried);
        const chosen = chooseInput(random, retried, names);
        fc.pre(chosen !== null);
        const first = await commands.data(...send(random, chosen.spell(random), names.fresh));
        const written = await commands.written();
        expect(await commands.data(...send(random, chosen.spell(random), names.fresh))).toEqual(first);
        expect(await commands.written(), "no event was written").toBe(written);
        const { field, input } = random(fc.constantFrom, ...chosen.others(random));
        expect(await commands.refusal(...send(random, input, names.fresh)), field).toMatchObject({
          code: "CONFLICT",
          field: "input.idempotencyKey",
        });
      }),
      // without shrinking, which takes minutes: a request has few fields
      { numRuns: RUNS, endOnFailure: true },
    );
  });

  test("each other meaning of each field is a CONFLICT", async () => {
    await fc.assert(
      fc.asyncProperty(fc.gen(), async (random) => {
        const names = await freshNames(retried);
        const chosen = chooseInput(random, retried, names);
        fc.pre(chosen !== null);
        await commands.data(...send(random, chosen.spell(random), names.fresh));
        for (const { field, input } of chosen.others(random)) {
          const { code, field: refused } = await commands.refusal(...send(random, input, names.fresh));
          expect({ field, code, refused }).toEqual({ field, code: "CONFLICT", refused: "input.idempotencyKey" });
        }
      }),
      { numRuns: 2, endOnFailure: true },
    );
  });
});

test("JSON with other escapes, order of keys and ways to write a number is the same input", async () => {
  const body = (signature: string) =>
    `{"query": "mutation ($signature: JSON) { createModelVersion(input: {
    model: {name: \\"model-0\\"}, source: \\"s3://b/x\\", signature: $signature, idempotencyKey: \\"numbers\\" }) { modelVersion { number } } }", "variables": {"signature": ${signature}}}`.replaceAll(
      "\n",
      " ",
    );
  const post = async (signature: string) => {
    const headers = { "content-type": "application/json", authorization: `Bearer ${await commands.server.token()}` };
    return (await fetch(commands.server.url, { method: "POST", headers, body: body(signature) })).json();
  };
  const first = await post('{"b": 1, "a": [1.0, -0, 1e2], "2": 0, "1": "\\u00e9"}');
  expect(first.errors).toBeUndefined();
  const again = await post('{"1": "é", "2": 0.0, "a": [1, 0, 100], "b": 1e0}');
  expect(again.errors).toBeUndefined();
  expect(again.data).toEqual(first.data);
  const other = await post('{"1": "é", "2": 0.5, "a": [1, 0, 100], "b": 1}');
  expect(other.errors[0].extensions).toMatchObject({ code: "CONFLICT", field: "input.idempotencyKey" });
});

describe("a key that was stored with version 1 of the hash", () => {
  /** Each with an input, the JSON whose SHA-256 version 1 stored for it, and the same input in another spelling. */
  const EXAMPLES: Record<string, { input: object; hashed: string; respelled: object }> = {
    createModelVersion: {
      input: { model: { name: "model-0" }, source: "s3://b/x", description: null, aliases: ["b", "a"] },
      hashed: `{"aliases":["b","a"],"description":null,"modelId":"MODEL","source":"s3://b/x","status":"READY","tags":[]}`,
      respelled: { model: { name: "model-0" }, source: "s3://b/x", aliases: ["a", "b"] },
    },
    createRun: {
      input: { experiment: { name: "experiment-0" }, name: "x", tags: [{ value: "1", key: "a" }] },
      hashed: `{"endedAt":null,"experiment":"EXPERIMENT","fields":{"name":"x"},"id":null,"params":[],"parentId":null,"startedAt":null,"status":"RUNNING","tags":[{"key":"a","value":"1"}]}`,
      respelled: { experiment: { name: "experiment-0" }, name: "x", user: null, tags: [{ key: "a", value: "1" }] },
    },
    transitionModelVersion: {
      input: { version: { number: { model: "FRESH", number: 1 } }, to: "STAGING", expectedHolder: null },
      hashed: `{"archiveExisting":false,"expectedHolder":null,"idempotencyKey":null,"to":"STAGING","version":"VERSION"}`,
      respelled: {
        version: { number: { model: "FRESH", number: 1 } },
        to: "STAGING",
        expectedHolder: null,
        reason: null,
      },
    },
  };

  test.each(Object.entries(RETRIED))("%s: answers its retry, and compares as version 1 did", async (name, retried) => {
    const { fresh } = await freshNames(retried);
    const example = EXAMPLES[name];
    if (!example) return; // came after version 1
    const prisma = commands.server.database.prisma;
    const ids = {
      MODEL: (await prisma.model.findFirstOrThrow({ where: { name: "model-0" } })).id,
      EXPERIMENT: (await prisma.experiment.findFirstOrThrow({ where: { name: "experiment-0" } })).id,
      VERSION: (await prisma.modelVersion.findFirstOrThrow({ where: { number: 1, model: { name: fresh } } })).id,
      FRESH: fresh,
    };
    const fill = (text: string) =>
      text.replaceAll(/MODEL|EXPERIMENT|VERSION|FRESH/g, (id) => ids[id as keyof typeof ids]);
    const send = (input: object) =>
      [
        documentOf(name, retried),
        { input: { ...JSON.parse(fill(JSON.stringify(input))), idempotencyKey: fresh } },
      ] as const;

    const first = await commands.data(...send(example.input));
    const inputHash = createHash("sha256").update(fill(example.hashed)).digest("hex");
    const { count: rows } = await prisma.idempotencyKey.updateMany({ where: { key: fresh }, data: { inputHash } });
    expect(rows).toBe(1);
    const written = await commands.written();
    expect(await commands.data(...send(example.input))).toEqual(first);
    expect(await commands.written()).toBe(written);
    expect(await commands.refusal(...send(example.respelled))).toMatchObject({
      code: "CONFLICT",
      field: "input.idempotencyKey",
    });
  });
});
