import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { matchesAnyGlob } from "../../../src/domain/values/glob.js";
import { startTestServer, type TestServer } from "../../support/server.js";
import { ALL, mallory, type Seed, START_MS, seedModel, valuesOf, without } from "./fixture.js";

let server: TestServer;
let mine: Seed;
let theirs: Seed;
let ghost: Seed;
beforeAll(async () => {
  server = await startTestServer();
  mine = await seedModel(server, "risk-mine");
  theirs = await seedModel(server, "secret-theirs");
  const absent = await seedModel(server, "absent");
  // Valid ids of nothing that exists: a model that never existed, and differs in nothing else.
  const flip = (id: string) => encode(decode(id).replace(/.{4}$/, "0000"));
  const [a, b, c, d] = absent.versions;
  ghost = {
    name: "secret-ghosts",
    id: flip(absent.id),
    versions: [flip(a), flip(b), flip(c), flip(d)],
    transition: flip(absent.transition),
    aliasTransition: flip(absent.aliasTransition),
  };
}, START_MS);
afterAll(() => server?.stop());

const decode = (text: string) => Buffer.from(text, "base64url").toString();
const encode = (text: string) => Buffer.from(text).toString("base64url");
const secretsOf = ({ name, id, versions, transition, aliasTransition }: Seed) => [
  name,
  id,
  ...versions,
  transition,
  aliasTransition,
];

const READS: [string, (seed: Seed) => string][] = [
  ["model", ({ name }) => `model(name: "${name}") { id }`],
  ["modelVersion by id", ({ versions }) => `modelVersion(ref: { id: "${versions[0]}" }) { id source }`],
  ["modelVersion by number", ({ name }) => `modelVersion(ref: { number: { model: "${name}", number: 1 } }) { id }`],
  ["modelVersion by number 0", ({ name }) => `modelVersion(ref: { number: { model: "${name}", number: 0 } }) { id }`],
  [
    "modelVersion by alias",
    ({ name }) => `modelVersion(ref: { alias: { model: "${name}", alias: "champion" } }) { id }`,
  ],
  ["node of a model", ({ id }) => `node(id: "${id}") { id }`],
  ["node of a version", ({ versions }) => `node(id: "${versions[0]}") { ... on ModelVersion { number source } }`],
  ["node of a move", ({ transition }) => `node(id: "${transition}") { ... on StageTransition { to } }`],
  [
    "node of an alias's move",
    ({ aliasTransition }) => `node(id: "${aliasTransition}") { ... on AliasTransition { alias versionNumber } }`,
  ],
  ["nodes", ({ id, versions, transition }) => `nodes(ids: ["${id}", "${versions[0]}", "${transition}"]) { id }`],
  ["models by name", ({ name }) => `models(where: { name: { equals: "${name}" } }) { totalCount nodes { id } }`],
  ["models by names", ({ name }) => `models(where: { name: { in: ["${name}"] } }) { totalCount edges { cursor } }`],
  ["models by a part", ({ name }) => `models(where: { name: { contains: "${name.slice(2)}" } }) { totalCount }`],
  ["models by OR", ({ name }) => `models(where: { OR: [{ name: { startsWith: "${name}" } }] }) { totalCount }`],
  [
    "deleted models",
    ({ name }) => `models(where: { deleted: ONLY, name: { equals: "${name}" } }) { totalCount nodes { id } }`,
  ],
  ["versions", ({ name }) => `modelVersions(where: { model: { equals: "${name}" } }) { totalCount nodes { id } }`],
  [
    "versions by source",
    ({ name }) => `modelVersions(where: { source: { contains: "${name}" } }) { totalCount nodes { source } }`,
  ],
  [
    "deleted versions",
    ({ name }) => `modelVersions(where: { deleted: ONLY, model: { equals: "${name}" } }) { totalCount nodes { id } }`,
  ],
  ["moves", ({ name }) => `stageTransitions(where: { model: { equals: "${name}" } }) { totalCount nodes { id } }`],
  [
    "moves of aliases",
    ({ name }) => `aliasTransitions(where: { model: { equals: "${name}" } }) { totalCount nodes { id } }`,
  ],
];

