import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { encodeStreamCursor } from "../../../src/domain/events/stream-cursor.js";
import { snapshotsOf } from "../../../src/graphql/events/registry-event.js";
import { setTag } from "../../../src/registry/across/set-tag.js";
import { type CommandContext, createCommandContext } from "../../../src/registry/command.js";
import { registerModel } from "../../../src/registry/models/register-model.js";
import type { Database } from "../../../src/store/connection/database.js";
import { readEvents, readHead } from "../../../src/store/events/event-log.js";
import { EventStream, type StreamMessage } from "../../../src/store/events/event-stream.js";
import { createEventTail, type EventTail } from "../../../src/store/events/event-tail.js";
import { followRevocations } from "../../../src/store/events/follow-revocations.js";
import { createStreamStarts, findStreamStarts } from "../../../src/store/events/stream-start.js";
import type { Event } from "../../../src/store/generated/client.js";
import { openTestDatabase, QUIET } from "../../support/database/database.js";
import { countRowsRead, recordStatements } from "../../support/database/statements.js";
import { WRITER } from "../../support/writer.js";

const BOOKMARK_MS = 100;
let database: Database;
let context: CommandContext;
beforeAll(async () => {
  database = await openTestDatabase();
  const services = { prisma: database.prisma, now: () => new Date(), newId: randomUUID, allowFileSource: false };
  context = createCommandContext(services, WRITER, "streams");
  await registerModel(context, { name: "m" });
});
afterAll(() => database.close());

let value = 0;
const write = () => setTag(context, { on: { model: { name: "m" } }, key: "k", value: String(value++) });
beforeEach(async () => {
  for (let i = 0; i < 3; i++) await write();
});

async function withTail<T>(work: (tail: EventTail) => Promise<T>, on = database, pollMs = 20): Promise<T> {
  const tail = createEventTail(on, QUIET, { pollMs, bookmarkMs: BOOKMARK_MS });
  await tail.start();
  return work(tail).finally(() => tail.stop());
}

async function open(tail: EventTail, isWanted: boolean, after?: string) {
  const { prisma: db } = database;
  const start = await tail.findStart({ after });
  const stream = new EventStream(start, { db, tail, keep: (events) => (isWanted ? events : []) });
  const next = async () => (await stream.next()).value as StreamMessage;
  return { next, leave: () => stream.return() };
}

/** What a failover does that loses the newest commits, or a restore of a backup under running servers. */
async function setBack(by: number): Promise<void> {
  const client = await database.pool.connect();
  try {
    const to = `(SELECT revision - ${by} FROM "EventHead")`;
    await client.query(`ALTER TABLE "Event" DISABLE TRIGGER USER`);
    await client.query(`DELETE FROM "Event" WHERE revision > ${to}`);
    await client.query(`ALTER TABLE "Event" ENABLE TRIGGER USER`);
    await client.query(
      `UPDATE "EventHead" AS h SET revision = e.revision, hash = e.hash FROM "Event" AS e WHERE e.revision = ${to}`,
    );
  } finally {
    client.release();
  }
}

test("a filtered stream gets its bookmarks also while others keep the log busy", () =>
  withTail(async (tail) => {
    const { next, leave } = await open(tail, false);
    const first = await next();
    let isBusy = true;
    const writing = (async () => {
      while (isBusy) await write();
    })();
    const cursors = [first, await next(), await next()].map(({ cursor, event }) => [cursor, event]);
    isBusy = false;
    await writing;
    await leave();
    expect(cursors.map(([, event]) => event)).toEqual([null, null, null]);
    expect(new Set(cursors.map(([cursor]) => cursor)).size).toBe(3);
  }));

test("pages of large events are short, and the whole log is told all the same, to who is behind and to who waits", () =>
  withTail(async (tail) => {
    const { cursor, revision } = await readHead(database.prisma);
    const { next: nextOfWaiting } = await open(tail, true);
    await nextOfWaiting();
    // the second is past the size of a page by itself
    const tags = Array.from({ length: 20 }, (_, i) => ({ key: `t${i}`, value: "é".repeat(90_000) }));
    await setTag(context, { on: { model: { name: "m" } }, key: "k", value: "before" });
    await registerModel(context, { name: "large", tags });
    for (let i = 0; i < 20; i++)
      await setTag(context, { on: { model: { name: "m" } }, key: "k", value: `${i} ${"é".repeat(90_000)}` });
    const revisions = Array.from({ length: 22 }, (_, i) => revision + 1n + BigInt(i));
    const told: (bigint | undefined)[][] = [[], []];
    const { next: nextOfBehind } = await open(tail, true, cursor);
    await nextOfBehind();
    for (const _ of revisions) {
      told[0]?.push((await nextOfWaiting()).event?.revision);
      told[1]?.push((await nextOfBehind()).event?.revision);
    }
    expect(told).toEqual([revisions, revisions]);
    const sizes: number[] = [];
    for (let after = revision; ; ) {
      const page = await readEvents(database.prisma, after);
      if (page.length === 0) break;
      sizes.push(page.length);
      after = page.at(-1)?.revision as bigint;
      const last = page.slice(1, -1).reduce((bytes, { body }) => bytes + Buffer.byteLength(body), 0);
      expect(last).toBeLessThan(1024 * 1024);
    }
    expect(sizes.length).toBeGreaterThan(3);
    expect(sizes.reduce((sum, size) => sum + size)).toBe(22);
  }));

