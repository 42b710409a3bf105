import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createEventMatcher, type EventFilter } from "../../../src/domain/events/event-filter.js";
import { matchesAnyGlob } from "../../../src/domain/values/glob.js";
import type { Database } from "../../../src/store/connection/database.js";
import { countEvents, readEventPage } from "../../../src/store/events/event-query.js";
import { openTestDatabase } from "../../support/database/database.js";
import { WRITER } from "../../support/writer.js";

const TYPES = ["model.registered", "model.renamed", "alias.set", "model_version.stage_changed"] as const;
const STAGES = ["NONE", "STAGING", "PRODUCTION", "ARCHIVED"] as const;
const NAMES = ["a", "ab", "a%", "a_b", "a\\b", "b*", "é"];
const ALIASES = ["champion", "blue", "a"];
const PEOPLE = ["ann", "bob"];

let database: Database;
const one = <T>(values: readonly T[]) => fc.constantFrom(...values);
const maybe = <T>(values: readonly T[]) => fc.option(one(values));
const event = fc.record({
  type: one(TYPES),
  previous: maybe(NAMES),
  modelName: maybe(NAMES),
  fromStage: maybe(STAGES),
  toStage: maybe(STAGES),
  alias: maybe(ALIASES),
  actorIssuer: one(PEOPLE),
  actorSubject: one(PEOPLE),
});

const events = fc.sample(event, { numRuns: 200, seed: 17 }).map(({ previous, ...each }, i) => ({
  ...each,
  revision: BigInt(i + 1),
  body: JSON.stringify({ before: previous && { name: previous } }),
}));

beforeAll(async () => {
  database = await openTestDatabase();
  const { prisma, pool } = database;
  // the triggers would look for the models and versions of these events
  await pool.query(`ALTER TABLE "Event" DISABLE TRIGGER USER`);
  await prisma.event.createMany({
    data: events.map((each) => ({
      ...each,
      id: randomUUID(),
      at: new Date(),
      actorKind: "USER",
      requestId: "r",
      commitId: randomUUID(),
      commitSize: 1,
      commitIndex: 0,
      subjectType: "Model",
      subjectId: "m",
      hash: Buffer.alloc(32),
    })),
  });
});
afterAll(() => database.close());

const given = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 2 });
const some = <T>(values: readonly T[]) => given(fc.array(one(values), { maxLength: 3 }));
const filter = fc.record<EventFilter>({
  types: some(TYPES),
  models: some([...NAMES, "*", "a*", "*b", "%", "_*", "\ud800"]),
  stages: some(STAGES),
  from: some(STAGES),
  to: some(STAGES),
  aliases: some([...ALIASES, "*", "\ud800", "a\u0000"]),
  actor: given(fc.record({ issuer: given(one([...PEOPLE, "nobody"])), subject: given(one(PEOPLE)) })),
});

test("the database finds the events that the filter matches in memory", async () => {
  const { prisma } = database;
  const page = { after: null, before: null, newestFirst: false, limit: 1_000, columns: "STREAM" } as const;
  let found = 0;
  await fc.assert(
    fc.asyncProperty(filter, some([...NAMES, "a*"]), async (each, globs) => {
      const viewer = { ...WRITER, modelGlobs: globs ?? null };
      const seen = events.filter(({ modelName }) => !globs || (modelName !== null && matchesAnyGlob(globs, modelName)));
      const expected = seen.filter(createEventMatcher(viewer, each)).map(({ revision }) => revision);
      const rows = await readEventPage(prisma, viewer, each, page);
      expect(rows.map(({ revision }) => revision)).toEqual(expected);
      expect(await countEvents(prisma, viewer, each)).toBe(expected.length);
      found += expected.length;
    }),
    { numRuns: 200 },
  );
  expect(found).toBeGreaterThan(200);
});
