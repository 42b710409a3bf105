import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { recordStatements } from "../../support/database/statements.js";
import { type As, startTestServer, type TestServer } from "../../support/server.js";
import { without } from "./fixture.js";

/**
 * Which runs, experiments and datasets a token may see by its claims: on random worlds, every entry point returns what a
 * few lines of set operations give, however the rule is implemented.
 */
let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const RUNS = 8;
const VERSIONS = ["fraud 1", "fraud 2", "credit 1", "credit 2"] as const;
const DATA = 5;

interface World {
  /** Which run read or made which version, and which run read, made or was measured on which dataset. */
  readonly links: readonly { run: number; how: "PRODUCED" | "READ"; version: number }[];
  readonly data: readonly { run: number; how: "MADE" | "READ" | "MEASURED"; dataset: number }[];
  readonly deletedRuns: readonly number[];
  readonly deletedVersions: readonly number[];
  readonly deletedData: readonly number[];
}

const below = (count: number) => fc.nat(count - 1);
const few = (count: number) => fc.uniqueArray(below(count), { maxLength: 1 });
const world = fc.record<World>({
  links: fc.array(
    fc.record({
      run: below(RUNS),
      how: fc.constantFrom("PRODUCED" as const, "READ" as const),
      version: below(VERSIONS.length),
    }),
    { minLength: 3, maxLength: 6 },
  ),
  data: fc.array(
    fc.record({
      run: below(RUNS),
      how: fc.constantFrom("MADE" as const, "READ" as const, "MEASURED" as const),
      dataset: below(DATA),
    }),
    { minLength: 4, maxLength: 9 },
  ),
  deletedRuns: few(RUNS),
  deletedVersions: few(VERSIONS.length),
  deletedData: few(DATA),
});

/** Even runs are in the experiment a, odd ones in b; c is empty. */
const experimentOf = (run: number) => (run % 2 === 0 ? "a" : "b");

async function fill(name: string, made: World): Promise<void> {
  const { links, data, deletedRuns, deletedVersions, deletedData } = made;
  const version = (at: number) => {
    const [model, number] = (VERSIONS[at] ?? "").split(" ");
    return `{number: {model: "${name}-${model}", number: ${number}}}`;
  };
  const identity = (dataset: number) => `{identity: {name: "${name}-${dataset}", digest: "1"}}`;
  const steps = [
    ...["a", "b", "c"].map((each) => `createExperiment(input: {name: "${name}-${each}"}) { created }`),
    ...VERSIONS.map(
      (each) =>
        `createModelVersion(input: {model: {name: "${name}-${each.split(" ")[0]}"}, createModel: true, source: "s3://b/1"}) { modelVersion { id } }`,
    ),
    ...Array.from(
      { length: RUNS },
      (_, i) =>
        `createRun(input: {experiment: {name: "${name}-${experimentOf(i)}"}, runId: "${name}-${i}"${i > 0 ? `, parent: "${name}-${i - 1}"` : ""}}) { run { id } }`,
    ),
    ...Array.from(
      { length: DATA },
      (_, i) => `registerDataset(input: {name: "${name}-${i}", digest: "1"}) { created }`,
    ),
    ...Array.from(
      { length: RUNS },
      (_, i) => `logBatch(input: {run: "${name}-${i}", metrics: [{key: "m", value: ${i}}]}) { run { id } }`,
    ),
    ...links.map(({ run, how, version: at }) =>
      how === "PRODUCED"
        ? `logOutputs(input: {run: "${name}-${run}", modelVersions: [${version(at)}]}) { run { id } }`
        : `logInputs(input: {run: "${name}-${run}", modelVersions: [{version: ${version(at)}}]}) { run { id } }`,
    ),
    ...data.map(({ run, how, dataset }) => {
      const named = `{name: "${name}-${dataset}", digest: "1"}`;
      if (how === "MADE") return `logOutputs(input: {run: "${name}-${run}", datasets: [${named}]}) { run { id } }`;
      if (how === "READ")
        return `logInputs(input: {run: "${name}-${run}", datasets: [{dataset: ${named}}]}) { run { id } }`;
      return `logBatch(input: {run: "${name}-${run}", metrics: [{key: "on", value: 1, dataset: ${identity(dataset)}}]}) { run { id } }`;
    }),
    ...deletedRuns.map((run) => `deleteRun(input: {run: "${name}-${run}", force: true}) { deletedId }`),
    ...deletedVersions.map((at) => `deleteModelVersion(input: {version: ${version(at)}, force: true}) { deletedId }`),
    ...deletedData.map((at) => `deleteDataset(input: {dataset: ${identity(at)}, force: true}) { deletedId }`),
  ];
  for (let i = 0; i < steps.length; i += 20) {
    await server.data(`mutation { ${steps.slice(i, i + 20).map((step, at) => `s${i + at}: ${step}`)} }`);
  }
}

