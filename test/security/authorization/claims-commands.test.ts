import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestServer, type TestServer } from "../../support/server.js";
import { ALL, mallory, refusals, revision, type Seed, START_MS, seedModel, without } from "./fixture.js";

let server: TestServer;
let theirs: Seed;
let dead: Seed;
let ghost: Seed;
beforeAll(async () => {
  server = await startTestServer();
  theirs = await seedModel(server, "secret-theirs");
  dead = await seedModel(server, "secret-dead");
  await server.data(`mutation { deleteModel(input: { model: { id: "${dead.id}" }, force: true }) { deletedId } }`);
  const flip = (id: string) => {
    const text = Buffer.from(id, "base64url").toString();
    return Buffer.from(text.replace(/.{4}$/, "0000")).toString("base64url");
  };
  const [a, b, c, d] = theirs.versions;
  const versions = [flip(a), flip(b), flip(c), flip(d)] as const;
  const moves = { transition: flip(theirs.transition), aliasTransition: flip(theirs.aliasTransition) };
  ghost = { name: "secret-ghost", id: flip(theirs.id), versions, ...moves };
}, START_MS);
afterAll(() => server?.stop());

const DONE = "{ __typename }";
const AS = mallory(ALL, ["risk-*"]);
const secretsOf = ({ name, id, versions, transition }: Seed) => [name, id, ...versions, transition];

/** Each mutation with each kind of reference that it accepts. */
const ACTS: [string, (seed: Seed) => string][] = [
  ...(["name", "id"] as const).flatMap((by): [string, (seed: Seed) => string][] => {
    const model = (seed: Seed) => `model: { ${by}: "${seed[by]}" }`;
    return [
      [`updateModel by ${by}`, (s) => `updateModel(input: { ${model(s)}, description: "Mine." })`],
      [`updateModel of nothing by ${by}`, (s) => `updateModel(input: { ${model(s)} })`],
      [`renameModel by ${by}`, (s) => `renameModel(input: { ${model(s)}, newName: "risk-taken" })`],
      [`deleteModel by ${by}`, (s) => `deleteModel(input: { ${model(s)} })`],
      [`deleteModel with force by ${by}`, (s) => `deleteModel(input: { ${model(s)}, force: true })`],
      [`createModelVersion by ${by}`, (s) => `createModelVersion(input: { ${model(s)}, source: "s3://mine/1" })`],
      [`setAlias by ${by}`, (s) => `setAlias(input: { ${model(s)}, alias: "champion", number: 2 })`],
      [`setAlias on 0 by ${by}`, (s) => `setAlias(input: { ${model(s)}, alias: "champion", number: 0 })`],
      [`deleteAlias by ${by}`, (s) => `deleteAlias(input: { ${model(s)}, alias: "champion", expectedNumber: 7 })`],
      [`setTag by ${by}`, (s) => `setTag(input: { on: { ${model(s)} }, key: "team", value: "mine" })`],
      [`deleteTag by ${by}`, (s) => `deleteTag(input: { on: { ${model(s)} }, key: "team" })`],
    ];
  }),
  ...Object.entries<(seed: Seed) => string>({
    id: ({ versions }) => `{ id: "${versions[0]}" }`,
    number: ({ name }) => `{ number: { model: "${name}", number: 1 } }`,
    "number 0": ({ name }) => `{ number: { model: "${name}", number: 0 } }`,
    alias: ({ name }) => `{ alias: { model: "${name}", alias: "champion" } }`,
  }).flatMap(([by, ref]): [string, (seed: Seed) => string][] => [
    [`updateModelVersion by ${by}`, (s) => `updateModelVersion(input: { version: ${ref(s)}, source: "s3://mine/1" })`],
    [`deleteModelVersion by ${by}`, (s) => `deleteModelVersion(input: { version: ${ref(s)} })`],
    [`deleteModelVersion with force by ${by}`, (s) => `deleteModelVersion(input: { version: ${ref(s)}, force: true })`],
    [
      `transitionModelVersion by ${by}`,
      (s) =>
        `transitionModelVersion(input: { version: ${ref(s)}, to: PRODUCTION, expectedStage: NONE, expectedHolder: 9 })`,
    ],
    [`setAlias by version ${by}`, (s) => `setAlias(input: { version: ${ref(s)}, alias: "next", expectedNumber: 9 })`],
    [`setTag by version ${by}`, (s) => `setTag(input: { on: { modelVersion: ${ref(s)} }, key: "team", value: "x" })`],
    [`deleteTag by version ${by}`, (s) => `deleteTag(input: { on: { modelVersion: ${ref(s)} }, key: "none" })`],
  ]),
  ["restoreModel", ({ id }) => `restoreModel(input: { id: "${id}" })`],
  ["restoreModel under a name", ({ id }) => `restoreModel(input: { id: "${id}", name: "risk-taken" })`],
  ["restoreModelVersion", ({ versions }) => `restoreModelVersion(input: { id: "${versions[3]}" })`],
  ["restoreModelVersion of a living one", ({ versions }) => `restoreModelVersion(input: { id: "${versions[0]}" })`],
];

