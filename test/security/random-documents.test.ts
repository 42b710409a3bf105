import { parse, validate } from "graphql";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Scope } from "../../src/domain/policy.js";
import { schema } from "../../src/graphql/schema.js";
import { START_MS } from "../graphql/authorization-fixture.js";
import { type As, type GraphQLAnswer, startTestServer, type TestServer } from "../support/server.js";
import { type Pools, randomDocument, randomOf } from "./random-document.js";

/** So many viewers, each with so many documents; `FUZZ_RUNS` and `FUZZ_SEED` for more, or for others. */
const RUNS = Number(process.env.FUZZ_RUNS ?? 40);
const SEED = Number(process.env.FUZZ_SEED ?? 1);
const DOCUMENTS = 12;

let server: TestServer;
let pools: Pools;
const MODELS = ["zqalpha", "zqbeta", "zqgamma"];
const RUNS_OF = [
  { id: "zqrun1", experiment: "zqexpone", model: "zqalpha", data: "zqdata1" },
  { id: "zqrun2", experiment: "zqexpone", model: "zqbeta", data: "zqdata2" },
  { id: "zqrun3", experiment: "zqexptwo", model: null, data: "zqdata3" },
] as const;
const DEPLOYMENTS = [
  { environment: "zqprod", endpoint: "zqendalpha", model: "zqalpha" },
  { environment: "zqdev", endpoint: "zqendbeta", model: "zqbeta" },
] as const;

beforeAll(async () => {
  server = await startTestServer();
  const ids: string[] = [];
  const keep = (answer: unknown) => void ids.push(...(JSON.stringify(answer).match(/(?<="id":")[^"]+/g) ?? []));
  for (const name of MODELS) {
    keep(
      await server.data(`mutation {
        r: registerModel(input: {name: "${name}", description: "${name}desc", tags: [{key: "k", value: "${name}tag"}]}) { model { id } }
      }`),
    );
  }
  for (const { id, experiment, data } of RUNS_OF) {
    keep(
      await server.data(
        `mutation {
        c: createRun(input: {experiment: {name: "${experiment}"}, createExperiment: true, runId: "${id}", name: "${id}name", params: [{key: "p", value: "${id}param"}], tags: [{key: "k", value: "${id}tag"}]}) { run { id experiment { id } } }
        l: logInputs(input: {run: "${id}", datasets: [{dataset: {name: "${data}", digest: "1", source: "s3://${data}source/x"}, context: "training"}]}) { run { inputs { edges { node { ... on Dataset { id } } } } } }
      }`.replace("inputs { edges { node { ... on Dataset { id } } } }", "id"),
      ),
    );
  }
  for (const name of MODELS) {
    const run = RUNS_OF.find(({ model }) => model === name);
    const create = (number: number, more: string) =>
      `v${number}: createModelVersion(input: {model: {name: "${name}"}, source: "s3://${name}source/${number}", description: "${name}words"${more}}) { modelVersion { id } }`;
    const move = (number: number) =>
      `t${number}: transitionModelVersion(input: {version: {number: {model: "${name}", number: ${number}}}, to: PRODUCTION, archiveExisting: true, reason: "${name}reason"}) { transition { id } }`;
    keep(
      await server.data(
        `mutation { ${create(1, `, aliases: ["champion"]${run ? `, run: "${run.id}"` : ""}`)} ${create(2, "")} ${move(1)} ${move(2)} }`,
      ),
    );
  }
  for (const { environment, endpoint, model } of DEPLOYMENTS) {
    keep(
      await server.data(
        `mutation { reportDeployment(input: {environment: "${environment}", endpoint: "${endpoint}", model: {name: "${model}"}, running: [{version: {number: {model: "${model}", number: 1}}}], state: RUNNING}) { deployment { id } } }`,
      ),
    );
  }
  keep(
    await server.data(
      `mutation { createWebhook(input: {url: "https://zqhook.test/", description: "zqhookdesc"}) { webhook { id } } }`,
    ),
  );
  const names = [...MODELS, ...RUNS_OF.flatMap(({ id, experiment, data }) => [id, experiment, data])];
  const [experiments, runs, data] = (["experiment", "id", "data"] as const).map((key) =>
    RUNS_OF.map((run) => run[key]),
  );
  const fitting = {
    ...{
      model: MODELS,
      name: [...MODELS, ...(experiments ?? []), ...(data ?? [])],
      models: MODELS,
      alias: ["champion"],
    },
    ...{ runId: runs ?? [], run: runs ?? [], key: ["k", "p"], environment: ["zqprod", "zqdev"], digest: ["1"] },
    endpoint: DEPLOYMENTS.map(({ endpoint }) => endpoint),
  };
  pools = { ids, fitting, texts: [...names, "zq*", "champion", "k", "1", "zqprod", "x"] };
}, START_MS);
afterAll(() => server.stop());