interface Claims {
  readonly models?: "fraud" | "none" | undefined;
  readonly experiments?: "a" | "none" | undefined;
}

const CLAIMS: readonly Claims[] = [undefined, "fraud" as const, "none" as const].flatMap((models) =>
  [undefined, "a" as const, "none" as const].map((experiments) => ({ models, experiments })),
);

function tokenOf(name: string, { models, experiments }: Claims): As {
  const globs = (each: string) => (each === "none" ? [] : [`${name}-${each}*`]);
  return {
    ...(models ? { models: globs(models) } : {}),
    ...(experiments ? { experiments: globs(experiments) } : {}),
  };
}

/** The rule as sets: by experiments if the token names any, else by versions if it names models, else everything. */
function expected({ links, data, ...deleted }: World, { models, experiments }: Claims) {
  const covers = (version: number) =>
    !deleted.deletedVersions.includes(version) && models === "fraud" && version < VERSIONS.indexOf("credit 1");
  const sees = (run: number) => {
    if (deleted.deletedRuns.includes(run)) return false;
    if (experiments) return experiments === "a" && experimentOf(run) === "a";
    return !models || links.some((link) => link.run === run && covers(link.version));
  };
  const runs = Array.from({ length: RUNS }, (_, run) => run).filter(sees);
  const all = !models && !experiments;
  const datasets = Array.from({ length: DATA }, (_, dataset) => dataset).filter(
    (dataset) =>
      !deleted.deletedData.includes(dataset) &&
      (all || data.some((each) => each.dataset === dataset && sees(each.run))),
  );
  const named = all ? ["a", "b", "c"] : experiments === "a" ? ["a"] : [];
  const ofRuns = experiments || all ? [] : runs.map(experimentOf);
  return { runs, datasets, experiments: [...new Set([...named, ...ofRuns])].sort() };
}

const ENTRY_POINTS = `query ($name: String!, $runs: [ID!]!, $nodes: [ID!]!) {
  runs(first: 20, where: {experiment: {startsWith: $name}}) { totalCount nodes { runId experiment { name } } }
  datasets(first: 20, where: {name: {startsWith: $name}}) { totalCount nodes { name } }
  experiments(first: 5, where: {name: {startsWith: $name}}) { totalCount nodes { name runs(first: 10) { totalCount nodes { runId parent { runId } } } } }
  nodes(ids: $nodes) { __typename ... on Run { runId children(first: 2) { totalCount nodes { runId } } } ... on Dataset { name } }
  metricSeries(runs: $runs, keys: ["m"]) { run { runId } }
}`;

let worlds = 0;
const global = (type: string, id: string) => Buffer.from(`${type}:${id}`).toString("base64url");

