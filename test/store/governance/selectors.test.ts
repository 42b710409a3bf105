import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { guardsTarget, type Policy, type SelectorTag } from "../../../src/domain/governance/policy.js";
import { matchesAnyGlob } from "../../../src/domain/values/glob.js";
import { likePatterns } from "../../../src/store/access/like-patterns.js";
import type { Database } from "../../../src/store/connection/database.js";
import { openTestDatabase } from "../../support/database/database.js";

let database: Database;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

const text = (characters: string) => fc.string({ unit: fc.constantFrom(...characters), maxLength: 6 });
const NAME = text("ab%_\\-.?\"'é😀\n");
const GLOB = text("ab%_\\*-.?*é😀*\n");
const KEY = fc.constantFrom("tier", "t?", 'q"', "%", "a\\", "é");
const VALUE = fc.constantFrom("high", "low", "", "%", "HIGH", 'q"', "null");
const globs = fc.array(GLOB, { minLength: 1, maxLength: 3 });

/** A glob that was made from the name matches it often; one of its own seldom. */
const named = fc.tuple(NAME, globs, fc.array(fc.nat(6), { maxLength: 2 })).map(([name, others, stars]) => {
  const near = [...name].map((character, at) => (stars.includes(at) ? "*" : character)).join("");
  return { name, globs: [...others, near] };
});
const selected = fc.record({
  named,
  tags: fc.dictionary(KEY, VALUE, { maxKeys: 3 }),
  selector: fc.uniqueArray(fc.record({ key: KEY, values: fc.uniqueArray(VALUE, { minLength: 1, maxLength: 3 }) }), {
    maxLength: 3,
    selector: ({ key }) => key,
  }),
});

/** What a selector says, in a second language. */
function selects(selector: readonly SelectorTag[], tags: Readonly<Record<string, string>>): boolean {
  return selector.every(({ key, values }) => !Object.hasOwn(tags, key) || values.includes(tags[key] ?? ""));
}

test("selector_matches selects what the globs and the tags of a selector say", async () => {
  const cases = fc.sample(selected, { numRuns: 3_000 });
  const { rows } = await database.pool.query<{ found: boolean[] }>(
    `SELECT json_agg("selector_matches"(ARRAY(SELECT jsonb_array_elements_text(c->'patterns')), c->'selector', c->>'name', c->'tags')
       ORDER BY i) AS "found" FROM jsonb_array_elements($1::jsonb) WITH ORDINALITY AS each(c, i)`,
    [
      JSON.stringify(
        cases.map(({ named: { name, globs }, tags, selector }) => ({
          name,
          tags,
          selector,
          patterns: likePatterns(globs),
        })),
      ),
    ],
  );
  const expected = cases.map(
    ({ named, tags, selector }) => matchesAnyGlob(named.globs, named.name) && selects(selector, tags),
  );
  const differ = cases.filter((_, i) => rows[0]?.found[i] !== expected[i]);
  expect(differ).toEqual([]);
  expect(expected.filter(Boolean).length).toBeGreaterThan(300);
  expect(expected.filter((each) => !each).length).toBeGreaterThan(300);
});

test("the patterns of alias globs match the aliases that a policy guards", async () => {
  const cases = fc.sample(named, { numRuns: 3_000 });
  const { rows } = await database.pool.query<{ found: boolean[] }>(
    `SELECT json_agg(c->>'name' LIKE ANY (ARRAY(SELECT jsonb_array_elements_text(c->'patterns'))) ORDER BY i) AS "found"
     FROM jsonb_array_elements($1::jsonb) WITH ORDINALITY AS each(c, i)`,
    [JSON.stringify(cases.map(({ name, globs }) => ({ name, patterns: likePatterns(globs) })))],
  );
  const guarding = (aliases: readonly string[]) =>
    ({ definition: { target: { stages: [], aliases } } }) as unknown as Policy;
  const expected = cases.map(({ name, globs }) => guardsTarget(guarding(globs), { alias: name }));
  expect(cases.filter((_, i) => rows[0]?.found[i] !== expected[i])).toEqual([]);
  expect(expected.filter(Boolean).length).toBeGreaterThan(300);
});
