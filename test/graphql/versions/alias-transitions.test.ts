import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestServer, type TestServer } from "../../support/server.js";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  await server.data(`mutation {
    a1: createModelVersion(input: {model: {name: "a"}, createModel: true, source: "s3://b/1", aliases: ["champion"]}) { modelVersion { id } }
    a2: createModelVersion(input: {model: {name: "a"}, source: "s3://b/2"}) { modelVersion { id } }
    b1: createModelVersion(input: {model: {name: "b"}, createModel: true, source: "s3://b/3", aliases: ["champion"]}) { modelVersion { id } }
  }`);
  await server.data(
    `mutation { setAlias(input: {version: {number: {model: "a", number: 2}}, alias: "champion", reason: "Better."}) { alias { name } } }`,
    {},
    { subject: "ada" },
  );
  await server.data(
    `mutation { deleteAlias(input: {model: {name: "a"}, alias: "champion", reason: "Retired."}) { previous { id } } }`,
  );
});
afterAll(() => server.stop());

const MOVE = "alias versionNumber modelVersion { number } previousNumber previous { number } reason actor { subject }";

const SET = { alias: "champion", reason: null, actor: { subject: "tester" } };
const OF_A = [
  {
    ...SET,
    versionNumber: null,
    modelVersion: null,
    previousNumber: 2,
    previous: { number: 2 },
    reason: "Retired.",
  },
  {
    ...SET,
    versionNumber: 2,
    modelVersion: { number: 2 },
    previousNumber: 1,
    previous: { number: 1 },
    reason: "Better.",
    actor: { subject: "ada" },
  },
  { ...SET, versionNumber: 1, modelVersion: { number: 1 }, previousNumber: null, previous: null },
];

test("a model has the moves of its aliases, the newest first", async () => {
  const { model } = await server.data(`{ model(name: "a") { aliasTransitions { totalCount nodes { ${MOVE} } } } }`);
  expect(model.aliasTransitions).toEqual({ totalCount: 3, nodes: OF_A });
});

test("the moves of all models are one list, whose rows are nodes and agree with the events", async () => {
  const { aliasTransitions, events } = await server.data(
    `{ aliasTransitions { totalCount nodes { id at revision ${MOVE} } }
      events(where: {types: [ALIAS_SET, ALIAS_DELETED]}) { nodes { at revision ... on AliasChangedEvent { alias number previousNumber reason } } } }`,
  );
  const { totalCount, nodes } = aliasTransitions;
  expect(totalCount).toBe(4);
  // version 1 of b is what version 1 of a is
  expect(nodes).toMatchObject([OF_A[0], OF_A[1], OF_A[2], OF_A[2]]);
  const told = nodes.map(({ at, revision, alias, versionNumber, previousNumber, reason }: Record<string, unknown>) => ({
    at,
    revision,
    alias,
    number: versionNumber,
    previousNumber,
    reason,
  }));
  expect(told.reverse()).toEqual(events.nodes);
  const { node } = await server.data(`query ($id: ID!) { node(id: $id) { id ... on AliasTransition { ${MOVE} } } }`, {
    id: nodes[0].id,
  });
  expect(node).toEqual({ id: nodes[0].id, ...OF_A[0] });
});

test("several models in one document read their moves in pages of their own", async () => {
  const { models } = await server.data(
    `{ models(orderBy: {field: NAME}) { nodes { name aliasTransitions(first: 1, where: {alias: {equals: "champion"}, NOT: {actor: {subject: "ada"}}}) { totalCount nodes { versionNumber } pageInfo { hasNextPage } } } } }`,
  );
  expect(models.nodes).toEqual([
    {
      name: "a",
      aliasTransitions: { totalCount: 2, nodes: [{ versionNumber: null }], pageInfo: { hasNextPage: true } },
    },
    { name: "b", aliasTransitions: { totalCount: 1, nodes: [{ versionNumber: 1 }], pageInfo: { hasNextPage: false } } },
  ]);
});

test("a move stays when its versions are deleted", async () => {
  await server.data(
    `mutation { deleteModelVersion(input: {version: {number: {model: "a", number: 2}}}) { deletedId } }`,
  );
  const { model } = await server.data(`{ model(name: "a") { aliasTransitions { nodes { ${MOVE} } } } }`);
  expect(model.aliasTransitions.nodes).toEqual([
    { ...OF_A[0], previous: null },
    { ...OF_A[1], modelVersion: null },
    OF_A[2],
  ]);
});
