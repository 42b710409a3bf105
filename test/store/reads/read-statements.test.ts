import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { visibleModel } from "../../../src/store/access/visibility.js";
import type { Database } from "../../../src/store/connection/database.js";
import type { ReadTables } from "../../../src/store/reads/create-reads.js";
import { readTables } from "../../../src/store/reads/datamodel.js";
import { ReadRunner } from "../../../src/store/reads/read-runner.js";
import { openTestDatabase } from "../../support/database/database.js";
import { recordStatements, type Statement } from "../../support/database/statements.js";
import { WRITER } from "../../support/writer.js";

const ID = "00000000-0000-4000-8000-000000000001";

let database: Database;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

async function statementOf(read: (tables: ReadTables) => PromiseLike<unknown>): Promise<Statement> {
  const { statements } = await recordStatements(async () => await read(database.reads.db));
  const [statement, ...more] = statements;
  if (!statement || more.length > 0) throw new Error(`${statements.length} statements`);
  return statement;
}

/** What a model's page reads, for tokens that cover models by globs. */
const modelByName = (name: string, models: string[]) =>
  statementOf(({ model }) =>
    model.findFirst({
      select: {
        name: true,
        latestVersion: { select: { number: true } },
        tags: { select: { key: true, value: true }, where: { key: { in: [name, "b"] } }, orderBy: { key: "asc" } },
        versions: { select: { number: true }, where: { deletedAt: null }, orderBy: { number: "desc" }, take: 21 },
      },
      where: { AND: [{ liveName: name }, visibleModel({ ...WRITER, modelGlobs: models })] },
    }),
  );

test("one statement, which keeps its plan, serves all values and all tokens with globs", async () => {
  const statement = await modelByName("m", ["a*", "exact"]);
  expect(statement.name).not.toBe("");
  expect(statement.text).toMatchInlineSnapshot(
    `"SELECT "t0"."name", "t2".c0, "t2".c1, (SELECT coalesce(json_agg(json_build_array("t3"."key", "t3"."value")), '[]') FROM (SELECT "t3".* FROM "public"."ModelTag" AS "t3" WHERE "t3"."modelId" = "t0"."id" AND "t3"."key" = ANY ($1) ORDER BY "t3"."key" ASC) AS "t3"), (SELECT coalesce(json_agg(json_build_array("t4"."number")), '[]') FROM (SELECT "t4".* FROM "public"."ModelVersion" AS "t4" WHERE "t4"."modelId" = "t0"."id" AND "t4"."deletedAt" IS NULL ORDER BY "t4"."number" DESC LIMIT 21) AS "t4") FROM (SELECT "t0".* FROM "public"."Model" AS "t0" WHERE "t0"."liveName" = $2 AND (("t0"."name" = ANY ($4) OR "t0"."name"::text LIKE ANY ($3))) AND "t0"."deletedAt" IS NULL LIMIT 1) AS "t0" LEFT JOIN LATERAL (SELECT "t1"."id" AS c0, "t1"."number" AS c1 FROM "public"."ModelVersion" AS "t1" WHERE "t1"."id" = "t0"."latestVersionId" LIMIT 1) AS "t2" ON true"`,
  );
  expect(statement.values).toMatchInlineSnapshot(`
    [
      [
        "m",
        "b",
      ],
      "m",
      [
        "a%",
      ],
      [
        "exact",
      ],
    ]
  `);
  for (const models of [["x*y"], ["*", "b*", "c"], ["one", "two", "d*e*f"]]) {
    expect(await modelByName("other", models)).toMatchObject({ name: statement.name, text: statement.text });
  }
});

test("a page of the models of one kind keeps its plan, and the kind is a part of the statement", async () => {
  const page = (kind: "MODEL" | "PROMPT", name: string) =>
    statementOf(({ model }) =>
      model.findMany({
        select: { id: true },
        where: { AND: [{ deletedAt: null }, { kind }, { AND: [{ name: { gte: name } }] }] },
        orderBy: [{ name: "asc" }, { id: "asc" }],
        take: 51,
      }),
    );
  const models = await page("MODEL", "a");
  expect(models.name).not.toBe("");
  expect(models.text).toContain(`"t0"."kind" = 'MODEL'`);
  expect(models.values).toEqual(["a"]);
  expect(await page("MODEL", "b")).toMatchObject({ name: models.name, text: models.text });
  expect((await page("PROMPT", "a")).name).not.toBe(models.name);
});

test("a kind that the enum does not have never becomes text of a statement", async () => {
  for (const kind of ["OTHER", "'", "MODEL' OR true --"]) {
    const read = database.reads.db.model.findMany({ select: { id: true }, where: { kind: kind as "MODEL" } });
    await expect(read).rejects.toThrow("Invalid value for argument `kind`");
  }
});

