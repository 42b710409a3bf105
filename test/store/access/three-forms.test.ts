import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Viewer } from "../../../src/domain/access/actor.js";
import { type AnyCondition, and, type Condition, evaluate, isNull, or } from "../../../src/domain/access/condition.js";
import { type Deleted, VISIBLE } from "../../../src/domain/access/visibility.js";
import type { EventNoun } from "../../../src/domain/events/event.js";
import {
  EVENT_RULES,
  factsOf,
  type VisibleColumns,
  visibleEvent,
} from "../../../src/domain/events/event-visibility.js";
import { toWhere } from "../../../src/store/access/visibility.js";
import { toSql } from "../../../src/store/access/visibility-sql.js";
import type { Database } from "../../../src/store/connection/database.js";
import { keepMeeting, keepSeen, seesEvent } from "../../../src/store/events/event-visibility.js";
import { Prisma } from "../../../src/store/generated/client.js";
import { openTestDatabase } from "../../support/database/database.js";
import { WRITER } from "../../support/writer.js";
import {
  createRandomWorld,
  ENVIRONMENTS,
  EXPERIMENT_NAMES,
  MODEL_NAMES,
  type RandomWorld,
  SUBJECTS,
} from "./random-world.js";

let database: Database;
let world: RandomWorld;
beforeAll(async () => {
  database = await openTestDatabase();
  world = await createRandomWorld(database, 7);
});
afterAll(() => database.close());

const claim = (names: readonly string[]) =>
  fc.option(
    fc.array(fc.constantFrom("*", ...names.flatMap((name) => [`${name}-3`, `${name}*`, `*${name.slice(1)}-*`])), {
      maxLength: 3,
    }),
  );

const viewers: fc.Arbitrary<Viewer> = fc
  .record({
    subject: fc.constantFrom(...SUBJECTS, "nobody"),
    scopes: fc.subarray(["models:read", "runs:read", "admin"] as const),
    modelGlobs: claim(MODEL_NAMES),
    experimentGlobs: claim(EXPERIMENT_NAMES),
    environmentGlobs: claim(ENVIRONMENTS),
  })
  .map(({ subject, scopes, ...claims }) => ({
    ...WRITER,
    ...claims,
    scopes: new Set(scopes),
    actor: { issuer: "https://i.test", subject, name: null, kind: "USER" },
  }));

interface Table {
  findMany(args: object): PromiseLike<{ id: string }[]>;
}

const TABLES: Readonly<Record<string, () => Table>> = {
  Model: () => database.prisma.model,
  ModelVersion: () => database.prisma.modelVersion,
  Experiment: () => database.prisma.experiment,
  Run: () => database.prisma.run,
  LoggedModel: () => database.prisma.loggedModel,
  Dataset: () => database.prisma.dataset,
  Deployment: () => database.prisma.deployment,
  Webhook: () => database.prisma.webhook,
};

const idsOf = (rows: readonly { id: string }[]) => rows.map(({ id }) => id).sort();

async function idsBySql(noun: string, condition: AnyCondition): Promise<string[]> {
  const table = Prisma.raw(`"${noun}"`);
  return idsOf(
    await database.prisma.$queryRaw<{ id: string }[]>`
      SELECT t."id"::text AS "id" FROM ${table} AS t WHERE ${toSql(noun, condition, { row: "t" })}`,
  );
}

test.each(Object.keys(TABLES))(
  "which rows of %s a viewer sees is the same in memory, as a Prisma filter and as SQL",
  async (noun) => {
    const facts = world.facts[noun] ?? [];
    const rule = VISIBLE[noun as keyof typeof VISIBLE] as (viewer: Viewer, deleted: Deleted) => AnyCondition;
    const counts = new Set<number>();
    await fc.assert(
      fc.asyncProperty(viewers, fc.constantFrom<Deleted[]>("EXCLUDE", "ONLY"), async (viewer, deleted) => {
        const condition = rule(viewer, deleted);
        const inMemory = idsOf(facts.filter((row) => evaluate(condition, row)));
        const byPrisma = idsOf(
          (await TABLES[noun]?.().findMany({ where: toWhere(noun, condition), select: { id: true } })) ?? [],
        );
        expect(byPrisma).toEqual(inMemory);
        expect(await idsBySql(noun, condition)).toEqual(inMemory);
        counts.add(inMemory.length);
      }),
      { numRuns: 60, seed: 7 },
    );
    expect(counts.size, "viewers see different numbers of rows").toBeGreaterThan(2);
  },
);

