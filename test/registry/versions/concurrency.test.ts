import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { useCommandServer } from "../command-server.js";

const commands = useCommandServer();

const CREATE = `mutation ($input: CreateModelVersionInput!) { createModelVersion(input: $input) { modelVersion { id number } } }`;
const TRANSITION = `mutation ($input: TransitionModelVersionInput!) { transitionModelVersion(input: $input) { modelVersion { number } } }`;
const range = (size: number) => Array.from({ length: size }, (_, i) => i);

test("64 concurrent writers of a model that does not exist yet get the numbers 1 to 64", async () => {
  const input = { model: { name: "busy" }, createModel: true, source: "s3://b/x" };
  const answers = await Promise.all(range(64).map(() => commands.request(CREATE, { input })));
  expect(answers.flatMap(({ errors }) => errors ?? [])).toEqual([]);
  const numbers = answers.map(({ data }) => data.createModelVersion.modelVersion.number).sort((a, b) => a - b);
  expect(numbers).toEqual(range(64).map((i) => i + 1));
  const { model } = await commands.data(
    `{ model(name: "busy") { latestVersion { number } stages { count } versions { totalCount } } }`,
  );
  expect(model).toEqual({
    latestVersion: { number: 64 },
    stages: [64, 0, 0, 0].map((count) => ({ count })),
    versions: { totalCount: 64 },
  });
});

test("sixteen concurrent calls with one idempotency key create one version and get one answer", async () => {
  const input = { model: { name: "twins" }, createModel: true, source: "s3://b/x", idempotencyKey: "build-7" };
  const answers = await Promise.all(range(16).map(() => commands.data(CREATE, { input })));
  expect(new Set(answers.map((data) => data.createModelVersion.modelVersion.id)).size).toBe(1);
  expect((await commands.data(`{ model(name: "twins") { versions { totalCount } } }`)).model.versions.totalCount).toBe(
    1,
  );
});

test.each([{ expectedStage: "NONE" }, { expectedHolder: null }])(
  "of many concurrent moves that expect %j, one succeeds",
  async (expected) => {
    const name = `race-${Object.keys(expected)}`;
    for (const _ of range(8))
      await commands.data(CREATE, { input: { model: { name }, createModel: true, source: "s3://b/x" } });
    const mover = (i: number) => ({ number: { model: name, number: "expectedStage" in expected ? 1 : i + 1 } });
    const answers = await Promise.all(
      range(8).map((i) =>
        commands.request(TRANSITION, { input: { version: mover(i), to: "PRODUCTION", ...expected } }),
      ),
    );
    expect(answers.filter(({ errors }) => !errors)).toHaveLength(1);
    expect(answers.flatMap(({ errors }) => errors?.[0]?.extensions.code ?? [])).toEqual(range(7).map(() => "CONFLICT"));
    expect(await commands.server.database.prisma.stageTransition.count({ where: { model: { name } } })).toBe(1);
  },
);

test("revisions are contiguous and in commit order, and the hash chain is complete, with writers of many models", async () => {
  await Promise.all(
    range(12).map(async (i) => {
      const name = `chain-${i % 5}`;
      for (const round of range(4)) {
        await commands.data(CREATE, {
          input: { model: { name }, createModel: true, source: "s3://b/x", aliases: [`a${i}-${round}`] },
        });
        await commands.data(`mutation ($input: SetTagInput!) { setTag(input: $input) { model { id } } }`, {
          input: { on: { model: { name } }, key: `k${i}`, value: `${round} ü "quoted" \\ \n \u2028` },
        });
      }
    }),
  );
  const { logId } = await commands.server.database.prisma.eventHead.findUniqueOrThrow({ where: { id: 1 } });
  const events = await commands.server.database.prisma.event.findMany({ orderBy: { revision: "asc" } });
  let hash = createHash("sha256").update(logId).digest();
  let at = 0;
  for (const [index, event] of events.entries()) {
    expect(event.revision).toBe(BigInt(index + 1));
    hash = createHash("sha256").update(hash).update(event.body).digest();
    expect(Buffer.from(event.hash).equals(hash)).toBe(true);
    const body = JSON.parse(event.body);
    expect(body).toMatchObject({ revision: index + 1, type: event.type, id: event.id, at: event.at.toISOString() });
    expect(event.at.getTime()).toBeGreaterThanOrEqual(at);
    at = event.at.getTime();
  }
  expect((await commands.data("{ head { revision } }")).head.revision).toBe(events.length);
});

test("events of one transaction are adjacent", async () => {
  const events = await commands.server.database.prisma.event.findMany({ orderBy: { revision: "asc" } });
  for (const [index, event] of events.entries()) {
    const first = events[index - event.commitIndex];
    expect(first).toMatchObject({ commitId: event.commitId, commitIndex: 0, commitSize: event.commitSize });
  }
});

test("concurrent commands on one run wait for each other without a deadlock", async () => {
  await commands.data(
    `mutation { createRun(input: {experiment: {name: "e"}, createExperiment: true, runId: "busy"}) { run { id } } }`,
  );
  const acts = (i: number) => [
    `logInputs(input: {run: "busy", datasets: [{dataset: {name: "d", digest: "${i % 3}"}}]}) { run { id } }`,
    `logOutputs(input: {run: "busy", datasets: [{name: "o${i}", digest: "1"}]}) { run { id } }`,
    `createModelVersion(input: {model: {name: "of-run-${i % 2}"}, createModel: true, source: "s3://b/x", run: "busy"}) { modelVersion { id } }`,
    `setTag(input: {on: {run: "busy"}, key: "k", value: "${i}"}) { run { id } }`,
    `logBatch(input: {run: "busy", metrics: [{key: "m", value: ${i}, step: ${i}}]}) { run { id } }`,
    `createRun(input: {experiment: {name: "new"}, createExperiment: true, parent: "busy"}) { run { id } }`,
  ];
  const answers = await Promise.all(
    Array.from({ length: 5 }, (_, i) => acts(i).map((act) => commands.request(`mutation { ${act} }`))).flat(),
  );
  expect(answers.flatMap(({ errors = [] }) => errors)).toEqual([]);
  const { run } = await commands.data(
    `{ run(id: "busy") { inputs { totalCount } outputs { totalCount } children { totalCount } metricHistory(key: "m") { totalCount } } }`,
  );
  expect(run).toEqual({
    inputs: { totalCount: 3 },
    outputs: { totalCount: 10 },
    children: { totalCount: 5 },
    metricHistory: { totalCount: 5 },
  });
});
