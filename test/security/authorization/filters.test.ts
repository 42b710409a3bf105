import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FILTER_SCOPE } from "../../../src/domain/access/scopes.js";
import { type As, startTestServer, type TestServer } from "../../support/server.js";
import { ALL, mallory, refusals, revision, type Seed, START_MS, seedModel, valuesOf } from "./fixture.js";

let server: TestServer;
let seed: Seed;
let dead: Seed;
beforeAll(async () => {
  server = await startTestServer();
  seed = await seedModel(server, "alive");
  dead = await seedModel(server, "dead");
  await server.data(`mutation { deleteModel(input: { model: { id: "${dead.id}" }, force: true }) { deletedId } }`);
}, START_MS);
afterAll(() => server?.stop());

/** The fields with a filter on versions, and what can be selected of them. */
const VERSION_LISTS: [string, (where: string) => string][] = [
  ["modelVersions", (where) => `{ modelVersions(where: ${where}) { totalCount nodes { number } } }`],
  ["modelVersions { totalCount }", (where) => `{ modelVersions(where: ${where}, first: 0) { totalCount } }`],
  ["modelVersions { pageInfo }", (where) => `{ modelVersions(where: ${where}) { pageInfo { hasNextPage } } }`],
  ["model.versions", (where) => `{ model(name: "alive") { versions(where: ${where}) { nodes { number } } } }`],
  ["model.versions { totalCount }", (where) => `{ model(name: "alive") { versions(where: ${where}) { totalCount } } }`],
  ["models.versions", (where) => `{ models { nodes { versions(where: ${where}) { totalCount edges { cursor } } } } }`],
  [
    "node.versions",
    (where) => `{ node(id: "${seed.id}") { ... on Model { versions(where: ${where}) { nodes { id } } } } }`,
  ],
  [
    "model.latestVersion.model.versions",
    (where) => `{ model(name: "alive") { latestVersion { model { versions(where: ${where}) { totalCount } } } } }`,
  ],
];

const SOURCE = 'source: { startsWith: "s3://secret/" }';
const WRAPPED: [string, string][] = [
  ["plain", `{ ${SOURCE} }`],
  ["AND", `{ AND: [{ stage: [NONE] }, { ${SOURCE} }] }`],
  ["OR", `{ OR: [{ stage: [NONE] }, { ${SOURCE} }] }`],
  ["NOT", `{ NOT: { ${SOURCE} } }`],
  ["deep", `{ NOT: { OR: [{ AND: [{ NOT: { source: { contains: "s3" } } }] }] } }`],
  ["equals", '{ source: { equals: "s3://secret/alive/1" } }'],
  ["in", '{ source: { in: ["s3://secret/alive/1"] } }'],
  ["empty", "{ source: {} }"],
];

describe.each(VERSION_LISTS)("a filter by source on %s", (_list, document) => {
  test.each(WRAPPED)("requires artifacts:read: %s", async (_how, where) => {
    const scope = FILTER_SCOPE["ModelVersionFilter.source"];
    const allElse = ALL.filter((other) => other !== scope);
    for (const as of [mallory(allElse), { scopes: allElse }]) {
      const answer = await server.request(document(where), {}, as);
      expect(refusals(answer)).toMatchObject([{ code: "FORBIDDEN", requiredScopes: [scope] }]);
      expect([...valuesOf(answer.data, "totalCount"), ...valuesOf(answer.data, "number")]).toEqual([]);
    }
    await server.data(document(where), {}, mallory(["models:read", scope]));
  });
});

describe("no side channel reveals a source", () => {
  test("a cursor does not hold it", async () => {
    const query = "{ modelVersions { pageInfo { startCursor endCursor } edges { cursor } } }";
    const { modelVersions } = await server.data(query, {}, mallory(["models:read"]));
    const { startCursor, endCursor } = modelVersions.pageInfo;
    const cursors = [startCursor, endCursor, ...valuesOf(modelVersions.edges, "cursor")].map((cursor) =>
      Buffer.from(String(cursor), "base64url").toString(),
    );
    expect(cursors.length).toBeGreaterThan(2);
    expect(cursors.join()).not.toContain("secret");
  });

  test.each(["READY", "FAILED_REGISTRATION"])(
    "updateModelVersion responds the same to a right and a wrong guess: %s",
    async (status) => {
      const { made } = await server.data(
        `mutation { made: createModelVersion(input: { model: { name: "alive" }, status: ${status}, source: "s3://secret/guess" }) { modelVersion { id } } }`,
      );
      const guess = (source: string) =>
        server.request(
          `mutation { updateModelVersion(input: { version: { id: "${made.modelVersion.id}" }, source: ${source} }) { __typename } }`,
          {},
          mallory(["models:read", "models:write"]),
        );
      const [wrong, right, cleared] = [
        await guess('"s3://wrong"'),
        await guess('"s3://secret/guess"'),
        await guess("null"),
      ];
      expect(wrong?.errors?.[0]?.extensions.code).toBe("CONFLICT");
      expect(valuesOf(right, "message")).toEqual(valuesOf(wrong, "message"));
      expect(valuesOf(cleared, "message")).toEqual(valuesOf(wrong, "message"));
    },
  );

  test("updateModelVersion of a pending version is an event for a right and for a wrong guess", async () => {
    const { made } = await server.data(
      `mutation { made: createModelVersion(input: { model: { name: "alive" }, status: PENDING_REGISTRATION, source: "s3://secret/guess" }) { modelVersion { id } } }`,
    );
    const guess = `mutation { updateModelVersion(input: { version: { id: "${made.modelVersion.id}" }, source: "s3://secret/guess" }) { __typename } }`;
    const written = async (as: As): Promise<number> => {
      const before = await revision(server);
      await server.data(guess, {}, as);
      return (await revision(server)) - before;
    };
    expect(await written(mallory(["models:write"]))).toBe(1);
    expect(await written(mallory(["models:write", "artifacts:read"])), "who may read it").toBe(0);
    expect(await written({ scopes: ["models:write"] }), "its creator").toBe(0);
  });

  test("no refusal quotes it", async () => {
    const scopes = ["models:read", "models:write", "models:delete"] as const;
    const version = `version: { number: { model: "alive", number: 1 } }`;
    const before = await revision(server);
    for (const act of [
      `updateModelVersion(input: { ${version}, source: "s3://wrong" }) { __typename }`,
      `deleteModelVersion(input: { ${version} }) { __typename }`,
      `registerModel(input: { name: "alive" }) { __typename }`,
    ]) {
      const answer = await server.request(`mutation { ${act} }`, {}, mallory(scopes));
      expect(answer.errors).toHaveLength(1);
      expect(JSON.stringify(answer)).not.toContain("secret");
    }
    expect(await revision(server)).toBe(before);
  });
});

