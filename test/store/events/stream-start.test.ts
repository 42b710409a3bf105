import { expect, test, vi } from "vitest";
import { encodeStreamCursor } from "../../../src/domain/events/stream-cursor.js";
import { readHead } from "../../../src/store/events/event-log.js";
import { createStreamStarts, findStreamStarts } from "../../../src/store/events/stream-start.js";
import { recordStatements, sumRowsRead } from "../../support/database/statements.js";
import { useWrittenLog } from "./written-log.js";

const log = useWrittenLog();

test("streams that open while the database is read are found together, by four statements", async () => {
  const { prisma, pool } = log.database;
  for (let i = 0; i < 4; i++) {
    await log.write();
    // so that each event has a time of its own
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
  const found = result.map((each) =>
    each.status === "fulfilled" ? Number(head.revision - each.value.revision) : each.reason.code,
  );
  const refused = ["INVALID_INPUT", "INVALID_INPUT", "HISTORY_DIVERGED", "HISTORY_DIVERGED"];
  expect(found).toEqual([0, 2, 3, 4, ...Array.from({ length: 50 }, () => 0), ...refused]);
  expect(statements).toHaveLength(4);
});

test("a request for the head while it is read gets a head that is read afterwards", async () => {
  const { prisma } = log.database;
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
  await log.write();
  const second = find({});
  answer();
  expect((await first).revision).toBe(before.revision);
  expect((await second).revision).toBe(before.revision + 1n);
});

test.each([
  ["", async () => {}],
  [" and written to", () => log.write()],
])("a log that is compacted%s while the start is looked up is HISTORY_COMPACTED", async (_and, write) => {
  const { prisma, pool } = log.database;
  // later than what earlier tests compacted
  await new Promise((resolve) => setTimeout(resolve, 2));
  await log.write();
  const { at: since } = await readHead(prisma);
  const { eventHead } = prisma;
  const $queryRaw = async (...args: Parameters<typeof prisma.$queryRaw>) => {
    await pool.query(`SELECT compact_events((SELECT revision FROM "EventHead"))`);
    await write();
    return prisma.$queryRaw(...args);
  };
  const racing = { eventHead, $queryRaw } as unknown as typeof prisma;
  expect(await findStreamStarts(racing, [{ since }])).toMatchObject([{ code: "HISTORY_COMPACTED" }]);
});

test("the start at a time is found by an index, however long the log is", async () => {
  const { pool, prisma } = log.database;
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
  expect(await sumRowsRead(pool, statements)).toBeLessThan(10);
});

test("a statement that is never answered blocks only the streams of its own batch", async () => {
  const { prisma } = log.database;
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