describe("a model outside the models claim responds as if it did not exist", () => {
  test.each(READS)("%s", async (_what, read) => {
    const document = (seed: Seed) => `{ at: ${read(seed)} }`;
    const as = mallory(ALL, ["risk-*"]);
    const hidden = await server.request(document(theirs), {}, as);
    const missing = await server.request(document(ghost), {}, as);
    expect(without(hidden, ...secretsOf(theirs))).toEqual(without(missing, ...secretsOf(ghost)));
    expect(hidden.errors).toBeUndefined();
    expect(valuesOf(hidden.data, "totalCount").every((count) => count === 0)).toBe(true);
    for (const secret of secretsOf(theirs)) expect(JSON.stringify(hidden)).not.toContain(secret);
  });

  test.each(READS.filter(([what]) => !/deleted models|number 0/.test(what)))(
    "a model inside the claim is shown: %s",
    async (_what, read) => {
      const document = (seed: Seed) => `{ at: ${read(seed)} }`;
      const shown = await server.data(document(mine), {}, mallory(ALL, ["risk-*"]));
      expect(shown).toEqual(await server.data(document(mine)));
      expect(shown).not.toEqual(await server.data(document(ghost)));
    },
  );

  test("lists and their counts hold only covered models, whatever their filter is", async () => {
    const document = `query ($names: StringFilter!) {
      models { totalCount nodes { name versions { totalCount } } }
      not: models(where: { NOT: { name: { equals: "no such" } } }) { totalCount nodes { name } }
      or: models(where: { OR: [{ name: $names }, { tag: { key: "team" } }, { alias: "champion" }] }) { totalCount nodes { name } }
      onStage: models(where: { stage: PRODUCTION, createdBy: { subject: "tester" } }) { totalCount nodes { name } }
      modelVersions(where: { OR: [{ model: $names }, { alias: "champion" }, { stage: [NONE, STAGING] }] }) { totalCount nodes { model { name } } }
      stageTransitions(where: { NOT: { model: { equals: "no such" } } }) { totalCount nodes { modelVersion { model { name } } } }
      aliasTransitions(where: { NOT: { alias: { equals: "no such" } } }) { totalCount nodes { modelVersion { model { name } } } }
    }`;
    const answer = await server.data(document, { names: { startsWith: "secret" } }, mallory(ALL, ["risk-mine"]));
    expect(new Set(valuesOf(answer, "name"))).toEqual(new Set(["risk-mine"]));
    expect([answer.models, answer.not, answer.or, answer.onStage].map(({ totalCount }) => totalCount)).toEqual([
      1, 1, 1, 1,
    ]);
    const { modelVersions, stageTransitions, aliasTransitions } = answer;
    expect([modelVersions, stageTransitions, aliasTransitions].map(({ totalCount }) => totalCount)).toEqual([3, 2, 3]);
  });

  test("nodes keep their positions, with null for hidden ones", async () => {
    const ids = [theirs.id, mine.id, ghost.id, mine.versions[0], theirs.versions[0]];
    const { nodes } = await server.data(
      "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }",
      { ids },
      mallory(ALL, ["risk-*"]),
    );
    expect(nodes).toEqual([null, { id: mine.id }, null, { id: mine.versions[0] }, null]);
  });
});

describe("the globs of the claim", () => {
  const NAMES = ["a", "aa", "aba", "a_b", "a%b", "a\\b", "A", "a*b", "a.b", "axb", "ab", "été", "a b"];
  beforeAll(async () => {
    const fields = NAMES.map((name, i) => `m${i}: registerModel(input: { name: ${JSON.stringify(name)} }) { created }`);
    for (let from = 0; from < fields.length; from += 7) {
      await server.data(`mutation { ${fields.slice(from, from + 7).join(" ")} }`);
    }
  });

  const CLAIMS = [
    [[]],
    [["a"]],
    [["a*a"]],
    [["a*"]],
    [["*a"]],
    [["*"]],
    [["**"]],
    [["a*b*a"]],
    [["a_b"]],
    [["a%b"]],
    [["a\\*"]],
    [["a?b", "a.b", "[a]"]],
    [["*_*"]],
    [["*%*", "*\\*"]],
    [["A*"]],
    [["é*", "a b"]],
    [["*b", "aa"]],
    [["a", "a"]],
  ] satisfies [string[]][];

  test.each(CLAIMS)("%j mean the same in a look-up, a list, its count and a mutation", async (claim) => {
    const as = mallory(ALL, claim);
    const covered = NAMES.filter((name) => matchesAnyGlob(claim, name)).sort();
    const among = "where: { name: { in: $names } }";
    const { models } = await server.data(
      `query ($names: [String!]!) { models(${among}) { totalCount nodes { name } } }`,
      { names: NAMES },
      as,
    );
    expect(valuesOf(models, "name").sort()).toEqual(covered);
    expect(models.totalCount).toBe(covered.length);
    const update = "mutation ($name: String!) { updateModel(input: { model: { name: $name } }) { model { name } } }";
    const look = "query ($name: String!) { model(name: $name) { name } }";
    for (const name of NAMES) {
      const isCovered = covered.includes(name);
      expect((await server.data(look, { name }, as)).model).toEqual(isCovered ? { name } : null);
      const { data, errors } = await server.request(update, { name }, as);
      expect([name, errors?.[0]?.extensions.code ?? data.updateModel.model.name]).toEqual([
        name,
        isCovered ? name : "NOT_FOUND",
      ]);
    }
  });

  test("viewer returns them, and null without a claim", async () => {
    const query = "{ viewer { modelGlobs } }";
    expect(await server.data(query, {}, mallory([], ["a*", "b"]))).toEqual({ viewer: { modelGlobs: ["a*", "b"] } });
    expect(await server.data(query, {}, mallory([], []))).toEqual({ viewer: { modelGlobs: [] } });
    expect(await server.data(query, {}, mallory([]))).toEqual({ viewer: { modelGlobs: null } });
  });

  test.each([["a*"], [{ a: true }], [[1]], [[null]], [true], [null]])(
    "a claim of a wrong type is refused: %j",
    async (models) => {
      const answer = await server.request("{ viewer { modelGlobs } }", {}, { models });
      expect(answer.errors?.[0]?.extensions.code).toBe("UNAUTHENTICATED");
    },
  );
});