test("of a large event a stream holds what its fields tell, and no more", () =>
  withTail(async (tail) => {
    const { cursor, revision } = await readHead(database.prisma);
    const waiting = await open(tail, true);
    await waiting.next();
    const tags = Array.from({ length: 20 }, (_, i) => ({ key: `t${i}`, value: "é".repeat(90_000) }));
    await registerModel(context, { name: "heavy", description: "weighs much", tags });
    await setTag(context, { on: { model: { name: "heavy" } }, key: "long", value: "é".repeat(90_000) });
    const behind = await open(tail, true, cursor);
    await behind.next();
    for (const { next } of [waiting, behind]) {
      const registered = (await next()).event as Event;
      expect(registered.body.length).toBeLessThan(1_000);
      const { after } = snapshotsOf(registered);
      expect(after).toMatchObject({ name: "heavy", description: "weighs much" });
      expect(Object.keys(after ?? {})).toContain("tags");
      expect(snapshotsOf((await next()).event as Event).after).toEqual({ key: "long", value: "é".repeat(90_000) });
    }
    const [whole] = await readEvents(database.prisma, revision);
    expect(whole?.body.length).toBeGreaterThan(1_000_000);
  }));

test("however many streams open while the database is asked, it is asked four times for all of them", async () => {
  const { prisma, pool } = database;
  for (let i = 0; i < 4; i++) {
    await write();
    // each at a time of its own
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  const { rows } = await pool.query(`SELECT "at" FROM "Event" ORDER BY "revision" DESC OFFSET 1 LIMIT 3`);
  const head = await readHead(prisma);
  const find = createStreamStarts(prisma);
  const past = { logId: head.logId, revision: head.revision + 1n, hash: head.hash };
  const first = find({});
  await new Promise((resolve) => setImmediate(resolve));
  const { result, statements } = await recordStatements(() =>
    Promise.allSettled([
      find({ after: head.cursor }),
      ...rows.map(({ at }) => find({ since: at })),
      ...Array.from({ length: 50 }, () => find({ since: new Date(head.at.getTime() + 1) })),
      find({ after: "no cursor" }),
      find({ after: head.cursor, since: head.at }),
      find({ after: encodeStreamCursor(past) }),
      find({ after: encodeStreamCursor({ ...past, revision: head.revision - 1n }) }),
    ]),
  );
  expect((await first).revision).toBe(head.revision);
  const told = result.map((each) =>
    each.status === "fulfilled" ? Number(head.revision - each.value.revision) : each.reason.code,
  );
  const refused = ["INVALID_INPUT", "INVALID_INPUT", "HISTORY_DIVERGED", "HISTORY_DIVERGED"];
  expect(told).toEqual([0, 2, 3, 4, ...Array.from({ length: 50 }, () => 0), ...refused]);
  expect(statements).toHaveLength(4);
});

test("who asks for the head while it is read gets that of afterwards", async () => {
  const { prisma } = database;
  const before = await readHead(prisma);
  let isRead = false;
  let answer = () => {};
  const answered = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const findUniqueOrThrow = async (args: Parameters<typeof prisma.eventHead.findUniqueOrThrow>[0]) => {
    const head = await prisma.eventHead.findUniqueOrThrow(args);
    isRead = true;
    await answered;
    return head;
  };
  const find = createStreamStarts({ eventHead: { findUniqueOrThrow } } as unknown as typeof prisma);
  const first = find({});
  await expect.poll(() => isRead).toBe(true);
  await write();
  const second = find({});
  answer();
  expect((await first).revision).toBe(before.revision);
  expect((await second).revision).toBe(before.revision + 1n);
});

test.each([
  ["", async () => {}],
  [" and is written on", write],
])("a stream since a time that leaves the log while it is looked for%s is told so", async (_and, writeOn) => {
  const { prisma, pool } = database;
  // later than what was compacted before
  await new Promise((resolve) => setTimeout(resolve, 2));
  await write();
  const { at: since } = await readHead(prisma);
  const { eventHead } = prisma;
  const $queryRaw = async (...args: Parameters<typeof prisma.$queryRaw>) => {
    await pool.query(`SELECT compact_events((SELECT revision FROM "EventHead"))`);
    await writeOn();
    return prisma.$queryRaw(...args);
  };
  const racing = { eventHead, $queryRaw } as unknown as typeof prisma;
  expect(await findStreamStarts(racing, [{ since }])).toMatchObject([{ code: "HISTORY_COMPACTED" }]);
});

test("where a stream since a time begins is found by index, however long the log", async () => {
  const { pool, prisma } = database;
  await pool.query(`INSERT INTO "Event" ("revision", "id", "at", "type", "actorIssuer", "actorSubject", "actorKind", "requestId",
    "commitId", "commitSize", "commitIndex", "subjectType", "subjectId", "body", "hash")
    SELECT e."revision" + g, gen_random_uuid(), e."at" + g * interval '1 second', e."type", 'i', 's', 'USER', 'r',
      gen_random_uuid(), 1, 0, 'Model', 'm', '{}', e."hash" FROM "Event" AS e, generate_series(1, 1000) AS g
    WHERE e."revision" = (SELECT "revision" FROM "EventHead")`);
  await pool.query(`UPDATE "EventHead" SET ("revision", "at") = (SELECT max("revision"), max("at") FROM "Event")`);
  await pool.query(`ANALYZE "Event"`);
  const { at, revision } = await readHead(prisma);
  const since = new Date(at.getTime() - 99_000);
  const { result, statements } = await recordStatements(() => findStreamStarts(prisma, [{ since }]));
  expect(result).toEqual([expect.objectContaining({ revision: revision - 100n })]);
  let read = 0;
  for (const statement of statements) read += await countRowsRead(pool, statement);
  expect(read).toBeLessThan(10);
});

test("a statement that is never answered keeps streams from opening that asked with it, and no others", async () => {
  const { prisma } = database;
  let isStuck = true;
  const findUniqueOrThrow = vi.fn((args: Parameters<typeof prisma.eventHead.findUniqueOrThrow>[0]) =>
    isStuck ? new Promise(() => {}) : prisma.eventHead.findUniqueOrThrow(args),
  );
  const find = createStreamStarts({ eventHead: { findUniqueOrThrow } } as unknown as typeof prisma);
  const isOpen = vi.fn();
  void find({}).then(isOpen);
  await expect.poll(() => findUniqueOrThrow).toHaveBeenCalled();
  isStuck = false;
  const { revision } = await readHead(prisma);
  expect(await find({})).toMatchObject({ revision });
  expect(isOpen).not.toHaveBeenCalled();
});

test("a stream that was behind when all of the log was compacted ends, and does not ask for ever", async () => {
  const { cursor } = await readHead(database.prisma);
  for (let i = 0; i < 3; i++) await write();
  await withTail(async (tail) => {
    const { next } = await open(tail, true, cursor);
    await next();
    await database.pool.query(`SELECT compact_events((SELECT revision FROM "EventHead"))`);
    await expect(next()).rejects.toMatchObject({ code: "HISTORY_COMPACTED" });
    await write();
    const { next: nextOfNew } = await open(tail, true);
    await nextOfNew();
    await write();
    expect((await nextOfNew()).event).not.toBeNull();
  });
});

test.each([
  ["that is shorter", 0],
  ["that has grown as long", 2],
  ["that has grown longer", 3],
])("streams end when the database comes back with a history %s", async (_name, writes) => {
  let reconnected = () => {};
  const listen: Database["listen"] = async (_channel, { gap }) => {
    reconnected = gap;
    return { stop: async () => {} };
  };
  await withTail(
    async (tail) => {
      const { revision } = await readHead(database.prisma);
      const [waiting, slow] = [await open(tail, true), await open(tail, true)];
      for (const { next } of [waiting, slow]) await next();
      let reads = 0;
      await followRevocations({
        ...{ prisma: database.prisma, events: tail, log: QUIET },
        onRevocations: () => void reads++,
      });
      const ended = expect(waiting.next()).rejects.toMatchObject({ code: "HISTORY_DIVERGED" });
      await setBack(2);
      for (let i = 0; i < writes; i++) await write();
      reconnected();
      await ended;
      await expect(slow.next()).rejects.toMatchObject({ code: "HISTORY_DIVERGED" });
      await expect.poll(() => reads).toBe(2);
      const { next } = await open(tail, true);
      await next();
      await write();
      reconnected();
      expect((await next()).event?.revision).toBe(revision - 2n + BigInt(writes) + 1n);
    },
    { ...database, listen },
    60_000,
  );
});
