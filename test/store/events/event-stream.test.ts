import { expect, test } from "vitest";
import { snapshotsOf } from "../../../src/graphql/events/registry-event.js";
import { registerModel } from "../../../src/registry/models/register-model.js";
import type { Database } from "../../../src/store/connection/database.js";
import { readEvents, readHead } from "../../../src/store/events/event-log.js";
import { EventStream, type StreamMessage } from "../../../src/store/events/event-stream.js";
import { EventTail } from "../../../src/store/events/event-tail.js";
import { followRevocations } from "../../../src/store/events/follow-revocations.js";
import type { Event } from "../../../src/store/generated/client.js";
import { QUIET } from "../../support/database/database.js";
import { WRITER } from "../../support/writer.js";
import { useWrittenLog } from "./written-log.js";

const BOOKMARK_MS = 100;
const log = useWrittenLog();

async function withTail<T>(work: (tail: EventTail) => Promise<T>, on = log.database, pollMs = 20): Promise<T> {
  const tail = new EventTail(on, QUIET, { pollMs, bookmarkMs: BOOKMARK_MS });
  await tail.start();
  return work(tail).finally(() => tail.stop());
}

async function open(tail: EventTail, isWanted: boolean, after?: string) {
  const { prisma: db } = log.database;
  const start = await tail.findStart({ after });
  const stream = new EventStream(start, { db, tail, keep: (events) => (isWanted ? events : []) });
  const next = async () => (await stream.next()).value as StreamMessage;
  return { next, leave: () => stream.return() };
}

const longText = (prefix = "") => `${prefix}${"é".repeat(90_000)}`;
/** Tags that make one event larger than a page. */
const largeTags = Array.from({ length: 20 }, (_, i) => ({ key: `t${i}`, value: longText() }));

/** Removes the newest events, as a failover that loses commits does, or a restore of a backup under running servers. */
async function setBack(by: number): Promise<void> {
  const client = await log.database.pool.connect();
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

test("a filtered stream gets its bookmarks while others write to the log", () =>
  withTail(async (tail) => {
    const { next, leave } = await open(tail, false);
    const first = await next();
    let isBusy = true;
    const writing = (async () => {
      while (isBusy) await log.write();
    })();
    const messages = [first, await next(), await next()];
    isBusy = false;
    await writing;
    await leave();
    expect(messages.map(({ event }) => event)).toEqual([null, null, null]);
    expect(new Set(messages.map(({ cursor }) => cursor)).size).toBe(3);
  }));

test("pages of large events are short, and a stream that waits and one that is behind get every event", () =>
  withTail(async (tail) => {
    const { prisma } = log.database;
    const { cursor, revision } = await readHead(prisma);
    const waiting = await open(tail, true);
    await waiting.next();
    await log.write("before");
    await registerModel(log.context, { name: "large", tags: largeTags });
    for (let i = 0; i < 20; i++) await log.write(longText(`${i} `));
    const revisions = Array.from({ length: 22 }, (_, i) => revision + 1n + BigInt(i));
    const behind = await open(tail, true, cursor);
    await behind.next();
    const delivered: (bigint | undefined)[][] = [[], []];
    for (const _ of revisions) {
      delivered[0]?.push((await waiting.next()).event?.revision);
      delivered[1]?.push((await behind.next()).event?.revision);
    }
    expect(delivered).toEqual([revisions, revisions]);
    const sizes: number[] = [];
    for (let after = revision; ; ) {
      const page = await readEvents(prisma, after);
      if (page.length === 0) break;
      sizes.push(page.length);
      after = page.at(-1)?.revision as bigint;
      const bytesBeforeLast = page.slice(1, -1).reduce((bytes, { body }) => bytes + Buffer.byteLength(body), 0);
      expect(bytesBeforeLast).toBeLessThan(1024 * 1024);
    }
    expect(sizes.length).toBeGreaterThan(3);
    expect(sizes.reduce((sum, size) => sum + size)).toBe(22);
  }));

test("a stream holds only the part of a large event that its fields show", () =>
  withTail(async (tail) => {
    const { cursor, revision } = await readHead(log.database.prisma);
    const waiting = await open(tail, true);
    await waiting.next();
    await registerModel(log.context, { name: "heavy", description: "weighs much", tags: largeTags });
    await log.write(longText());
    const behind = await open(tail, true, cursor);
    await behind.next();
    for (const { next } of [waiting, behind]) {
      const registered = (await next()).event as Event;
      expect(registered.body.length).toBeLessThan(1_000);
      const { after } = snapshotsOf(registered, WRITER);
      expect(after).toMatchObject({ name: "heavy", description: "weighs much" });
      expect(Object.keys(after ?? {})).toContain("tags");
      expect(snapshotsOf((await next()).event as Event, WRITER).after).toEqual({ key: "k", value: longText() });
    }
    const [whole] = await readEvents(log.database.prisma, revision);
    expect(whole?.body.length).toBeGreaterThan(1_000_000);
  }));

test("a stream that is behind ends when the whole log is compacted, and new streams work", async () => {
  const { cursor } = await readHead(log.database.prisma);
  for (let i = 0; i < 3; i++) await log.write();
  await withTail(async (tail) => {
    const { next } = await open(tail, true, cursor);
    await next();
    await log.database.pool.query(`SELECT compact_events((SELECT revision FROM "EventHead"))`);
    await expect(next()).rejects.toMatchObject({ code: "HISTORY_COMPACTED" });
    await log.write();
    const { next: nextOfNew } = await open(tail, true);
    await nextOfNew();
    await log.write();
    expect((await nextOfNew()).event).not.toBeNull();
  });
});

test.each([
  ["is shorter", 0],
  ["is as long", 2],
  ["is longer", 3],
])("streams end when the database comes back with another history that %s", async (_name, writes) => {
  const { database } = log;
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
        prisma: database.prisma,
        events: tail,
        log: QUIET,
        onRevocations: () => void reads++,
      });
      const ended = expect(waiting.next()).rejects.toMatchObject({ code: "HISTORY_DIVERGED" });
      await setBack(2);
      for (let i = 0; i < writes; i++) await log.write();
      reconnected();
      await ended;
      await expect(slow.next()).rejects.toMatchObject({ code: "HISTORY_DIVERGED" });
      await expect.poll(() => reads).toBe(2);
      const { next } = await open(tail, true);
      await next();
      await log.write();
      reconnected();
      expect((await next()).event?.revision).toBe(revision - 2n + BigInt(writes) + 1n);
    },
    { ...database, listen },
    60_000,
  );
});
