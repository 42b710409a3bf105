import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fillBigRegistry } from "../../support/database/big-registry.js";
import { recordStatements, sumRowsRead } from "../../support/database/statements.js";
import { startTestServer, type TestServer } from "../../support/server.js";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  await fillBigRegistry(server.database.pool);
});
afterAll(() => server.stop());

/** More than the rows shown and the 1 000 models that a plan may scan, fewer than the versions of the big model. */
const ROWS = 2500;

/** The answer to a document, the number of its statements and the number of rows that they read. */
async function cost(document: string, variables: Record<string, unknown> = {}) {
  const { result, statements } = await recordStatements(() => server.data(document, variables));
  // The tail of the event log reads at any time.
  const own = statements.filter(({ text }) => !/"Event"|"EventHead"/.test(text));
  expect(own.map(({ text }) => text).filter((text) => !/^\s*(SELECT|WITH)\b/.test(text))).toEqual([]);
  return { data: result, statements: own.length, rows: await sumRowsRead(server.database.pool, own) };
}

const PAGE = /* GraphQL */ `
  query ($first: Int!) {
    models(first: $first) {
      nodes {
        name
        latestVersion { number }
        aliases { name modelVersion { number } }
        stages { stage count current { number } }
        versions(first: 3) { nodes { number stage } }
      }
    }
  }
`;

describe("a page of 50 models beside one of 20 000 versions", () => {
  test("is one statement that reads what it shows", async () => {
    const { data, statements, rows } = await cost(PAGE, { first: 50 });
    expect(data.models.nodes).toHaveLength(50);
    expect(data.models.nodes[0]).toEqual({
      name: "m-0001",
      latestVersion: { number: 20_000 },
      aliases: [
        { name: "challenger", modelVersion: { number: 1 } },
        { name: "champion", modelVersion: { number: 2 } },
      ],
      stages: [
        { stage: "NONE", count: 19_998, current: { number: 20_000 } },
        { stage: "STAGING", count: 1, current: { number: 2 } },
        { stage: "PRODUCTION", count: 1, current: { number: 3 } },
        { stage: "ARCHIVED", count: 0, current: null },
      ],
      versions: { nodes: [20_000, 19_999, 19_998].map((number) => ({ number, stage: "NONE" })) },
    });
    expect(statements).toBe(1);
    expect(rows).toBeLessThan(ROWS);
  });

  test("costs as many statements as a page of two models, and fewer rows in proportion", async () => {
    const two = await cost(PAGE, { first: 2 });
    expect(two.statements).toBe(1);
    expect(two.rows).toBeLessThan(100);
  });

  test.each([
    ["by number", "versions(first: 3, orderBy: {field: NUMBER, direction: ASC}) { nodes { number } }"],
    ["by time", "versions(first: 3, orderBy: {field: CREATED_AT}) { nodes { number } }"],
    ["by change", "versions(last: 3, orderBy: {field: UPDATED_AT}) { nodes { number } }"],
    ["by edges", "versions(first: 3) { edges { cursor node { number } } pageInfo { hasNextPage } }"],
    ["by stage", "versions(first: 3, where: {stage: [PRODUCTION]}) { nodes { number } }"],
    ["deeper", "versions(first: 3) { nodes { number model { name } aliases { name } tags { key value } } }"],
    [
      "moves",
      "transitions(first: 3) { nodes { from to } } versions(first: 1) { nodes { transitions { nodes { to } } } }",
    ],
  ])("is one statement that reads what it shows %s", async (_, selection) => {
    const { statements, rows } = await cost(`{ models(first: 50) { nodes { ${selection} } } }`);
    expect(statements).toBe(1);
    expect(rows).toBeLessThan(ROWS);
  });

  test("counts all their versions in one grouped statement, and only if totalCount is selected", async () => {
    const { data, statements } = await cost(`{ models(first: 50) { nodes { versions(first: 1) { totalCount } } } }`);
    expect(data.models.nodes.map((model: { versions: { totalCount: number } }) => model.versions.totalCount)).toEqual([
      20_000,
      ...Array(49).fill(5),
    ]);
    expect(statements).toBe(2);
  });

  test("counts all stage transitions of models and of versions in one statement each", async () => {
    const { statements } = await cost(
      `{ models(first: 50) { nodes { transitions { totalCount } versions(first: 3) { nodes { transitions { totalCount } } } } } }`,
    );
    expect(statements).toBe(3);
  });

  test("reads single tags of the models and of their versions in one statement each", async () => {
    const { data, statements, rows } = await cost(
      `{ models(first: 50) { nodes { tag(key: "team") versions(first: 3) { nodes { number a: tag(key: "accuracy") l: tag(key: "loss") x: tag(key: "x") } } } } }`,
    );
    expect(data.models.nodes[0].tag).toBe("risk");
    expect(data.models.nodes[0].versions.nodes[0]).toEqual({ number: 20_000, a: "20000", l: "20000", x: null });
    expect(statements).toBe(3);
    expect(rows).toBeLessThan(ROWS);
  });

  test("finds versions by number, by alias and by stage in one statement each", async () => {
    const { data, statements, rows } = await cost(
      `{ models(first: 50) { nodes { version(number: 4) { number } versionByAlias(alias: "champion") { number } stageHolder(stage: PRODUCTION) { number } } } }`,
    );
    const found = { version: { number: 4 }, versionByAlias: { number: 2 }, stageHolder: { number: 3 } };
    expect(data.models.nodes).toEqual(Array(50).fill(found));
    expect(statements).toBe(4);
    expect(rows).toBeLessThan(ROWS);
  });

  test("reads lists under several field aliases in one statement each, and versions by number in one for all", async () => {
    const { data, statements, rows } = await cost(
      `{ models(first: 50) { nodes { a: versions(first: 3) { nodes { number } } b: versions(last: 2) { nodes { number } } c: version(number: 1) { number } d: version(number: 2) { number } } } }`,
    );
    const numbers = (page: { nodes: { number: number }[] }) => page.nodes.map(({ number }) => number);
    const [big] = data.models.nodes;
    expect([numbers(big.a), numbers(big.b), big.c.number, big.d.number]).toEqual([
      [20_000, 19_999, 19_998],
      [2, 1],
      1,
      2,
    ]);
    expect(statements).toBe(3);
    expect(rows).toBeLessThan(ROWS);
  });
});

