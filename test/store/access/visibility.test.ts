import fc from "fast-check";
import { uuidv7 } from "uuidv7";
import { afterAll, beforeAll, expect, test } from "vitest";
import { matchesAnyGlob } from "../../../src/domain/values/glob.js";
import { escapeLike, textMatches, visibleModel } from "../../../src/store/access/visibility.js";
import type { Database } from "../../../src/store/connection/database.js";
import { openTestDatabase } from "../../support/database/database.js";

let database: Database;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

const CHARACTERS = ["a", "b", "A", "%", "_", "\\", ".", "?", "[", "é", "ß", "😀", "日"];
const text = (characters: string[], maxLength: number) =>
  fc.array(fc.constantFrom(...characters), { maxLength }).map((all) => all.join(""));

async function addModels(names: readonly string[]): Promise<void> {
  const at = new Date();
  const by = { createdByIssuer: "i", createdBySubject: "s", createdByKind: "USER" as const };
  const rows = names.map((name) => ({ id: uuidv7(), name, liveName: name, createdAt: at, updatedAt: at, ...by }));
  await database.prisma.model.createMany({ data: rows });
}

async function namesThatMatch(globs: readonly string[]): Promise<string[]> {
  const rows = await database.prisma.model.findMany({ where: textMatches("name", globs), select: { name: true } });
  return rows.map(({ name }) => name).sort();
}

test("the database finds the names that domain/glob.ts matches", async () => {
  const stars = [...fc.sample(text([...CHARACTERS, "*"], 6), { numRuns: 150, seed: 7 })];
  const names = [...new Set([...fc.sample(text(CHARACTERS, 6), { numRuns: 150, seed: 8 }), ...stars])].filter(Boolean);
  await addModels(names);
  const glob = fc.oneof(
    text([...CHARACTERS, "*"], 5),
    text(["a", "%", "_", "\\", "*"], 6),
    fc.constantFrom(...names).map((name) => name.replace(/[ab_%]/gu, "*")),
    fc.constantFrom(...names),
  );
  let found = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(glob, { maxLength: 3 }), async (globs) => {
      const expected = names.filter((name) => matchesAnyGlob(globs, name)).sort();
      expect(await namesThatMatch(globs)).toEqual(expected);
      found += expected.length;
    }),
    { numRuns: 200 },
  );
  expect(found).toBeGreaterThan(200);
});

test("a viewer sees the living or the deleted models of the claim's names", async () => {
  await addModels(["team-1", "team-2", "team_2", "other"]);
  await database.prisma.model.update({
    where: { liveName: "team-2" },
    data: { liveName: null, deletedAt: new Date() },
  });
  const names = async (modelGlobs: string[] | null, deleted: "EXCLUDE" | "ONLY") => {
    const where = {
      AND: [visibleModel({ modelGlobs } as never, deleted), { name: { in: ["team-1", "team-2", "team_2", "other"] } }],
    };
    return (await database.prisma.model.findMany({ where, orderBy: { name: "asc" } })).map(({ name }) => name);
  };
  expect(await names(["team-*"], "EXCLUDE")).toEqual(["team-1"]);
  expect(await names(["team-*"], "ONLY")).toEqual(["team-2"]);
  expect(await names(["team_*", "other"], "EXCLUDE")).toEqual(["other", "team_2"]);
  expect(await names(null, "EXCLUDE")).toEqual(["other", "team-1", "team_2"]);
  expect(await names([], "EXCLUDE")).toEqual([]);
});

test("escapeLike makes every character stand for itself", () => {
  expect(escapeLike(String.raw`50%_of\all*?`)).toBe(String.raw`50\%\_of\\all*?`);
  expect(escapeLike("")).toBe("");
});
