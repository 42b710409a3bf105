import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestServer, type TestServer } from "../../support/server.js";

let server: TestServer;
const moments: Record<string, string> = {};

const DIGEST = `sha256:${"ab".repeat(32)}`;
const LONG = `😀${"x".repeat(99_998)}y`;
const ODD = ["50%_off", "50xyoff", String.raw`50\%_off`, "50*", "it's"];

beforeAll(async () => {
  server = await startTestServer();
  for (const name of ODD) await mutate(`registerModel(input: {name: ${JSON.stringify(name)}})`, "created");
  await mutate(`registerModel(input: {name: "iris", tags: [{key: "team", value: "risk"}, {key: "empty", value: ""}]})`);
  await mutate(`registerModel(input: {name: "wine", tags: [{key: "team", value: "ops"}]})`, "created", {
    subject: "other",
  });
  moments["@registered"] = await now();
  await create(`model: {name: "iris"}, source: "s3://b/50%_1", digest: "${DIGEST}", aliases: ["champion"]`);
  await create(`model: {name: "iris"}, source: "s3://b/50xy1", tags: [{key: "run", value: "1"}]`);
  await create(`model: {name: "iris"}, status: PENDING_REGISTRATION, tags: [{key: "run", value: "2"}]`);
  moments["@iris"] = await now();
  await create(`model: {name: "wine"}, source: "s3://b/w", aliases: ["Champion"]`, { subject: "other" });
  await move("iris", 1, "PRODUCTION");
  moments["@moved"] = await now();
  await move("iris", 2, "ARCHIVED", { subject: "other" });
});
afterAll(() => server.stop());

async function mutate(field: string, selection = "created", as = {}): Promise<void> {
  await server.data(`mutation { ${field} { ${selection} } }`, {}, as);
}
const create = (input: string, as = {}) =>
  mutate(`createModelVersion(input: {${input}})`, "modelVersion { number }", as);
const move = (model: string, number: number, to: string, as = {}) =>
  mutate(
    `transitionModelVersion(input: {version: {number: {model: "${model}", number: ${number}}}, to: ${to}})`,
    "transition { id }",
    as,
  );

/** A time after everything that happened so far and before everything later. */
async function now(): Promise<string> {
  await new Promise((resolve) => setTimeout(resolve, 5));
  const at = new Date().toISOString();
  await new Promise((resolve) => setTimeout(resolve, 5));
  return at;
}

const SHOWN = {
  models: ["ModelFilter", "name", ({ name }: Record<string, string>) => name],
  modelVersions: [
    "ModelVersionFilter",
    "model { name } number",
    ({ model, number }: { model: { name: string }; number: number }) => `${model.name} ${number}`,
  ],
  stageTransitions: [
    "StageTransitionFilter",
    "versionNumber from to",
    ({ versionNumber, from, to }: Record<string, string>) => `${versionNumber} ${from} ${to}`,
  ],
  aliasTransitions: [
    "AliasTransitionFilter",
    "alias previousNumber versionNumber",
    ({ alias, previousNumber, versionNumber }: Record<string, string>) => `${alias} ${previousNumber} ${versionNumber}`,
  ],
} as const;
type ListName = keyof typeof SHOWN;

async function ask(list: ListName, where: unknown, as = {}) {
  const [type, selection] = SHOWN[list];
  return server.request(
    `query ($where: ${type}) { ${list}(where: $where, first: 200) { totalCount nodes { ${selection} } } }`,
    { where },
    as,
  );
}

async function found(list: ListName, where: unknown): Promise<string[]> {
  const { data, errors } = await ask(list, where);
  expect(errors).toBeUndefined();
  expect(data[list].totalCount).toBe(data[list].nodes.length);
  return data[list].nodes.map(SHOWN[list][2]).sort();
}

/** Times are given by their names; see `moments`. */
function withMoments(where: unknown): unknown {
  return JSON.parse(JSON.stringify(where), (_, value) =>
    typeof value === "string" ? (moments[value] ?? value) : value,
  );
}

const ALL_MODELS = [...ODD, "iris", "wine"].sort();

