import { buildSchema, lexicographicSortSchema, printSchema } from "graphql";
import { expect, test } from "vitest";
import { runCommand } from "../../support/command-fixture.js";

test("prints the whole schema, sorted, without a server or a setting", async () => {
  const { code, out, err } = await runCommand(["schema"], { PORT: "not looked at" });
  expect([code, err]).toEqual([0, ""]);
  const read = buildSchema(out);
  expect(`${printSchema(lexicographicSortSchema(read))}\n`).toBe(out);
  expect(Object.keys(read.getQueryType()?.getFields() ?? {})).toContain("modelVersion");
});