interface Viewer {
  readonly scopes: readonly Scope[];
  readonly models: readonly string[] | undefined;
  readonly experiments: readonly string[] | undefined;
  readonly environments: readonly string[] | undefined;
}

const covers = (globs: readonly string[] | undefined, name: string) =>
  globs === undefined ||
  globs.some((glob) => (glob.endsWith("*") ? name.startsWith(glob.slice(0, -1)) : glob === name));

/** What a token may see, once more and in other words than the code: by sets of names. */
function sightOf(v: Viewer) {
  const has = (scope: Scope) => v.scopes.includes(scope) || v.scopes.includes("admin");
  const models = has("models:read") ? MODELS.filter((name) => covers(v.models, name)) : [];
  const isByVersion = v.models !== undefined && v.experiments === undefined;
  const runs = RUNS_OF.filter(({ experiment, model }) => {
    if (!has("runs:read")) return false;
    return isByVersion ? model !== null && covers(v.models, model) : covers(v.experiments, experiment);
  });
  const isAll = v.models === undefined && v.experiments === undefined;
  const data = RUNS_OF.filter((run) => has("runs:read") && (isAll || runs.includes(run))).map(({ data }) => data);
  const experiments = [...new Set(RUNS_OF.map(({ experiment }) => experiment))].filter((name) => {
    if (!has("runs:read")) return false;
    return isByVersion ? runs.some(({ experiment }) => experiment === name) : covers(v.experiments, name);
  });
  const deployments = DEPLOYMENTS.filter(
    ({ environment, model }) => models.includes(model) && covers(v.environments, environment),
  );
  const isEverything = v.scopes.includes("admin") && isAll && v.environments === undefined;
  return { has, models, runs, data, experiments, deployments, isEverything };
}

/** Every value of the world that not all may see, and whether this viewer may. */
function markersFor(v: Viewer): Map<string, boolean> {
  const { has, models, runs, data, experiments, deployments, isEverything } = sightOf(v);
  const table = new Map<string, boolean>();
  for (const name of MODELS) {
    for (const end of ["", "desc", "tag", "words", "reason"]) table.set(`${name}${end}`, models.includes(name));
    table.set(`${name}source`, models.includes(name) && has("artifacts:read"));
  }
  for (const run of RUNS_OF) {
    for (const end of ["", "name", "param", "tag"]) table.set(`${run.id}${end}`, runs.includes(run));
    table.set(run.data, data.includes(run.data));
    table.set(`${run.data}source`, data.includes(run.data) && has("artifacts:read"));
    table.set(run.experiment, experiments.includes(run.experiment));
  }
  for (const each of DEPLOYMENTS) {
    table.set(each.endpoint, deployments.includes(each));
    table.set(
      each.environment,
      deployments.some(({ environment }) => environment === each.environment),
    );
  }
  for (const marker of ["zqhook.test", "zqhookdesc"]) table.set(marker, isEverything && has("webhooks:write"));
  return table;
}

const READING: readonly Scope[] = [
  "models:read",
  "runs:read",
  "artifacts:read",
  "webhooks:write",
  "models:write",
  "deployments:write",
];