test.each<[unknown, string[]]>([
  [null, ALL_MODELS],
  [{}, ALL_MODELS],
  [{ name: null, tag: null, AND: null, OR: null, NOT: null }, ALL_MODELS],
  [{ name: {} }, ALL_MODELS],
  [{ name: { equals: "iris" } }, ["iris"]],
  [{ name: { equals: "Iris" } }, []],
  [{ name: { equals: "50%_off" } }, ["50%_off"]],
  [{ name: { in: ["wine", "iris", "nobody", "wine"] } }, ["iris", "wine"]],
  [{ name: { in: [] } }, []],
  [{ name: { contains: "%" } }, ["50%_off", String.raw`50\%_off`]],
  [{ name: { contains: "_" } }, ["50%_off", String.raw`50\%_off`]],
  [{ name: { contains: "\\" } }, [String.raw`50\%_off`]],
  [{ name: { contains: "*" } }, ["50*"]],
  [{ name: { contains: "'" } }, ["it's"]],
  [{ name: { contains: "" } }, ALL_MODELS],
  [{ name: { contains: "RI" } }, []],
  [{ name: { startsWith: "50%" } }, ["50%_off"]],
  [{ name: { startsWith: "50_" } }, []],
  [{ name: { startsWith: "50\\" } }, [String.raw`50\%_off`]],
  [{ name: { startsWith: "50", contains: "x" } }, ["50xyoff"]],
  [{ name: { startsWith: "i", in: ["it's", "wine"] } }, ["it's"]],
  [{ tag: { key: "team" } }, ["iris", "wine"]],
  [{ tag: { key: "team", value: "risk" } }, ["iris"]],
  [{ tag: { key: "team", value: "ris" } }, []],
  [{ tag: { key: "empty", value: "" } }, ["iris"]],
  [{ tag: { key: "empty", value: null } }, ["iris"]],
  [{ stage: "PRODUCTION" }, ["iris"]],
  [{ stage: "NONE" }, ["iris", "wine"]],
  [{ stage: "STAGING" }, []],
  [{ alias: "champion" }, ["iris"]],
  [{ alias: "Champion" }, ["wine"]],
  [{ createdAt: { lt: "@registered" } }, ALL_MODELS],
  [{ createdAt: { gte: "@registered" } }, []],
  [{ updatedAt: { gt: "@iris" } }, ["iris", "wine"]],
  [{ updatedAt: { gt: "@registered", lte: "@iris" } }, []],
  [{ createdBy: { subject: "other" } }, ["wine"]],
  [{ createdBy: { issuer: "https://issuer.test" } }, ALL_MODELS],
  [{ createdBy: { issuer: "https://issuer.test", subject: "nobody" } }, []],
  [{ AND: [] }, ALL_MODELS],
  [{ OR: [] }, []],
  [{ AND: [{ name: { contains: "i" } }, { name: { contains: "s" } }] }, ["iris", "it's"]],
  [{ OR: [{ name: { equals: "wine" } }, { stage: "PRODUCTION" }] }, ["iris", "wine"]],
  [{ NOT: { name: { startsWith: "50" } } }, ["iris", "it's", "wine"]],
  [{ NOT: { tag: { key: "team" } } }, [...ODD].sort()],
  [{ NOT: { OR: [{ tag: { key: "team" } }, { name: { startsWith: "50" } }] } }, ["it's"]],
  [
    { tag: { key: "team" }, OR: [{ alias: "champion" }, { name: { equals: "it's" } }], NOT: { stage: "STAGING" } },
    ["iris"],
  ],
])("models where %j are %j", async (where, names) => {
  expect(await found("models", withMoments(where))).toEqual(names);
});

const ALL_VERSIONS = ["iris 1", "iris 2", "iris 3", "wine 1"];