test("a search is planned for its values, and each glob can be a range on the index", async () => {
  const where = visibleModel({ ...WRITER, modelGlobs: ["a*", "b*"] });
  const { name, text, values } = await statementOf(({ model }) =>
    model.findMany({ select: { id: true }, where, orderBy: [{ name: "asc" }, { id: "asc" }], take: 21 }),
  );
  expect(name).toBe("");
  expect(text).toMatchInlineSnapshot(
    `"SELECT "t0"."id" FROM "public"."Model" AS "t0" WHERE (false OR ("t0"."name"::text LIKE $1 AND "t0"."name"::text LIKE $2) OR ("t0"."name"::text LIKE $3 AND "t0"."name"::text LIKE $4)) AND "t0"."deletedAt" IS NULL ORDER BY "t0"."name" ASC, "t0"."id" ASC LIMIT 21"`,
  );
  expect(values).toMatchInlineSnapshot(`
    [
      "a%",
      "%a%",
      "b%",
      "%b%",
    ]
  `);
});

test("a page joins what it shows to its rows only", async () => {
  const { text } = await statementOf(({ modelVersion }) =>
    modelVersion.findMany({
      select: { number: true, model: { select: { name: true } } },
      where: { model: { deletedAt: null } },
      orderBy: [{ createdAt: "desc" }, { id: "desc" }],
      take: 21,
    }),
  );
  expect(text).toMatchInlineSnapshot(
    `"SELECT "t0"."number", "t2".c0, "t2".c1 FROM (SELECT "t0".* FROM "public"."ModelVersion" AS "t0" LEFT JOIN "public"."Model" AS "t3" ON "t3"."id" = "t0"."modelId" WHERE ("t3"."deletedAt" IS NULL AND "t3"."id" IS NOT NULL) ORDER BY "t0"."createdAt" DESC, "t0"."id" DESC LIMIT 21) AS "t0" LEFT JOIN LATERAL (SELECT "t1"."id" AS c0, "t1"."name" AS c1 FROM "public"."Model" AS "t1" WHERE "t1"."id" = "t0"."modelId" LIMIT 1) AS "t2" ON true ORDER BY "t0"."createdAt" DESC, "t0"."id" DESC"`,
  );
});

describe("Prisma runs", () => {
  test.each<[string, (tables: ReadTables) => PromiseLike<unknown>]>([
    ["sums", ({ shelf }) => shelf.aggregate({ _sum: { count: true } })],
    ["groups", ({ model }) => model.groupBy({ by: ["name"] })],
    ["Prisma's own cursors", ({ model }) => model.findMany({ cursor: { id: ID }, orderBy: { id: "asc" } })],
    ["a distinct list", ({ modelVersion }) => modelVersion.findMany({ distinct: ["modelId"] })],
    ["an alternative without a condition", ({ model }) => model.findMany({ where: { OR: [{}, { name: "a" }] } })],
    ["a condition on JSON", ({ policy }) => policy.findMany({ where: { definition: { equals: {} } } })],
    [
      "a text without regard to case",
      ({ model }) => model.findMany({ where: { name: { equals: "A", mode: "insensitive" } } }),
    ],
    [
      "a number that is no whole one",
      ({ model }) => model.findMany({ where: { versionCounter: { gt: 1.5 } } }).catch(String),
    ],
    [
      "an unknown value of an enum",
      ({ modelVersion }) => modelVersion.findMany({ where: { stage: "NO" as never } }).catch(String),
    ],
    ["an unknown column", ({ model }) => model.findMany({ where: { none: 1 } as never }).catch(String)],
  ])("%s", async (_, read) => {
    const { compiled, other } = database.reads.counts;
    await read(database.reads.db);
    expect(database.reads.counts).toEqual({ compiled, other: other + 1 });
  });
});

test("rows that are asked for by their keys at the same time are one statement", async () => {
  const { model } = database.reads.db;
  const byId = (id: string) => model.findUnique({ select: { id: true }, where: { id } });
  const { compiled, other } = database.reads.counts;
  const { statements } = await recordStatements(() => Promise.all([byId(ID), byId(ID.replace("1", "2"))]));
  expect(statements).toHaveLength(1);
  expect(database.reads.counts).toEqual({ compiled, other: other + 2 });
  expect((await statementOf(() => byId(ID))).values).toEqual([ID]);
  expect(database.reads.counts).toEqual({ compiled: compiled + 1, other: other + 2 });
});

test("a row that must be there and is not is Prisma's error", async () => {
  const missing = database.reads.db.model.findUniqueOrThrow({ select: { id: true }, where: { id: ID } });
  await expect(missing).rejects.toMatchObject({ code: "P2025" });
});

test("statements that were not read for long are forgotten, and made again", async () => {
  const tables = readTables();
  const table = tables.get("Model");
  if (!table) throw new Error("There is no table of models.");
  const runner = new ReadRunner(database.pool, { name: "public", tables }, { prepared: true, shapesMax: 2 });
  const read = (take: number) =>
    statementOf(runner.prepare({ table, method: "findMany", args: { orderBy: { id: "asc" }, take } }).run);
  const first = await read(1);
  for (const take of [2, 3, 4]) expect(await read(take)).not.toEqual(first);
  expect(await read(1)).toEqual(first);
});
