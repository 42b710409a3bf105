import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestServer, type TestServer } from "../../support/server.js";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  await server.data(`mutation {
    a: registerModel(input: { name: "Éclair", description: "ЖЁЛТЫЙ 50%", tags: [{ key: "team", value: "Größe_A" }] }) { created }
    b: registerModel(input: { name: "éclipse", description: null, tags: [{ key: "team", value: "größe-b" }, { key: "other", value: "GRÖSSE_A" }] }) { created }
    c: registerModel(input: { name: "E_clair", description: "50x" }) { created }
    d: createModelVersion(input: { model: { name: "Éclair" }, source: "s3://b/M", description: "Première", aliases: ["Champion"] }) { modelVersion { id } }
    e: createExperiment(input: { name: "Été", description: "Chaleur" }) { experiment { id } }
    f: createRun(input: { experiment: { name: "Été" }, runId: "r", name: "Nuit" }) { run { id } }
    g: createRun(input: { experiment: { name: "Été" }, runId: "s" }) { run { id } }
    h: registerDataset(input: { name: "Données", digest: "1", source: "s3://b/D" }) { dataset { id } }
    i: reportDeployment(input: { environment: "Prod", endpoint: "Èze", model: { name: "Éclair" }, running: [], state: RUNNING }) { applied }
    j: transitionModelVersion(input: { version: { number: { model: "Éclair", number: 1 } }, to: STAGING }) { transition { id } }
  }`);
});
afterAll(() => server.stop());

async function models(where: unknown): Promise<string[]> {
  const { models: found } = await server.data(
    `query ($where: ModelFilter) { models(where: $where) { totalCount nodes { name } } }`,
    { where },
  );
  expect(found.totalCount).toBe(found.nodes.length);
  return found.nodes.map(({ name }: { name: string }) => name).sort();
}

const ignoring = (text: string) => ({ containsIgnoreCase: text });

test.each<[unknown, string[]]>([
  [{ name: ignoring("É") }, ["Éclair", "éclipse"]],
  [{ name: ignoring("é") }, ["Éclair", "éclipse"]],
  [{ name: { contains: "é" } }, ["éclipse"]],
  [{ name: ignoring("CLAIR") }, ["E_clair", "Éclair"]],
  [{ name: ignoring("_CL") }, ["E_clair"]],
  [{ name: ignoring("") }, ["E_clair", "Éclair", "éclipse"]],
  [{ name: { ...ignoring("ÉCL"), contains: "ipse" } }, ["éclipse"]],
  [{ name: { ...ignoring("ÉCL"), startsWith: "É" } }, ["Éclair"]],
  [{ name: { ...ignoring("x"), equals: "Éclair" } }, []],
  [{ description: ignoring("жёлтый 50%") }, ["Éclair"]],
  [{ description: ignoring("50%") }, ["Éclair"]],
  [{ description: { equals: "50x" } }, ["E_clair"]],
  [{ description: {} }, ["E_clair", "Éclair", "éclipse"]],
  // a description that is absent contains nothing
  [{ NOT: { description: ignoring("X") } }, ["Éclair", "éclipse"]],
  [{ name: ignoring("é"), description: ignoring("Ж") }, ["Éclair"]],
  [{ NOT: { name: ignoring("é") } }, ["E_clair"]],
  [{ OR: [{ name: ignoring("IPSE") }, { description: ignoring("50X") }] }, ["E_clair", "éclipse"]],
  [{ tag: { key: "team", valueContainsIgnoreCase: "GRÖ" } }, ["Éclair", "éclipse"]],
  [{ tag: { key: "team", valueContainsIgnoreCase: "E_a" } }, ["Éclair"]],
  [{ tag: { key: "TEAM", valueContainsIgnoreCase: "grö" } }, []],
  [{ tag: { key: "team", value: "größe-b", valueContainsIgnoreCase: "E-B" } }, ["éclipse"]],
  [{ tag: { key: "team", value: "größe-b", valueContainsIgnoreCase: "A" } }, []],
])("models where %j", async (where, names) => {
  expect(await models(where)).toEqual(names);
});

const NOTHING = "zz";

test.each([
  ["modelVersions", (text: string) => `{ model: { containsIgnoreCase: "${text}" } }`, "ÉCLAIR"],
  ["modelVersions", (text: string) => `{ description: { containsIgnoreCase: "${text}" } }`, "PREMIÈRE"],
  ["modelVersions", (text: string) => `{ source: { containsIgnoreCase: "${text}" } }`, "/m"],
  ["experiments", (text: string) => `{ name: { containsIgnoreCase: "${text}" } }`, "éTÉ"],
  ["experiments", (text: string) => `{ description: { containsIgnoreCase: "${text}" } }`, "chal"],
  ["runs", (text: string) => `{ name: { containsIgnoreCase: "${text}" } }`, "nuIT"],
  [
    "runs",
    (text: string) => `{ experiment: { containsIgnoreCase: "${text}" }, user: null, name: { contains: "N" } }`,
    "ÉTÉ",
  ],
  ["datasets", (text: string) => `{ name: { containsIgnoreCase: "${text}" } }`, "DONNÉES"],
  ["datasets", (text: string) => `{ source: { containsIgnoreCase: "${text}" } }`, "/d"],
  ["deployments", (text: string) => `{ environment: { containsIgnoreCase: "${text}" }, stale: false }`, "PROD"],
  ["deployments", (text: string) => `{ endpoint: { containsIgnoreCase: "${text}" }, model: { contains: "É" } }`, "èZE"],
  ["stageTransitions", (text: string) => `{ model: { containsIgnoreCase: "${text}" } }`, "éCLAIR"],
  ["aliasTransitions", (text: string) => `{ model: { containsIgnoreCase: "${text}" } }`, "éCLAIR"],
  ["aliasTransitions", (text: string) => `{ alias: { containsIgnoreCase: "${text}" } }`, "hAMPION"],
])("%s where %s", async (list, where, text) => {
  const count = async (given: string) =>
    (await server.data(`{ ${list}(where: ${where(given)}) { totalCount } }`))[list].totalCount;
  expect(await count(text)).toBe(1);
  expect(await count(NOTHING)).toBe(0);
});

test("a filter by source requires the same scope as before", async () => {
  const { errors } = await server.request(
    `{ modelVersions(where: { source: { containsIgnoreCase: "m" } }) { totalCount } }`,
    {},
    { scopes: ["models:read"] },
  );
  expect(errors?.[0]?.extensions).toMatchObject({ code: "FORBIDDEN" });
});

test.each([
  ["where: { name: { containsIgnoreCase: $text } }", "where.name.containsIgnoreCase"],
  ["where: { description: { contains: $text } }", "where.description.contains"],
  ["where: { name: { startsWith: $text } }", "where.name.startsWith"],
  ['where: { tag: { key: "team", valueContainsIgnoreCase: $text } }', "valueContainsIgnoreCase"],
])("a long text is not looked for: the database would prepare it for each row (%s)", async (where, field) => {
  const ask = (text: string) => server.request(`query ($text: String!) { models(${where}) { totalCount } }`, { text });
  expect((await ask("x".repeat(1_000))).data).toEqual({ models: { totalCount: 0 } });
  expect((await ask("x".repeat(1_001))).errors).toMatchObject([
    {
      message: `${field} has 1001 characters; at most 1000 are allowed.`,
      extensions: { code: "INVALID_INPUT", field },
    },
  ]);
});