test.each<[unknown, string[]]>([
  [{}, ALL_VERSIONS],
  [{ model: { equals: "iris" } }, ["iris 1", "iris 2", "iris 3"]],
  [{ model: { startsWith: "w" } }, ["wine 1"]],
  [{ stage: ["PRODUCTION", "ARCHIVED"] }, ["iris 1", "iris 2"]],
  [{ stage: [] }, []],
  [{ status: ["PENDING_REGISTRATION"] }, ["iris 3"]],
  [{ status: ["READY", "READY"] }, ["iris 1", "iris 2", "wine 1"]],
  [{ alias: "champion" }, ["iris 1"]],
  [{ digest: DIGEST }, ["iris 1"]],
  [{ digest: DIGEST.toUpperCase() }, ["iris 1"]],
  [{ source: { equals: "s3://b/50%_1" } }, ["iris 1"]],
  [{ source: { startsWith: "s3://b/50%" } }, ["iris 1"]],
  [{ source: { contains: "50" } }, ["iris 1", "iris 2"]],
  [{ source: { in: ["s3://b/w", "s3://b/50xy1"] } }, ["iris 2", "wine 1"]],
  [{ tag: { key: "run" } }, ["iris 2", "iris 3"]],
  [{ tag: { key: "run", value: "2" } }, ["iris 3"]],
  [{ createdAt: { lt: "@iris" } }, ["iris 1", "iris 2", "iris 3"]],
  [{ createdAt: { gt: "@registered", lte: "@registered" } }, []],
  [{ updatedAt: { gte: "@iris" } }, ["iris 1", "iris 2", "wine 1"]],
  [{ createdBy: { subject: "other" } }, ["wine 1"]],
  [{ OR: [{ alias: "champion" }, { tag: { key: "run", value: "2" } }], NOT: { stage: ["PRODUCTION"] } }, ["iris 3"]],
])("versions where %j are %j", async (where, names) => {
  expect(await found("modelVersions", withMoments(where))).toEqual(names);
  const { data } = await server.request(
    `query ($where: ModelVersionFilter) { model(name: "iris") { versions(where: $where) { totalCount nodes { number } } } }`,
    { where: withMoments(where) },
  );
  const { nodes, totalCount } = data.model.versions;
  const ofIris = names.filter((name) => name.startsWith("iris"));
  expect(nodes.map(({ number }: { number: number }) => `iris ${number}`).reverse()).toEqual(ofIris);
  expect(totalCount).toBe(ofIris.length);
});

test.each<[unknown, string[]]>([
  [{}, ["1 NONE PRODUCTION", "2 NONE ARCHIVED"]],
  [{ model: { equals: "iris" } }, ["1 NONE PRODUCTION", "2 NONE ARCHIVED"]],
  [{ model: { equals: "wine" } }, []],
  [{ to: ["PRODUCTION"] }, ["1 NONE PRODUCTION"]],
  [{ from: ["PRODUCTION", "STAGING"] }, []],
  [{ from: ["NONE"], to: ["ARCHIVED", "STAGING"] }, ["2 NONE ARCHIVED"]],
  [{ actor: { subject: "other" } }, ["2 NONE ARCHIVED"]],
  [{ actor: { issuer: "https://elsewhere.test" } }, []],
  [{ at: { gt: "@moved" } }, ["2 NONE ARCHIVED"]],
  [{ at: { gte: "@iris", lte: "@moved" } }, ["1 NONE PRODUCTION"]],
  [{ NOT: { to: ["PRODUCTION"] } }, ["2 NONE ARCHIVED"]],
  [{ OR: [{ to: ["PRODUCTION"] }, { actor: { subject: "other" } }] }, ["1 NONE PRODUCTION", "2 NONE ARCHIVED"]],
])("stage transitions where %j are %j", async (where, moves) => {
  expect(await found("stageTransitions", withMoments(where))).toEqual(moves);
});

test.each<[unknown, string[]]>([
  [{}, ["Champion null 1", "champion null 1"]],
  [{ alias: { equals: "champion" } }, ["champion null 1"]],
  [{ alias: { startsWith: "C" } }, ["Champion null 1"]],
  [{ alias: { in: ["champion", "_hampion"] } }, ["champion null 1"]],
  [{ model: { equals: "wine" } }, ["Champion null 1"]],
  [{ model: { equals: "wine" }, alias: { equals: "champion" } }, []],
  [{ actor: { subject: "other" } }, ["Champion null 1"]],
  [{ actor: { issuer: "https://elsewhere.test" } }, []],
  [{ at: { gt: "@moved" } }, []],
  [{ at: { gt: "@iris" } }, ["Champion null 1"]],
  [{ at: { lte: "@moved" } }, ["Champion null 1", "champion null 1"]],
  [{ NOT: { alias: { contains: "C" } } }, ["champion null 1"]],
  [
    { OR: [{ alias: { equals: "champion" } }, { actor: { subject: "other" } }] },
    ["Champion null 1", "champion null 1"],
  ],
])("alias transitions where %j are %j", async (where, moves) => {
  expect(await found("aliasTransitions", withMoments(where))).toEqual(moves);
});