describe("on random worlds", () => {
  test.each([1, 2])("every entry point returns to each token what its claims allow (%i)", async (seed) => {
    const [made] = fc.sample(world, { numRuns: 1, seed }) as [World];
    const name = `w${++worlds}`;
    await fill(name, made);
    const ids = Array.from({ length: RUNS }, (_, i) => `${name}-${i}`);
    const { rows } = await server.database.pool.query<{ id: string; name: string }>(
      `SELECT "id", "name" FROM "Dataset" WHERE "name" LIKE $1 ORDER BY "name"`,
      [`${name}-%`],
    );
    const nodes = [...ids.map((id) => global("Run", id)), ...rows.map(({ id }) => global("Dataset", id))];
    for (const claims of CLAIMS) {
      const as = tokenOf(name, claims);
      const seen = expected(made, claims);
      const runs = seen.runs.map((run) => `${name}-${run}`);
      const datasets = seen.datasets.map((dataset) => `${name}-${dataset}`);
      const answer = await server.data(ENTRY_POINTS, { name: `${name}-`, runs: ids, nodes }, as);
      const shown = (found: string[]) => [...found].sort();
      expect({
        runs: [answer.runs.totalCount, shown(answer.runs.nodes.map((run: { runId: string }) => run.runId))],
        datasets: [answer.datasets.totalCount, shown(answer.datasets.nodes.map((each: { name: string }) => each.name))],
        experiments: answer.experiments.nodes.map((each: { name: string }) => each.name),
        below: shown(
          answer.experiments.nodes.flatMap((each: { runs: { totalCount: number; nodes: { runId: string }[] } }) => {
            expect(each.runs.totalCount).toBe(each.runs.nodes.length);
            return each.runs.nodes.map(({ runId }) => runId);
          }),
        ),
        nodes: shown(
          answer.nodes.flatMap((node: { runId?: string; name?: string } | null) =>
            node ? [node.runId ?? node.name] : [],
          ),
        ),
        series: shown(answer.metricSeries.map((each: { run: { runId: string } }) => each.run.runId)),
      }).toEqual({
        runs: [runs.length, runs],
        datasets: [datasets.length, datasets],
        experiments: seen.experiments.map((each) => `${name}-${each}`),
        below: runs,
        nodes: shown([...runs, ...datasets]),
        series: runs,
      });
      expect(answer.experiments.totalCount).toBe(seen.experiments.length);
      for (const run of answer.experiments.nodes.flatMap(
        (each: { runs: { nodes: { runId: string; parent: { runId: string } | null }[] } }) => each.runs.nodes,
      )) {
        const before = `${name}-${Number(run.runId.split("-")[1]) - 1}`;
        expect(run.parent?.runId ?? null).toBe(runs.includes(before) ? before : null);
      }
      for (const node of answer.nodes.filter((each: { children?: unknown } | null) => each?.children)) {
        const next = `${name}-${Number(node.runId.split("-")[1]) + 1}`;
        expect(node.children).toEqual({
          totalCount: runs.includes(next) ? 1 : 0,
          nodes: runs.includes(next) ? [{ runId: next }] : [],
        });
      }
      const lineage = await server.data(
        `query { ${nodes.map((id, i) => `n${i}: lineage(of: {id: "${id}"}, direction: BOTH, kinds: [RUN, DATASET]) { nodes { nodeId } }`).join("\n")} }`,
        {},
        as,
      );
      const entered = Object.values(lineage).flatMap((each) =>
        ((each as { nodes: { nodeId: string }[] } | null)?.nodes ?? []).map(({ nodeId }) => nodeId),
      );
      const visible = [
        ...runs.map((id) => global("Run", id)),
        ...rows.filter((each) => datasets.includes(each.name)).map(({ id }) => global("Dataset", id)),
      ];
      expect(shown([...new Set(entered)])).toEqual(shown(visible));
    }
  });
});

