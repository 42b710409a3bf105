import { describe, expect, test } from "vitest";
import { withConstantLimits } from "../../../src/store/plans/constant-limits.js";
import { isPlanReusable } from "../../../src/store/plans/reusable-plans.js";
import { createStatementNames } from "../../../src/store/plans/statement-names.js";

const VERSION =
  'SELECT "t0"."id" FROM "public"."ModelVersion" AS "t0" LEFT JOIN "public"."Model" AS "j1" ON ("j1"."id") = ("t0"."modelId")';
const MODEL = 'SELECT "t0"."id" FROM "public"."Model" AS "t0"';

describe("a plan serves every value of", () => {
  test.each([
    ["a key", `${MODEL} WHERE "t0"."id" IN ($1,$2)`],
    [
      "a key of a row and what is checked of it",
      `${MODEL} WHERE ("t0"."liveName" = $1 AND "t0"."name"::text LIKE ($2 || '%'))`,
    ],
    ["a key of a joined row", `${VERSION} WHERE ("t0"."number" = $1 AND "j1"."liveName" = $2)`],
    [
      "a page without a filter",
      `${VERSION} WHERE "t0"."deletedAt" IS NULL ORDER BY "t0"."createdAt" DESC, "t0"."id" DESC LIMIT 21`,
    ],
    [
      "a page that continues",
      `${VERSION} WHERE ("t0"."createdAt" <= $1 AND ("t0"."createdAt" < $2 OR "t0"."id" < $3)) ORDER BY "t0"."createdAt" DESC, "t0"."id" DESC LIMIT 21`,
    ],
    [
      "a few tags of given rows",
      'SELECT * FROM "public"."RunTag" AS "t0" WHERE ("t0"."runId" IN ($1) AND "t0"."key" IN ($2,$3))',
    ],
    ["a write", `UPDATE "ModelVersion" SET "stage" = $1 WHERE "stage" = $2`],
  ])("%s", (_, sql) => expect(isPlanReusable(sql)).toBe(true));
});

describe("a plan is made for the value of", () => {
  test.each([
    [
      "a tag",
      `${VERSION} WHERE EXISTS(SELECT FROM "public"."ModelVersionTag" AS "t2" WHERE ("t2"."key" = $1 AND "t2"."pairHash" = $2))`,
    ],
    [
      "a tag below a model that is found by its key",
      `${MODEL} LEFT JOIN LATERAL (SELECT FROM "public"."ModelVersionTag" AS "t5" WHERE "t5"."key" = $1) AS x ON true WHERE "t0"."liveName" = $2`,
    ],
    [
      "an enum",
      `${VERSION} WHERE "t0"."stage" IN (CAST($1::text AS "public"."Stage"),CAST($2::text AS "public"."Stage"))`,
    ],
    ["a name", `${MODEL} WHERE "t0"."name" IN ($1)`],
    ["a part of a text", `${MODEL} WHERE "t0"."name"::text LIKE ('%' || $1 || '%')`],
    ["a name of a joined row", `${VERSION} WHERE "j1"."name" = $1`],
    ["a time that is not the order", `${VERSION} WHERE "t0"."createdAt" >= $1 ORDER BY "t0"."updatedAt" DESC LIMIT 21`],
    ["a list in a statement by hand", 'SELECT * FROM "Event" AS ev WHERE ev."type"::text = ANY($1::text[])'],
    ["an optional bound", 'SELECT * FROM "Event" AS ev WHERE ($1::bigint IS NULL OR ev."revision" > $2::bigint)'],
  ])("%s", (_, sql) => expect(isPlanReusable(sql)).toBe(false));
});

test("names are for statements whose plan is kept, and at most so many", () => {
  const nameOf = createStatementNames(1);
  const sql = `${MODEL} WHERE "t0"."id" = $1`;
  expect(nameOf({ sql })).toMatch(/^s[0-9a-f]{20}$/);
  expect(nameOf({ sql })).toBe(nameOf({ sql }));
  expect(nameOf({ sql: `${MODEL} WHERE "t0"."name" = $1` })).toBe("");
  expect(nameOf({ sql: `${VERSION} WHERE "t0"."id" = $1` })).toBe("");
});

test("limits become constants, and the other parameters move up", () => {
  const type = (dbType: string) => ({ scalarType: "string", dbType, arity: "scalar" }) as const;
  const query = {
    sql: "SELECT a LIMIT $1 WHERE b = $2 LIMIT $3 OFFSET $4",
    args: ["1", "x", 21, 0n],
    argTypes: ["A", "B", "C", "D"].map(type),
  };
  expect(withConstantLimits(query)).toEqual({
    sql: "SELECT a LIMIT 1 WHERE b = $1 LIMIT 21 OFFSET 0",
    args: ["x"],
    argTypes: [type("B")],
  });
  const odd = { sql: "SELECT a LIMIT $1", args: ["1; DROP TABLE a"], argTypes: [type("A")] };
  expect(withConstantLimits(odd)).toEqual(odd);
});