test("a tag's value of 100 000 characters is stored, read and found in full", async () => {
  const set = `mutation ($value: String!, $on: TagTarget!) { setTag(input: {on: $on, key: "long", value: $value}) { model { tag(key: "long") tags(keys: ["long"]) { value } } } }`;
  const { setTag } = await server.data(set, { value: LONG, on: { model: { name: "wine" } } });
  expect(setTag.model).toEqual({ tag: LONG, tags: [{ value: LONG }] });
  await server.data(set, { value: LONG, on: { modelVersion: { number: { model: "wine", number: 1 } } } });
  for (const [list, name] of [
    ["models", "wine"],
    ["modelVersions", "wine 1"],
  ] as const) {
    expect(await found(list, { tag: { key: "long", value: LONG } })).toEqual([name]);
    expect(await found(list, { tag: { key: "long", value: LONG.slice(0, -1) } })).toEqual([]);
  }
});

describe("refuses", () => {
  const nest = (depth: number): object => (depth === 1 ? {} : { NOT: nest(depth - 1) });
  const many = (count: number) => Array.from({ length: count }, (_, i) => `m${i}`);

  test.each<[ListName, string, unknown, string]>([
    ["models", "more than 200 names", { name: { in: many(201) } }, "where.name.in"],
    ["models", "more, further down", { OR: [{}, { NOT: { name: { in: many(201) } } }] }, "where.OR[1].NOT.name.in"],
    ["modelVersions", "more than 200 stages", { stage: Array(201).fill("NONE") }, "where.stage"],
    ["stageTransitions", "more than 200 targets", { AND: [{ to: Array(201).fill("NONE") }] }, "where.AND[0].to"],
    ["models", "more than 5 levels", nest(6), "where.NOT.NOT.NOT.NOT.NOT"],
    ["stageTransitions", "more than 50 parts", { OR: Array(50).fill({}) }, "where.OR[49]"],
    ["aliasTransitions", "more than 200 aliases", { OR: [{ alias: { in: many(201) } }] }, "where.OR[0].alias.in"],
    ["modelVersions", "what is no digest", { AND: [{ digest: "sha256:1" }] }, "where.AND[0].digest"],
  ])("%s: %s", async (list, _, where, field) => {
    expect((await ask(list, where)).errors?.[0]?.extensions).toMatchObject({ code: "INVALID_INPUT", field });
  });

  test("nothing at the limits", async () => {
    expect(await found("models", { name: { in: [...many(199), "iris"] } })).toEqual(["iris"]);
    expect(await found("models", nest(5))).toEqual(ALL_MODELS);
    expect(await found("models", { AND: Array(49).fill({}) })).toEqual(ALL_MODELS);
  });

  test("an invalid time", async () => {
    for (const at of [
      "2026-01-01",
      "2026-13-01T00:00:00Z",
      "2026-01-01T00:00:00",
      "0000-01-01T00:00:00Z",
      "2026-01-01T24:00:00Z",
      1,
      "",
    ]) {
      const { errors } = await ask("models", { createdAt: { gt: at } });
      expect(errors?.[0]?.extensions).toMatchObject({ code: "INVALID_INPUT", field: "where.createdAt.gt" });
      expect(errors?.[0]?.message).toContain("DateTime must be RFC 3339");
    }
    expect(
      await found("models", { createdAt: { gt: "0001-01-01T00:00:00Z", lt: "9999-12-31T23:59:59.999+00:00" } }),
    ).toEqual(ALL_MODELS);
  });
});