describe("a mutation of a model outside the models claim responds as if the model did not exist", () => {
  test.each(ACTS)("%s", async (_what, act) => {
    const before = await revision(server);
    const request = (seed: Seed) => server.request(`mutation { at: ${act(seed)} ${DONE} }`, {}, AS);
    const [missing, hidden, deleted] = [await request(ghost), await request(theirs), await request(dead)];
    expect(refusals(hidden)).toEqual([{ path: ["at"], code: "NOT_FOUND", requiredScopes: undefined }]);
    expect(without(hidden, ...secretsOf(theirs))).toEqual(without(missing, ...secretsOf(ghost)));
    expect(without(deleted, ...secretsOf(dead))).toEqual(without(missing, ...secretsOf(ghost)));
    expect(await revision(server)).toBe(before);
  });
});

describe("a new name outside the claim is refused before it is looked up", () => {
  const NAMINGS: [string, (name: string) => string][] = [
    ["registerModel", (name) => `registerModel(input: { name: "${name}" })`],
    ["registerModel or return", (name) => `registerModel(input: { name: "${name}", ifExists: RETURN })`],
    ["renameModel of mine", (name) => `renameModel(input: { model: { name: "risk-named" }, newName: "${name}" })`],
    ["renameModel of nothing", (name) => `renameModel(input: { model: { name: "risk-0" }, newName: "${name}" })`],
    [
      "createModelVersion with createModel",
      (name) => `createModelVersion(input: { model: { name: "${name}" }, createModel: true, source: "s3://mine/1" })`,
    ],
  ];
  beforeAll(() => server.data(`mutation { registerModel(input: { name: "risk-named" }) { created } }`));

  test.each(NAMINGS)("%s", async (_what, act) => {
    const before = await revision(server);
    const request = (name: string) => server.request(`mutation { at: ${act(name)} ${DONE} }`, {}, AS);
    const [there, gone, free] = [
      await request("secret-theirs"),
      await request("secret-dead"),
      await request("secret-free"),
    ];
    expect(refusals(there)).toMatchObject([{ path: ["at"], code: "FORBIDDEN" }]);
    expect(without(there, "secret-theirs")).toEqual(without(free, "secret-free"));
    expect(without(gone, "secret-dead")).toEqual(without(free, "secret-free"));
    expect(await revision(server)).toBe(before);
  });

  test("restoring under such a name is refused too, and restoring under a covered name requires the old name", async () => {
    const mine = await seedModel(server, "risk-buried");
    await server.data(`mutation { deleteModel(input: { model: { id: "${mine.id}" }, force: true }) { deletedId } }`);
    const restore = (id: string, name: string) =>
      server.request(`mutation { restoreModel(input: { id: "${id}", name: "${name}" }) { model { name } } }`, {}, AS);
    const [taken, free] = [await restore(mine.id, "secret-theirs"), await restore(mine.id, "secret-free")];
    expect(refusals(taken)).toMatchObject([{ code: "FORBIDDEN" }]);
    expect(without(taken, "secret-theirs")).toEqual(without(free, "secret-free"));
    expect(refusals(await restore(dead.id, "risk-captured"))).toMatchObject([{ code: "NOT_FOUND" }]);
    expect((await restore(mine.id, "risk-back")).data).toEqual({ restoreModel: { model: { name: "risk-back" } } });
  });

  test("with [] no model can be registered, with an exact name only that one", async () => {
    const register = (name: string, models: string[]) =>
      server.request(`mutation { registerModel(input: { name: "${name}" }) { created } }`, {}, mallory(ALL, models));
    expect(refusals(await register("exact", []))).toMatchObject([{ code: "FORBIDDEN" }]);
    expect(refusals(await register("exact-not", ["exact"]))).toMatchObject([{ code: "FORBIDDEN" }]);
    expect((await register("exact", ["exact"])).data).toEqual({ registerModel: { created: true } });
    expect(refusals(await register("exact", ["exact"]))).toMatchObject([{ code: "ALREADY_EXISTS" }]);
  });
});