test("a model's page is one statement and its count another", async () => {
  const page = `query ($name: String!, $asked: Boolean!) { model(name: $name) {
    description tags { key value } latestVersion { number } aliases { name modelVersion { number } }
    stages { stage count current { number } }
    versions { totalCount @include(if: $asked) nodes { number stage tags { key value } aliases { name } } }
    transitions { nodes { from to modelVersion { number } } }
  } }`;
  const big = await cost(page, { name: "m-0001", asked: false });
  expect(big.data.model.versions.nodes).toHaveLength(20);
  expect(big.statements).toBe(1);
  expect(big.rows).toBeLessThan(200);
  const counted = await cost(page, { name: "m-0001", asked: true });
  expect(counted.data.model.versions.totalCount).toBe(20_000);
  expect(counted.statements).toBe(2);
});

test.each(["NUMBER", "CREATED_AT", "UPDATED_AT"])(
  "a page in the middle by %s is as cheap as the first",
  async (field) => {
    const walk = `query ($after: String, $first: Int!) { model(name: "m-0001") {
    versions(first: $first, after: $after, orderBy: {field: ${field}}) { nodes { number } pageInfo { endCursor } } } }`;
    let after: string | null = null;
    for (let page = 0; page < 5; page++) {
      after = (await server.data(walk, { first: 200, after })).model.versions.pageInfo.endCursor;
    }
    for (const first of [3, 20, 200]) {
      const middle = await cost(walk, { first, after });
      expect(middle.data.model.versions.nodes[0]).toEqual({ number: 19_000 });
      expect(middle).toMatchObject({ statements: 1 });
      expect(middle.rows).toBeLessThan(first + 7);
    }
  },
);

test.each(["modelVersions", "models", "stageTransitions", "aliasTransitions"])(
  "a page of %s is one statement, and its count another",
  async (list) => {
    const page = await cost(`{ ${list}(first: 20) { nodes { id } } }`);
    expect(page.statements).toBe(1);
    expect(page.rows).toBeLessThan(ROWS);
    expect((await cost(`{ ${list}(first: 20) { nodes { id } totalCount } }`)).statements).toBe(2);
  },
);

test("200 nodes are one statement for each type, in their order", async () => {
  const { models, modelVersions } = await server.data(
    `{ models(first: 99) { nodes { id } } modelVersions(first: 100) { nodes { id } } }`,
  );
  const ids = models.nodes.flatMap(({ id }: { id: string }, i: number) => [modelVersions.nodes[i].id, id]);
  const nodes = `query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id ... on Model { name } ... on ModelVersion { number model { name } } } }`;
  const { data, statements, rows } = await cost(nodes, { ids: [...ids, "bogus", ids[0]] });
  expect(data.nodes.map((node: { id: string } | null) => node?.id ?? null)).toEqual([...ids, null, ids[0]]);
  expect(statements).toBe(2);
  expect(rows).toBeLessThan(ROWS);
});