describe("a token with a models claim and no experiments claim", () => {
  const as: As = { models: ["seen"], subject: "narrow" };

  beforeAll(async () => {
    await server.data(`mutation {
      e: createExperiment(input: {name: "exp"}) { created }
      o: createRun(input: {experiment: {name: "exp"}, runId: "open", params: [{key: "p", value: "1"}]}) { run { id } }
      h: createRun(input: {experiment: {name: "exp"}, runId: "hidden"}) { run { id } }
      v: createModelVersion(input: {model: {name: "seen"}, createModel: true, source: "s3://b/1", run: "open"}) { modelVersion { id } }
      w: createModelVersion(input: {model: {name: "unseen"}, createModel: true, source: "s3://b/2", run: "hidden"}) { modelVersion { id } }
      i: logInputs(input: {run: "open", datasets: [{dataset: {name: "shared", digest: "1"}}], modelVersions: [{version: {number: {model: "unseen", number: 1}}}]}) { run { id } }
      j: logInputs(input: {run: "hidden", datasets: [{dataset: {name: "shared", digest: "1"}}, {dataset: {name: "secret", digest: "1"}}]}) { run { id } }
      d: createRun(input: {experiment: {name: "exp"}, runId: "lost"}) { run { id } }
      x: deleteRun(input: {run: "lost"}) { deletedId }
    }`);
  });

  test("learns nothing of hidden runs by filters, comparisons or lineage", async () => {
    expect(
      await server.data(
        `{ byInput: runs(where: {input: {identity: {name: "secret", digest: "1"}}}) { totalCount }
          shared: runs(where: {input: {identity: {name: "shared", digest: "1"}}}) { nodes { runId } }
          byParent: runs(where: {parent: "hidden"}) { totalCount } deleted: runs(where: {deleted: ONLY}) { totalCount }
          dataset(name: "shared", digest: "1") { downstream { totalCount nodes { run { runId } } } affectedVersions { nodes { number model { name } } } }
          secret: dataset(name: "secret", digest: "1") { id }
          run(id: "open") { inputs { totalCount nodes { dataset { name } modelVersion { number } } } experiment { name viewerCanUpdate } }
          lineage(of: {dataset: {identity: {name: "shared", digest: "1"}}}, direction: DOWNSTREAM) { truncated nodes { name } counts { kind count } } }`,
        {},
        as,
      ),
    ).toEqual({
      byInput: { totalCount: 0 },
      shared: { nodes: [{ runId: "open" }] },
      byParent: { totalCount: 0 },
      deleted: { totalCount: 0 },
      dataset: {
        downstream: { totalCount: 1, nodes: [{ run: { runId: "open" } }] },
        affectedVersions: { nodes: [{ number: 1, model: { name: "seen" } }] },
      },
      secret: null,
      run: {
        inputs: { totalCount: 1, nodes: [{ dataset: { name: "shared" }, modelVersion: null }] },
        experiment: { name: "exp", viewerCanUpdate: false },
      },
      lineage: {
        truncated: false,
        nodes: [{ name: "shared@1" }, { name: "open" }, { name: "seen v1" }],
        counts: [
          { kind: "DATASET", count: 1 },
          { kind: "RUN", count: 1 },
          { kind: "MODEL_VERSION", count: 1 },
        ],
      },
    });
  });

  test.each([
    `updateRun(input: {run: "RUN", name: "mine"}) { run { id } }`,
    `finishRun(input: {run: "RUN"}) { run { id } }`,
    `deleteRun(input: {run: "RUN", force: true}) { deletedId }`,
    `restoreRun(input: {run: "RUN"}) { run { id } }`,
    `logBatch(input: {run: "RUN", params: [{key: "p", value: "guess"}]}) { run { id } }`,
    `logInputs(input: {run: "RUN", datasets: [{dataset: {name: "shared", digest: "1"}}]}) { run { id } }`,
    `logOutputs(input: {run: "RUN", modelVersions: [{number: {model: "seen", number: 1}}]}) { run { id } }`,
    `setTag(input: {on: {run: "RUN"}, key: "k", value: "v"}) { run { id } }`,
    `createModelVersion(input: {model: {name: "seen"}, source: "s3://b/3", run: "RUN"}) { modelVersion { id } }`,
    `addLineage(input: {from: {run: "RUN"}, to: {modelVersion: {number: {model: "seen", number: 1}}}}) { created }`,
    `addLineage(input: {from: {run: "RUN"}, to: {run: "open"}}) { created }`,
  ])("does not reach a hidden run: %s", async (mutation) => {
    const { revision } = (await server.data("{ head { revision } }")).head;
    const request = (run: string) => server.request(`mutation { ${mutation.replace("RUN", run)} }`, {}, as);
    const missing = await request("missing");
    expect(missing.errors?.[0]?.extensions.code).toBe("NOT_FOUND");
    for (const run of mutation.startsWith("restoreRun") ? ["lost"] : ["hidden", "lost"]) {
      expect(without(await request(run), run)).toEqual(without(missing, "missing"));
    }
    expect((await server.data("{ head { revision } }")).head.revision).toBe(revision);
  });

  const dataset = (name: string) => `{identity: {name: "${name}", digest: "1"}}`;
  test.each([
    `deleteDataset(input: {dataset: ${dataset("NAME")}, force: true}) { deletedId }`,
    `setTag(input: {on: {dataset: ${dataset("NAME")}}, key: "k", value: "v"}) { dataset { id } }`,
    `logBatch(input: {run: "open", metrics: [{key: "m", value: 1, dataset: ${dataset("NAME")}}]}) { run { id } }`,
    `addLineage(input: {from: {dataset: ${dataset("NAME")}}, to: {run: "open"}}) { created }`,
  ])("does not reach hidden data: %s", async (mutation) => {
    const request = (name: string) => server.request(`mutation { ${mutation.replaceAll("NAME", name)} }`, {}, as);
    const [hidden, missing] = [await request("secret"), await request("missing")];
    expect(without(hidden, "secret")).toEqual(without(missing, "missing"));
    expect(hidden.errors?.[0]?.extensions.code).toBe("NOT_FOUND");
  });

  test.each([
    `createExperiment(input: {name: "exp", ifExists: RETURN}) { created }`,
    `createRun(input: {experiment: {name: "exp"}}) { run { id } }`,
    `createRun(input: {experiment: {name: "new"}, createExperiment: true}) { run { id } }`,
    `updateExperiment(input: {experiment: {name: "exp"}, description: "mine"}) { experiment { id } }`,
    `deleteExperiment(input: {experiment: {name: "exp"}, force: true}) { deletedId }`,
    `setTag(input: {on: {experiment: {name: "exp"}}, key: "k", value: "v"}) { experiment { id } }`,
    `restoreExperiment(input: {id: "${global("Experiment", "00000000-0000-4000-8000-000000000000")}"}) { experiment { id } }`,
    `registerDataset(input: {name: "secret", digest: "1", ifExists: RETURN}) { created }`,
    `deleteDataset(input: {dataset: ${dataset("shared")}, force: true}) { deletedId }`,
    `setTag(input: {on: {dataset: ${dataset("shared")}}, key: "k", value: "v"}) { dataset { id } }`,
  ])("gets the reason of a refusal: %s", async (mutation) => {
    const { errors } = await server.request(`mutation { ${mutation} }`, {}, as);
    expect(errors?.[0]).toMatchObject({
      message: expect.stringMatching(/claim/),
      extensions: { code: "FORBIDDEN", requiredScopes: ["runs:write"] },
    });
  });

  test.each([
    `logInputs(input: {run: "open", datasets: [{dataset: {name: "shared", digest: "1"}}, {dataset: {name: "secret", digest: "1"}}]}) { run { id } }`,
    `logOutputs(input: {run: "open", datasets: [{name: "fresh", digest: "1"}, {name: "secret", digest: "1"}]}) { run { id } }`,
  ])("does not link hidden data to a visible run, which would show them: %s", async (mutation) => {
    const { revision } = (await server.data("{ head { revision } }")).head;
    const { errors } = await server.request(`mutation { ${mutation} }`, {}, as);
    expect(errors?.[0]).toMatchObject({
      message: expect.stringMatching(/"secret" with the digest "1" already exists, and this token does not cover it/),
      extensions: {
        code: "ALREADY_EXISTS",
        field: expect.stringMatching(/^input\.datasets\[1\](\.dataset)?\.digest$/),
      },
    });
    expect((await server.data("{ head { revision } }")).head.revision).toBe(revision);
    expect(await server.data(`{ dataset(name: "secret", digest: "1") { id } }`, {}, as)).toEqual({ dataset: null });
  });

  test("logs to a visible run, and changes the datasets that it registered", async () => {
    expect(
      await server.data(
        `mutation {
          b: logBatch(input: {run: "open", metrics: [{key: "m", value: 1, dataset: ${dataset("shared")}}]}) { run { runId } }
          i: logInputs(input: {run: "open", datasets: [{dataset: {name: "own", digest: "1"}}]}) { run { runId } }
          t: setTag(input: {on: {dataset: ${dataset("own")}}, key: "k", value: "v"}) { dataset { tag(key: "k") } } }`,
        {},
        as,
      ),
    ).toEqual({
      b: { run: { runId: "open" } },
      i: { run: { runId: "open" } },
      t: { dataset: { tag: "v" } },
    });
  });

  test("executes one more statement for the parents of a page of any length", async () => {
    const children = Array.from(
      { length: 6 },
      (
        _,
        i,
      ) => `c${i}: createRun(input: {experiment: {name: "exp"}, runId: "child-${i}", parent: "open"}) { run { id } }
        o${i}: logOutputs(input: {run: "child-${i}", modelVersions: [{number: {model: "seen", number: 1}}]}) { run { id } }`,
    );
    await server.data(`mutation { ${children.join("\n")} }`);
    const cost = async (first: number, who: As) => {
      const page = `{ runs(first: ${first}, where: {parent: "open"}) { nodes { runId parent { runId } } } }`;
      return (await recordStatements(() => server.data(page, {}, who))).statements.filter(({ text }) =>
        /"Run"/.test(text),
      ).length;
    };
    expect(await cost(6, {})).toBe(1);
    expect([await cost(2, { models: ["*"] }), await cost(6, { models: ["*"] })]).toEqual([2, 2]);
  });
});
