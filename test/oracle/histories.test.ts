import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { RegistryError } from "../../src/domain/errors.js";
import { createEventMatcher, type EventFilter } from "../../src/domain/events/event-filter.js";
import { decodeStreamCursor } from "../../src/domain/events/stream-cursor.js";
import { TEAM_SCHEMES } from "../../src/domain/values/source-schemes.js";
import { setTag } from "../../src/registry/across/set-tag.js";
import { type CommandContext, createCommandContext } from "../../src/registry/command.js";
import { createModelVersion } from "../../src/registry/versions/create-model-version.js";
import { setAlias } from "../../src/registry/versions/set-alias.js";
import { transitionModelVersion } from "../../src/registry/versions/transition-model-version.js";
import type { Database } from "../../src/store/connection/database.js";
import { readHead } from "../../src/store/events/event-log.js";
import { EventStream } from "../../src/store/events/event-stream.js";
import { EventTail } from "../../src/store/events/event-tail.js";
import { keepSeen } from "../../src/store/events/event-visibility.js";
import type { LogPosition } from "../../src/store/events/log-position.js";
import type { Event } from "../../src/store/generated/client.js";
import { openTestDatabase, QUIET } from "../support/database/database.js";
import { WRITER } from "../support/writer.js";
import { checkRecord, type LogRow, positionOf, type Segment } from "./record.js";

const HISTORIES = 200;
const MODELS = ["m-a", "m-b", "n"] as const;
const STAGES = ["STAGING", "PRODUCTION", "ARCHIVED"] as const;

let database: Database;
let tails: readonly EventTail[];
let context: CommandContext;
const compacted: LogRow[] = [];

beforeAll(async () => {
  database = await openTestDatabase();
  const times = { pollMs: 10, bookmarkMs: 10 };
  // one tail gets notifications and does not poll; the other has lost the connection for notifications, and polls
  const deaf: Database = { ...database, listen: async () => ({ stop: async () => {} }) };
  tails = [new EventTail(database, QUIET, { ...times, pollMs: 60_000 }), new EventTail(deaf, QUIET, times)];
  for (const tail of tails) await tail.start();
  const { prisma } = database;
  const services = { prisma, now: () => new Date(), newId: randomUUID, sourceSchemes: TEAM_SCHEMES };
  context = createCommandContext(services, WRITER, "oracle");
});
afterAll(async () => {
  for (const tail of tails) await tail.stop();
  await database.close();
});

/** The filter of a subscriber, and, independent of the code under test, the rows of the table that it must receive. */
const WISHES: readonly { filter: EventFilter; wants: (row: LogRow) => boolean }[] = [
  { filter: {}, wants: () => true },
  {
    filter: { types: ["model_version.stage_changed"], models: ["m-*"] },
    wants: ({ type, modelName }) => type === "model_version.stage_changed" && /^m-/.test(modelName ?? ""),
  },
  { filter: { to: ["PRODUCTION"] }, wants: ({ toStage }) => toStage === "PRODUCTION" },
  { filter: { aliases: ["a"], models: ["n"] }, wants: ({ alias, modelName }) => alias === "a" && modelName === "n" },
  { filter: { models: ["nobody"] }, wants: () => false },
];

class Subscriber {
  readonly segments: Segment[] = [];
  private readonly wish: (typeof WISHES)[number];
  private stream: EventStream | null = null;
  private running: Promise<void> = Promise.resolve();

  constructor(wish: (typeof WISHES)[number]) {
    this.wish = wish;
  }

  get position(): number {
    const last = this.segments.at(-1);
    return last ? positionOf(last) : 0;
  }

  /** Continues after its last cursor. If the history was compacted, it starts over at the head. */
  async join(tail: EventTail, cursor: string | null = this.cursor): Promise<void> {
    const start = await tail.findStart({ after: cursor }).catch((error: unknown) => {
      if (error instanceof RegistryError && error.code === "HISTORY_COMPACTED") return null;
      throw error;
    });
    if (start === null) return this.join(tail, null);
    const segment: Segment = { start: Number(start.revision), isAnew: cursor === null, messages: [] };
    this.segments.push(segment);
    this.isGone = false;
    this.running = this.follow(this.open(tail, start), segment);
  }

  private cursor: string | null = null;
  /** Whether its stream ended because the log was compacted past it. */
  isGone = false;

  private open(tail: EventTail, start: LogPosition): EventStream {
    const { prisma: db } = database;
    const { filter } = this.wish;
    const isWanted: (event: Event) => boolean = createEventMatcher(WRITER, filter);
    this.stream = new EventStream(start, { db, tail, keep: (page) => keepSeen(db, WRITER, page.filter(isWanted)) });
    return this.stream;
  }

  private async follow(stream: EventStream, segment: Segment) {
    try {
      for await (const { cursor, event } of stream) {
        segment.messages.push({ revision: Number(decodeStreamCursor(cursor)?.revision), isEvent: event !== null });
        this.cursor = cursor;
        // sometimes the subscriber is slow
        if (segment.messages.length % 3 === 0) await new Promise((resolve) => setImmediate(resolve));
      }
    } catch (error) {
      if (!(error instanceof RegistryError && error.code === "HISTORY_COMPACTED")) throw error;
      this.cursor = null;
      this.isGone = true;
    }
  }