function randomViewer(random: () => number): Viewer {
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  return {
    scopes: random() < 0.1 ? ["admin"] : READING.filter(() => random() < 0.6),
    models: pick([undefined, undefined, [], ["zqalpha"], ["zqb*", "zqg*"], ["*"]]),
    experiments: pick([undefined, undefined, [], ["zqexpone"], ["zqexpt*"], ["*"]]),
    environments: pick([undefined, undefined, [], ["zqprod"], ["*"]]),
  };
}

const asOf = ({ scopes, models, experiments, environments }: Viewer): As => ({
  ...{ subject: "mallory", scopes },
  ...(models ? { models } : {}),
  ...(experiments ? { experiments } : {}),
  ...(environments ? { environments } : {}),
});

/** Each word of the world, the longest first: `zqalphadesc` is not `zqalpha`. */
function wordsOf(text: string): Set<string> {
  return new Set(text.match(/zq[a-z0-9]+(?:\.test)?/g) ?? []);
}

function leaks(v: Viewer, document: string, answer: GraphQLAnswer): string[] {
  const asked = wordsOf(document + JSON.stringify(v));
  const table = markersFor(v);
  return [...wordsOf(JSON.stringify(answer))].filter((word) => !asked.has(word) && table.get(word) !== true);
}

test("every document that is made is one that the schema takes", () => {
  for (let seed = 0; seed < 300; seed++) {
    const document = randomDocument(randomOf(seed), pools);
    expect(
      validate(schema, parse(document)).map(({ message }) => message),
      document,
    ).toEqual([]);
  }
});

test("no answer to any document holds a value that its viewer may not read", async () => {
  let answered = 0;
  let seen = 0;
  for (let run = 0; run < RUNS; run++) {
    const random = randomOf(SEED * 100_003 + run);
    const viewer = randomViewer(random);
    for (let i = 0; i < DOCUMENTS; i++) {
      const document = randomDocument(random, pools);
      const answer = await server.request(document, {}, asOf(viewer));
      expect(
        leaks(viewer, document, answer),
        `${JSON.stringify(viewer)}\n${document}\n${JSON.stringify(answer)}`,
      ).toEqual([]);
      expect(JSON.stringify(answer.errors ?? []), document).not.toContain('"INTERNAL"');
      if (answer.data) answered++;
      seen += wordsOf(JSON.stringify(answer.data ?? null)).size;
    }
  }
  expect(answered, "most documents are answered").toBeGreaterThan((RUNS * DOCUMENTS) / 3);
  expect(seen, "and answers do hold values of the world").toBeGreaterThan(RUNS * 2);
}, 600_000);

test("and lists and their counts hold all that the viewer may read", async () => {
  for (let run = 0; run < RUNS; run++) {
    const viewer = randomViewer(randomOf(SEED * 900_007 + run));
    const { has, models, experiments, runs, data, deployments } = sightOf(viewer);
    const lists: [string, string, Scope, readonly string[]][] = [
      ["models", "name", "models:read", models],
      ["experiments", "name", "runs:read", experiments],
      ["runs", "runId", "runs:read", runs.map(({ id }) => id)],
      ["datasets", "name", "runs:read", data],
      ["deployments", "endpoint", "models:read", deployments.map(({ endpoint }) => endpoint)],
    ];
    for (const [list, key, scope, expected] of lists) {
      const answer = await server.request(`{ ${list}(first: 50) { totalCount nodes { ${key} } } }`, {}, asOf(viewer));
      const about = `${list} for ${JSON.stringify(viewer)}`;
      if (!has(scope)) {
        expect(answer.errors?.[0]?.extensions.code, about).toBe("FORBIDDEN");
        continue;
      }
      const { totalCount, nodes } = answer.data[list];
      expect([totalCount, ...nodes.map((node: Record<string, string>) => node[key]).sort()], about).toEqual([
        expected.length,
        ...[...expected].sort(),
      ]);
    }
  }
}, 600_000);
