import { afterAll, beforeAll, expect, test } from "vitest";
import type { Database } from "../../../src/store/connection/database.js";
import { RowText, rememberPlain } from "../../../src/store/reads/row-text.js";
import { openTestDatabase } from "../../support/database/database.js";

let database: Database;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

test("only the reader that asked for a text may use it, and nobody takes it for a list", () => {
  const text = new RowText(1, "[1]");
  expect(RowText.textOf(text, 1)).toBe("[1]");
  expect(RowText.textOf([1], 1)).toBeUndefined();
  expect(() => RowText.textOf(text, 2)).toThrow("cannot be used");
  expect(() => RowText.textOf(new RowText(1, null), 1)).toThrow("cannot be used");
  const list = text as unknown as number[];
  const looks: (() => unknown)[] = [() => list.length, () => list.map(String), () => [...list], () => 0 in list];
  for (const look of looks) expect(look).toThrow("read as text");
});

test("a read that Prisma runs reads the rows", async () => {
  const tags = { select: { key: true } };
  const plain = { name: true, tags };
  const asked = { name: true, tags: { ...tags, text: { reader: 1, parts: ["{}"] } } };
  rememberPlain(asked, plain);
  const { compiled, other } = database.reads.counts;
  const byName = { name: { equals: "m", mode: "insensitive" as const } };
  expect(await database.reads.db.model.findMany({ select: asked, where: byName })).toEqual([]);
  expect(await database.reads.db.model.findMany({ select: asked, where: { name: "m" } })).toEqual([]);
  expect(database.reads.counts).toEqual({ compiled: compiled + 1, other: other + 1 });
});