describe("an idempotency key", () => {
  test("does not return a result that the claim no longer covers", async () => {
    const seed = await seedModel(server, "risk-keyed");
    const create = (name: string) => `mutation { at: createModelVersion(input: {
      model: { name: "${name}" }, source: "s3://mine/1", idempotencyKey: "k" }) { modelVersion { number source } } }`;
    const move = `mutation { at: transitionModelVersion(input: {
      version: { id: "${seed.versions[2]}" }, to: ARCHIVED, idempotencyKey: "k" }) { transition { to } modelVersion { source } } }`;
    const made = await server.data(create(seed.name), {}, AS);
    const moved = await server.data(move, {}, AS);
    const before = await revision(server);
    expect(await server.data(create(seed.name), {}, AS)).toEqual(made);
    expect(await server.data(move, {}, AS)).toEqual(moved);
    const narrowed = mallory(ALL, ["other-*"]);
    for (const document of [create(seed.name), move]) {
      expect(refusals(await server.request(document, {}, narrowed))).toMatchObject([{ code: "NOT_FOUND" }]);
    }
    const hidden = await server.request(create(seed.name), {}, narrowed);
    const missing = await server.request(create("risk-keyless"), {}, narrowed);
    expect(without(hidden, seed.name)).toEqual(without(missing, "risk-keyless"));
    expect(await revision(server)).toBe(before);
  });

  test("with fewer scopes returns no more than they allow", async () => {
    const { name } = await seedModel(server, "risk-blind");
    const create = `mutation { at: createModelVersion(input: {
      model: { name: "${name}" }, source: "s3://mine/1", idempotencyKey: "blind" }) { modelVersion { source } } }`;
    await server.data(create, {}, AS);
    const blind = await server.request(create, {}, mallory(["models:write"], ["risk-*"]));
    expect(blind.data).toEqual({ at: { modelVersion: null } });
    expect(refusals(blind)).toMatchObject([{ code: "FORBIDDEN", requiredScopes: ["models:read"] }]);
    const none = await server.request(create, {}, mallory(["models:read"], ["risk-*"]));
    expect(refusals(none)).toMatchObject([{ path: ["at"], code: "FORBIDDEN", requiredScopes: ["models:write"] }]);
  });
});

describe("a rename", () => {
  test("out of the claim hides the model, its versions and its history; into the claim shows them", async () => {
    const seed = await seedModel(server, "risk-moving");
    const look = `{ model: node(id: "${seed.id}") { id } version: node(id: "${seed.versions[0]}") { id }
      move: node(id: "${seed.transition}") { id } aliasMove: node(id: "${seed.aliasTransition}") { id } old: model(name: "risk-moving") { id }
      models(where: { name: { contains: "moving" } }) { totalCount }
      modelVersions(where: { model: { contains: "moving" } }) { totalCount }
      stageTransitions(where: { model: { contains: "moving" } }) { totalCount }
      aliasTransitions(where: { model: { contains: "moving" } }) { totalCount } }`;
    const counts = (n: number, of: number, moves: number, aliasMoves: number) => ({
      models: { totalCount: n },
      modelVersions: { totalCount: of },
      stageTransitions: { totalCount: moves },
      aliasTransitions: { totalCount: aliasMoves },
    });
    const seen = {
      model: { id: seed.id },
      version: { id: seed.versions[0] },
      move: { id: seed.transition },
      aliasMove: { id: seed.aliasTransition },
    };
    expect(await server.data(look, {}, AS)).toEqual({ ...seen, old: { id: seed.id }, ...counts(1, 3, 2, 3) });

    const rename = (newName: string) =>
      `mutation { renameModel(input: { model: { id: "${seed.id}" }, newName: "${newName}" }) { model { name } } }`;
    expect(refusals(await server.request(rename("secret-moving"), {}, AS))).toMatchObject([{ code: "FORBIDDEN" }]);
    await server.data(rename("secret-moving"));
    const unseen = { model: null, version: null, move: null, aliasMove: null, old: null };
    expect(await server.data(look, {}, AS)).toEqual({ ...unseen, ...counts(0, 0, 0, 0) });
    expect(refusals(await server.request(rename("risk-moving"), {}, AS))).toMatchObject([{ code: "NOT_FOUND" }]);

    await server.data(rename("risk-moving-2"));
    expect(await server.data(look, {}, AS)).toEqual({ ...seen, old: null, ...counts(1, 3, 2, 3) });
  });
});
