import { expect, test } from "vitest";
import { ensureDefaultExperiment } from "../../../src/registry/tracking/insert-experiment.js";
import { useCommandServer } from "../command-server.js";

const commands = useCommandServer(`first: createExperiment(input: {name: "first"}) { created }`);

const numbers = async (names?: readonly string[]) => {
  const { experiments } = await commands.data(`{ experiments(first: 200) { nodes { name number } } }`);
  return experiments.nodes.filter(({ name }: { name: string }) => !names || names.includes(name));
};
const services = () => ({
  prisma: commands.server.database.prisma,
  now: () => new Date(),
  newId: () => crypto.randomUUID(),
  sourceSchemes: [],
});

test("experiments that are created at the same time have numbers of their own", async () => {
  const names = Array.from({ length: 12 }, (_, i) => `e${i}`);
  await Promise.all(names.map((name) => commands.mutate(`createExperiment(input: {name: "${name}"}) { created }`)));
  const created: { number: number }[] = await numbers(names);
  expect(new Set(created.map(({ number }) => number)).size).toBe(names.length);
  expect(Math.min(...created.map(({ number }) => number))).toBeGreaterThan(0);
});

test("experiment 0 is created once, by the registry, however many ask for it at the same time", async () => {
  const before = await commands.revision();
  const answers = await Promise.all(Array.from({ length: 8 }, (_, i) => ensureDefaultExperiment(services(), `r${i}`)));
  expect(new Set(answers)).toEqual(new Set([true]));
  expect(await numbers(["Default"])).toEqual([{ name: "Default", number: 0 }]);
  expect(await commands.revision()).toBe(before + 1);
  expect(await commands.newestEvent()).toMatchObject({
    type: "experiment.created",
    experimentName: "Default",
    before: null,
    after: { name: "Default", description: null, number: 0, tags: [] },
  });
  const { rows } = await commands.server.database.pool.query(
    `SELECT "actorIssuer", "actorSubject", "actorKind" FROM "Event" ORDER BY "revision" DESC LIMIT 1`,
  );
  expect(rows).toEqual([{ actorIssuer: "shelfmark", actorSubject: "tracking", actorKind: "MACHINE" }]);
});

test("a deleted experiment 0 is not created again, and another one with its name takes another number", async () => {
  await commands.mutate(`deleteExperiment(input: {experiment: {name: "Default"}}) { __typename }`);
  expect(await ensureDefaultExperiment(services(), "r")).toBe(true);
  expect(await numbers(["Default"])).toEqual([]);
  await commands.mutate(`createExperiment(input: {name: "Default"}) { created }`);
  expect((await numbers(["Default"]))[0].number).toBeGreaterThan(0);
});

test("experiments are found by their numbers", async () => {
  const { experiments } = await commands.data(`{ experiments(where: {numbers: [1, 99999]}) { nodes { name } } }`);
  expect(experiments.nodes).toEqual([{ name: "first" }]);
});

test("artifacts are below the number of the experiment, or where the experiment says", async () => {
  const { own, run, kept } = await commands.mutate(`
    own: createExperiment(input: {name: "own", artifactRoot: "s3://bucket/own/"}) { experiment { artifactRoot } }
    run: createRun(input: {experiment: {name: "own"}, runId: "r1"}) { run { artifactUri } }
    kept: createRun(input: {experiment: {name: "first"}, runId: "r2"}) { run { artifactUri experiment { artifactRoot } } }`);
  expect([own, run, kept]).toMatchInlineSnapshot(`
    [
      {
        "experiment": {
          "artifactRoot": "s3://bucket/own/",
        },
      },
      {
        "run": {
          "artifactUri": "s3://bucket/own/r1/artifacts",
        },
      },
      {
        "run": {
          "artifactUri": "mlflow-artifacts:/1/r2/artifacts",
          "experiment": {
            "artifactRoot": "mlflow-artifacts:/1",
          },
        },
      },
    ]
  `);
});

test.each([
  "mlflow-artifacts:/0",
  "MLFLOW-artifacts://host/0",
  "s3://user:word@bucket/x",
  "s3://bucket/../x",
  "nowhere",
])("an experiment may not name %s as the root of its artifacts", async (root) => {
  const { errors } = await commands.request(
    `mutation ($root: String!) { createExperiment(input: {name: "refused", artifactRoot: $root}) { created } }`,
    { root },
  );
  expect(errors?.[0]?.extensions).toMatchObject({ code: "INVALID_INPUT", field: "input.artifactRoot" });
});