describe("deleted: ONLY", () => {
  const MODEL_LISTS: [string, (where: string) => string][] = [
    ["models", (where) => `{ models(where: ${where}) { nodes { name } } }`],
    ["models { totalCount }", (where) => `{ models(where: ${where}, first: 0) { totalCount } }`],
  ];

  test.each([...MODEL_LISTS, ...VERSION_LISTS])("on %s requires models:delete", async (_list, document) => {
    const scope = FILTER_SCOPE["deleted: ONLY"];
    const allElse = ALL.filter((other) => other !== scope);
    const refused = await server.request(document("{ deleted: ONLY }"), {}, mallory(allElse));
    expect(refusals(refused)).toMatchObject([{ code: "FORBIDDEN", requiredScopes: [scope] }]);
    expect(valuesOf(refused.data, "totalCount")).toEqual([]);
    await server.data(document("{ deleted: ONLY }"), {}, mallory(["models:read", scope]));
    await server.data(document("{ deleted: EXCLUDE }"), {}, mallory(["models:read"]));
  });

  test("returns deleted models and versions only", async () => {
    const scopes = ["models:read", "models:delete"] as const;
    const query = `{ models(where: { deleted: ONLY }) { totalCount nodes { name versions { totalCount nodes { number } } } }
      modelVersions(where: { deleted: ONLY }) { totalCount nodes { number model { name } } }
      model(name: "alive") { versions(where: { deleted: ONLY }) { totalCount nodes { number } } } }`;
    const nodes = [{ number: 3 }, { number: 2 }, { number: 1 }];
    expect(await server.data(query, {}, mallory(scopes))).toEqual({
      models: { totalCount: 1, nodes: [{ name: "dead", versions: { totalCount: 3, nodes } }] },
      modelVersions: { totalCount: 1, nodes: [{ number: 4, model: { name: "alive" } }] },
      model: { versions: { totalCount: 1, nodes: [{ number: 4 }] } },
    });
  });

  const BELOW = ["AND: [{ deleted: ONLY }]", "OR: [{ deleted: ONLY }, {}]", "NOT: { deleted: EXCLUDE }"];
  test.each([
    ...BELOW.map((below) => `{ ${below} }`),
    `{ deleted: EXCLUDE, ${BELOW[0]} }`,
    "{ NOT: { AND: [{ OR: [{ deleted: EXCLUDE }] }] } }",
  ])("is refused in %s too", async (where) => {
    for (const [, document] of [...MODEL_LISTS, ...VERSION_LISTS]) {
      const answer = await server.request(document(where), {}, mallory(ALL));
      expect(refusals(answer)).toMatchObject([{ code: "INVALID_INPUT" }]);
      expect(valuesOf(answer.data, "totalCount")).toEqual([]);
    }
  });

  test("without it, no entry point leads to deleted models and versions", async () => {
    const [, , , gone] = seed.versions;
    const query = `{
      dead: model(name: "dead") { id }
      node(id: "${dead.id}") { id }
      version: node(id: "${dead.versions[0]}") { id }
      move: node(id: "${dead.transition}") { id }
      aliasMove: node(id: "${dead.aliasTransition}") { id }
      nodes(ids: ["${gone}", "${dead.id}"]) { id }
      byId: modelVersion(ref: { id: "${gone}" }) { id }
      byNumber: modelVersion(ref: { number: { model: "alive", number: 4 } }) { id }
      ofDead: modelVersion(ref: { number: { model: "dead", number: 1 } }) { id }
      byAlias: modelVersion(ref: { alias: { model: "dead", alias: "champion" } }) { id }
      models { totalCount nodes { name } }
      stageTransitions(where: { model: { startsWith: "dead" } }) { totalCount nodes { id } }
      aliasTransitions(where: { model: { startsWith: "dead" } }) { totalCount nodes { id } }
      modelVersions(where: { model: { equals: "dead" } }) { totalCount nodes { id } }
      model(name: "alive") { version(number: 4) { id } }
    }`;
    expect(await server.data(query)).toEqual({
      dead: null,
      node: null,
      version: null,
      move: null,
      aliasMove: null,
      nodes: [null, null],
      byId: null,
      byNumber: null,
      ofDead: null,
      byAlias: null,
      models: { totalCount: 1, nodes: [{ name: "alive" }] },
      stageTransitions: { totalCount: 0, nodes: [] },
      aliasTransitions: { totalCount: 0, nodes: [] },
      modelVersions: { totalCount: 0, nodes: [] },
      model: { version: null },
    });
  });
});
