import { afterAll, beforeAll, expect, test } from "vitest";
import type { Database } from "../../../src/store/connection/database.js";
import type { Transaction } from "../../../src/store/connection/transaction.js";
import { Prisma } from "../../../src/store/generated/client.js";
import { openTestDatabase } from "../../support/database/database.js";
import { recordStatements } from "../../support/database/statements.js";

const AT = new Date("2026-01-02T03:04:05.678Z");
const LATER = new Date("2026-02-03T00:00:00.000Z");
const CREATOR = { createdByIssuer: "i", createdBySubject: "s", createdByKind: "MACHINE" } as const;
const TIMES = { createdAt: AT, updatedAt: AT };

let database: Database;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

const idOf = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`;
const modelRow = (n: number) => ({ ...CREATOR, ...TIMES, id: idOf(n), name: `m${n}`, liveName: `m${n}` });
const versionRow = (n: number, modelId: string, number: number) => ({
  ...CREATOR,
  ...TIMES,
  id: idOf(n),
  modelId,
  number,
  stage: "NONE" as const,
  stageSince: AT,
  status: "READY" as const,
  source: "s3://b/x",
});

/** The work in a transaction, and how many statements it took besides BEGIN and COMMIT. */
async function inTransaction<T>(work: (tx: Transaction) => Promise<T>) {
  const { result, statements } = await recordStatements(() => database.prisma.$transaction(work));
  return { result, count: statements.length - 2 };
}

test("rows are inserted as Prisma inserts them, in one statement", async () => {
  const fields = {
    signature: { b: [1.5, "é", null], a: {} },
    flavors: Prisma.DbNull,
    description: null,
  };
  await database.prisma.model.createMany({ data: [modelRow(1)] });
  await database.prisma.modelVersion.createMany({ data: [{ ...versionRow(11, idOf(1), 1), ...fields }] });
  const { count } = await inTransaction(async (tx) => {
    expect(await tx.model.createMany({ data: [{ ...modelRow(2), description: "é ' \" \\" }, modelRow(3)] })).toEqual({
      count: 2,
    });
    expect(await tx.modelVersion.createMany({ data: [{ ...versionRow(12, idOf(2), 1), ...fields }] })).toEqual({
      count: 1,
    });
  });
  expect(count).toBe(2);
  const [prismas, ours] = await database.prisma.modelVersion.findMany({ orderBy: { id: "asc" } });
  expect(ours).toEqual({ ...prismas, id: idOf(12), modelId: idOf(2), stageEntry: ours?.stageEntry });
  const models = await database.prisma.model.findMany({
    orderBy: { id: "asc" },
    select: { description: true, kind: true },
  });
  expect(models).toEqual([null, "é ' \" \\", null].map((description) => ({ description, kind: "MODEL" })));
});

test("rows that exist are skipped, or are the error of their constraint", async () => {
  const { result } = await inTransaction((tx) =>
    tx.model.createMany({ data: [modelRow(3), modelRow(4)], skipDuplicates: true }),
  );
  expect(result).toEqual({ count: 1 });
  const twice = database.prisma.$transaction((tx) => tx.model.createMany({ data: [modelRow(3)] }));
  await expect(twice).rejects.toMatchObject({ code: "23505", constraint: "model_pkey" });
});

test("rows are updated by keys and by values, and the row that is returned is Prisma's", async () => {
  const { result, count } = await inTransaction(async (tx) => [
    await tx.model.update({
      where: { id: idOf(3) },
      data: { versionCounter: { increment: 2 }, deletedAt: LATER, liveName: null },
      select: { versionCounter: true, deletedAt: true },
    }),
    await tx.modelVersion.update({
      where: { modelId_number: { modelId: idOf(2), number: 1 } },
      data: { stageSince: LATER },
      select: { stageEntry: true, signature: true, status: true },
    }),
    await tx.model.updateMany({
      where: { id: idOf(3), deletedAt: LATER, description: null },
      data: { description: "d" },
    }),
    await tx.model.updateMany({ where: { id: idOf(3), deletedAt: null }, data: { description: "e" } }),
    await tx.modelVersion.update({ where: { id: idOf(12) }, data: { statusMessage: "m" } }),
  ]);
  expect(count).toBe(5);
  expect(result).toEqual([
    { versionCounter: 2, deletedAt: LATER },
    { stageEntry: expect.any(BigInt), signature: { b: [1.5, "é", null], a: {} }, status: "READY" },
    { count: 1 },
    { count: 0 },
    await database.prisma.modelVersion.findUnique({ where: { id: idOf(12) } }),
  ]);
  const row = await database.prisma.model.findUniqueOrThrow({ where: { id: idOf(3) } });
  expect(row).toMatchObject({ versionCounter: 2, liveName: null, description: "d", deletedAt: LATER });
});

test("a row that must be there and is not is Prisma's error", async () => {
  const where = { id: idOf(99) };
  const attempts: ((tx: Transaction) => Promise<unknown>)[] = [
    (tx) => tx.model.update({ where, data: { description: "d" }, select: { id: true } }),
    (tx) => tx.model.findUniqueOrThrow({ where }),
  ];
  for (const attempt of attempts) {
    await expect(database.prisma.$transaction(attempt)).rejects.toMatchObject({ code: "P2025" });
  }
});

test("Prisma joins for what has no statement, and sees and is seen by the rest of the transaction", async () => {
  const { result } = await inTransaction(async (tx) => {
    await tx.model.createMany({ data: [modelRow(5)] });
    const changed = await tx.model.updateMany({ where: { name: { in: ["m5"] } }, data: { description: "new" } });
    const { name } = await tx.model.create({ data: modelRow(6) });
    return [changed, name, await tx.model.count({ where: { id: { in: [idOf(5), idOf(6)] } } })];
  });
  expect(result).toEqual([{ count: 1 }, "m6", 2]);
  const undone = database.prisma.$transaction(async (tx) => {
    await tx.model.create({ data: modelRow(7) });
    throw new Error("changed my mind");
  });
  await expect(undone).rejects.toThrow("changed my mind");
  expect(await database.prisma.model.count({ where: { id: idOf(7) } })).toBe(0);
  expect(await database.prisma.model.count({ where: { description: "new" } })).toBe(1);
});