  async leave(): Promise<void> {
    await this.stream?.return();
    await this.running;
  }
}

type Step =
  | { do: "write"; what: number; model: number; to: number }
  | { do: "leave"; who: number }
  | { do: "join"; who: number; tail: number }
  | { do: "compact" };

const write = fc.record({ do: fc.constant("write" as const), what: fc.nat(3), model: fc.nat(2), to: fc.nat(2) });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: write },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("leave" as const), who: fc.nat(1) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("join" as const), who: fc.nat(1), tail: fc.nat(1) }) },
  { weight: 1, arbitrary: fc.constant({ do: "compact" as const }) },
);

/** Runs one command. A refusal has no effect. */
async function act({ what, model, to }: Extract<Step, { do: "write" }>): Promise<void> {
  const name = MODELS[model] ?? "n";
  const version = { number: { model: name, number: 1 } };
  const acts = [
    () => createModelVersion(context, { model: { name }, createModel: true, source: "s3://b/x", aliases: ["a", "b"] }),
    () => transitionModelVersion(context, { version, to: STAGES[to] ?? "STAGING", archiveExisting: true }),
    () => setAlias(context, { model: { name }, alias: "a", number: 1 + to }),
    () => setTag(context, { on: { model: { name } }, key: "k", value: randomUUID() }),
  ];
  await acts[what]?.().catch((refusal: unknown) => {
    if (!(refusal instanceof RegistryError)) throw refusal;
  });
}

async function readTable(after = 0): Promise<LogRow[]> {
  const { rows } = await database.pool.query<LogRow>(
    `SELECT "revision"::int, "type", "modelName", "fromStage", "toStage", "alias", "commitId", "commitSize", "commitIndex" FROM "Event" WHERE "revision" > $1 ORDER BY "revision"`,
    [after],
  );
  return rows;
}

async function compact(): Promise<void> {
  const table = await readTable();
  const { rows } = await database.pool.query(`SELECT compact_events($1) AS gone`, [(table.at(-1)?.revision ?? 0) - 3]);
  compacted.push(...table.slice(0, Number(rows[0].gone)));
}

test(`in ${HISTORIES} random histories every subscriber receives what the table holds`, async () => {
  const wish = fc.constantFrom(...WISHES);
  const history = fc.tuple(wish, wish, fc.array(step, { minLength: 5, maxLength: 9 }));
  let [received, resumed] = [0, 0];
  await fc.assert(
    fc.asyncProperty(history, async ([first, second, steps]) => {
      const begin = Number((await readHead(database.prisma)).revision);
      const wishes = [first, second];
      const subscribers = wishes.map((each) => new Subscriber(each));
      const present = [true, true];
      await Promise.all(subscribers.map((each, i) => each.join(tails[i] as EventTail)));
      for (let i = 0; i < steps.length; i++) {
        const here = steps[i] as Step;
        if (here.do === "write") {
          const [next] = steps.slice(i + 1, i + 2).filter((each) => each.do === "write");
          await Promise.all([act(here), ...(next ? [act(next)] : [])]);
          if (next) i++;
        } else if (here.do === "compact") await compact();
        else if ((here.do === "leave") === present[here.who]) {
          present[here.who] = here.do === "join";
          if (here.do === "leave") await subscribers[here.who]?.leave();
          else {
            resumed++;
            await subscribers[here.who]?.join(tails[here.tail] as EventTail);
          }
        }
      }
      const { revision } = await readHead(database.prisma);
      const head = Number(revision);
      for (const [i, subscriber] of subscribers.entries()) {
        if (!present[i]) await subscriber.join(tails[i] as EventTail);
        // a stream that was behind the compaction has ended, and starts over
        for (const deadline = Date.now() + 120_000; subscriber.position < head; ) {
          if (Date.now() > deadline) throw new Error(`Reached ${subscriber.position} of ${head}, and no more.`);
          await new Promise((resolve) => setTimeout(resolve, 2));
          if (subscriber.isGone) await subscriber.join(tails[i] as EventTail);
        }
        await subscriber.leave();
      }
      const gone = compacted.filter(({ revision }) => revision > begin);
      const table = [...gone, ...(await readTable(begin))];
      for (const [i, { segments }] of subscribers.entries()) {
        const verdict = checkRecord(table, wishes[i]?.wants ?? (() => false), segments, head);
        expect(verdict).toEqual({ lost: 0, doubled: 0, faults: [] });
        received += segments.flatMap(({ messages }) => messages.filter(({ isEvent }) => isEvent)).length;
      }
    }),
    { numRuns: HISTORIES, endOnFailure: true },
  );
  expect(received).toBeGreaterThan(HISTORIES);
  expect(resumed).toBeGreaterThan(10);
});
