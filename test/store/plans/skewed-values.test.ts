import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fillSkewedRegistry } from "../../support/database/skewed-registry.js";
import { planAfterUse, recordStatements, type Statement } from "../../support/database/statements.js";
import { type As, startTestServer, type TestServer } from "../../support/server.js";

const MODELS = 200;
const VERSIONS = 20_000;

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  await fillSkewedRegistry(server.database.pool, { models: MODELS, versions: VERSIONS });
});
afterAll(() => server.stop());

/** The only statement of a document that reads the registry. */
async function statementOf(document: string, as?: As): Promise<Statement> {
  const { statements } = await recordStatements(() => server.data(document, {}, as));
  const [statement, ...others] = statements.filter(({ text }) => !/"Event"|"EventHead"/.test(text));
  if (!statement || others.length > 0) throw new Error(`${others.length + 1} statements`);
  return statement;
}

const versions = (where: string, order = "") =>
  `{ modelVersions(first: 20, where: {${where}} ${order}) { nodes { number model { name } } } }`;
const models = (where: string, order = "") => `{ models(first: 20, where: {${where}} ${order}) { nodes { name } } }`;
const ofModel = (where: string) =>
  `{ model(name: "m-1") { versions(first: 20, where: {${where}}) { nodes { number } } } }`;
const tag = (value: string, key = "env") => `tag: {key: "${key}", value: "${value}"}`;
const BY_CHANGE = ", orderBy: {field: UPDATED_AT}";
const BY_NUMBER = ", orderBy: {field: NUMBER}";
const EARLY = 'createdAt: {lt: "2025-12-01T00:00:00Z"}';
const ANY_TIME = 'createdAt: {gte: "2020-01-01T00:00:00Z"}';

/** A common value and a rare one. The page of the common one is found on the way; all rows of the rare one are read. */
const PAIRS: [name: string, common: string, rare: string][] = [
  ["tag", versions(tag("prod")), versions(tag("canary"))],
  ["tag, by number", versions(tag("prod"), BY_NUMBER), versions(tag("canary"), BY_NUMBER)],
  ["tag, by change", versions(tag("prod"), BY_CHANGE), versions(tag("canary"), BY_CHANGE)],
  ["tag of one version", versions(tag("dev")), versions(tag("x", "commit"))],
  ["tag with the value of another key", versions(tag("inner", "ring")), versions(tag("dev", "ring"))],
  ["tag and stage", versions(`${tag("prod")}, stage: [NONE]`), versions(`${tag("canary")}, stage: [NONE]`)],
  ["key of a tag", versions('tag: {key: "env"}'), versions('tag: {key: "none"}')],
  ["stage", versions("stage: [NONE]"), versions("stage: [STAGING]")],
  [
    "stage, from the oldest",
    versions("stage: [NONE]", ", orderBy: {field: CREATED_AT, direction: ASC}"),
    versions("stage: [STAGING]", ", orderBy: {field: CREATED_AT, direction: ASC}"),
  ],
  ["status", versions("status: [READY]"), versions("status: [FAILED_REGISTRATION]")],
  ["status that none has", versions("status: [READY]"), versions("status: [PENDING_REGISTRATION]")],
  ["creator", versions('createdBy: {subject: "s"}'), versions('createdBy: {subject: "few"}')],
  ["time", versions(ANY_TIME), versions(EARLY)],
  ["time, by change", versions(ANY_TIME, BY_CHANGE), versions(EARLY, BY_CHANGE)],
  ["prefix of a model's name", versions('model: {startsWith: "m-"}'), versions('model: {startsWith: "m-17"}')],
  ["tag, of models", models(tag("most", "team")), models(tag("few", "team"))],
  ["tag, of models by change", models(tag("most", "team"), BY_CHANGE), models(tag("few", "team"), BY_CHANGE)],
  ["alias, of models", models('alias: "champion"'), models('alias: "shadow"')],
  ["stage, in one model", ofModel("stage: [NONE]"), ofModel("stage: [STAGING]")],
];

/** A page reads some rows for each that it shows: the version, its model twice, its tags, and those it passes over. */
const PAGE_ROWS = 1_500;

describe.each(PAIRS)("a search by %s", (_, common, rare) => {
  test.each([
    ["common", common, rare],
    ["rare", rare, common],
  ])(
    "reads few rows for a %s value, also on a connection that is used to the other one",
    async (_kind, asked, usual) => {
      const statement = await statementOf(asked);
      for (const used of [statement, await statementOf(usual)]) {
        const { rows } = await planAfterUse(server.database.pool, statement, used);
        expect(rows).toBeLessThan(PAGE_ROWS);
      }
    },
  );
});

test("a version by alias is read from the alias, not from all versions of its model", async () => {
  const statement = await statementOf(
    `{ modelVersion(ref: {alias: {model: "m-1", alias: "champion"}}) { number source } }`,
  );
  expect(statement.name).not.toBe("");
  expect((await planAfterUse(server.database.pool, statement)).rows).toBeLessThan(10);
});

describe("totalCount of versions reads the shelves", () => {
  test.each<[name: string, where: string, sql: string, as?: As]>([
    ["of all", "", "true"],
    ["of a stage", "stage: [PRODUCTION]", `v."stage" = 'PRODUCTION'`],
    ["of no stage", "stage: []", "false"],
    [
      "of a model",
      'model: {equals: "m-1"}, stage: [NONE, ARCHIVED]',
      `m."name" = 'm-1' AND v."stage" IN ('NONE', 'ARCHIVED')`,
    ],
    ["of what a token covers", "", `m."name" LIKE 'm-17%'`, { models: ["m-17*"] }],
    ["of a model that a token does not cover", 'model: {equals: "m-1"}', "false", { models: ["m-17*"] }],
  ])("%s, and counts what they hold", async (_, where, sql, as) => {
    const { rows } = await server.database.pool.query(
      `SELECT count(*)::int AS count FROM "ModelVersion" AS v JOIN "Model" AS m ON m."id" = v."modelId"
       WHERE v."deletedAt" IS NULL AND m."deletedAt" IS NULL AND ${sql}`,
    );
    const document = `{ modelVersions(first: 1, where: {${where}}) { totalCount } }`;
    const { result, statements } = await recordStatements(() => server.data(document, {}, as));
    expect(result.modelVersions.totalCount).toBe(rows[0].count);
    const [, counting] = statements;
    if (!counting) throw new Error("Nothing was counted.");
    expect((await planAfterUse(server.database.pool, counting)).rows).toBeLessThanOrEqual(MODELS * 5);
  });

  test("of one model, and not with conditions that they do not know", async () => {
    const list = (where: string) => `versions(first: 1, where: {${where}}) { totalCount }`;
    const { model } = await server.data(
      `{ model(name: "m-1") { all: ${list("")} none: ${list("stage: [NONE]")} failed: ${list("status: [FAILED_REGISTRATION]")} } }`,
    );
    expect(model).toEqual({ all: { totalCount: 1992 }, none: { totalCount: 1790 }, failed: { totalCount: 16 } });
  });
});