interface NamedEvent extends VisibleColumns {
  readonly subjectType: string;
  readonly subjectId: string;
}

/** Events of the noun about each row that they can be about. */
function eventsOf(noun: EventNoun): NamedEvent[] {
  const { subjectType } = EVENT_RULES[noun];
  const row = { type: `${noun}.happened`, subjectType, modelName: null, experimentName: null, environment: null };
  const ofTracking = (world.facts[subjectType] ?? []).map((facts) => {
    const experiment = facts.experiment as { name: string } | undefined;
    return {
      ...row,
      subjectId: facts.id,
      experimentName: experiment?.name ?? (facts.name as string | undefined) ?? null,
    };
  });
  const ofModels = MODEL_NAMES.flatMap((modelName) =>
    ENVIRONMENTS.map((environment) => ({ ...row, subjectId: "x", modelName, environment })),
  );
  return ["experiment", "run", "logged_model", "dataset"].includes(noun) ? ofTracking : ofModels;
}

test.each(Object.keys(EVENT_RULES) as EventNoun[])(
  "which events of the noun %s a viewer sees is the same in memory, looked up and as SQL",
  async (noun) => {
    const events = eventsOf(noun);
    const subjects = new Map((world.facts[EVENT_RULES[noun].subjectType] ?? []).map((facts) => [facts.id, facts]));
    await fc.assert(
      fc.asyncProperty(viewers, async (viewer) => {
        const inMemory = events.map((event) => {
          const subject = subjects.get(event.subjectId) ?? null;
          const related = { run: subject, loggedModel: subject, dataset: subject };
          return evaluate(visibleEvent(viewer, event.type), { ...factsOf(event), ...related });
        });
        const kept = new Set(await keepSeen(database.prisma, viewer, events));
        expect(events.map((event) => kept.has(event))).toEqual(inMemory);
        const rows = await database.prisma.$queryRaw<{ seen: boolean }[]>`
          SELECT (${seesEvent(viewer)}) AS "seen" FROM json_to_recordset(${JSON.stringify(events)}::json)
            AS ev ("subjectType" text, "subjectId" text, "modelName" text, "experimentName" text, "environment" text)`;
        expect(rows.map(({ seen }) => seen)).toEqual(inMemory);
      }),
      { numRuns: 40, seed: 7 },
    );
  },
);

test("a run is looked up under the condition that the rule has for it, and by each of several", async () => {
  const events = eventsOf("run");
  const related = (where: Condition<"Run">): Condition<"Event"> => ({ kind: "related", relation: "run", where });
  const named = (name: string): Condition<"Run"> => ({
    kind: "related",
    relation: "experiment",
    where: { kind: "matches", column: "name", globs: [name] },
  });
  const conditions = [
    related(isNull("deletedAt")),
    related(isNull("deletedAt", false)),
    or<"Event">(
      related(and<"Run">(named("*-1"), isNull("deletedAt"))),
      related(and<"Run">(named("*"), isNull("deletedAt", false))),
    ),
  ];
  for (const condition of conditions) {
    const kept = new Set(await keepMeeting(database.prisma, events, () => condition));
    const runs = await idsBySql("Run", unrelated(condition));
    expect(
      events
        .filter((event) => kept.has(event))
        .map(({ subjectId }) => subjectId)
        .sort(),
    ).toEqual(runs);
    expect(runs.length).toBeGreaterThan(0);
    expect(runs.length).toBeLessThan(events.length);
  }
});

/** The condition on an event's run as a condition on the run. */
function unrelated(condition: AnyCondition): AnyCondition {
  if (condition.kind === "related") return condition.where;
  return condition.kind === "or" ? { kind: "or", of: condition.of.map(unrelated) } : condition;
}
