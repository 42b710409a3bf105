import { inspect, isDeepStrictEqual } from "node:util";
import { expect } from "vitest";
import type { Database } from "../../../src/store/connection/database.js";
import { Prisma } from "../../../src/store/generated/client.js";
import { openTestDatabase } from "../../support/database/database.js";
import { createRandom } from "../../support/random.js";
import { type Args, type RandomRead, randomRead } from "./random-reads.js";
import { fillTables } from "./random-rows.js";

type Tables = Readonly<Record<string, Readonly<Record<string, (args: Args) => PromiseLike<unknown>>>>>;

/** Runs random reads on random rows on both paths, and expects equal rows and equal refusals. */
export async function compareReads({ runs, seed }: { runs: number; seed: number }) {
  const database = await openTestDatabase();
  try {
    await fillTables(database.pool, seed);
    return await compareAll(database, { runs, seed });
  } finally {
    await database.close();
  }
}

async function compareAll({ reads, prisma }: Database, { runs, seed }: { runs: number; seed: number }) {
  const random = createRandom(seed);
  let rows = 0;
  let refused = 0;
  let invalid = 0;
  for (let run = 0; run < runs; run++) {
    const read = randomRead(random);
    const { other } = reads.counts;
    const found = await answerOf(reads.db, read);
    if (reads.counts.other > other) continue;
    const expected = await answerOf(prisma, read);
    if (isUnfinishedPattern(found) || isUnfinishedPattern(expected)) refused++;
    else if (expected instanceof Prisma.PrismaClientValidationError) {
      // the types of the arguments refuse such a read
      invalid++;
    } else if (expected instanceof Error) {
      refused++;
      expect(found, show(read)).toBeInstanceOf(Error);
    } else {
      // Vitest's own comparison trips over a member that is named "constructor"
      if (!isDeepStrictEqual(found, expected)) expect(all(found), show(read)).toBe(all(expected));
      rows += [expected].flat().filter((row) => row !== null).length;
    }
  }
  return { ...reads.counts, rows, refused, invalid };
}

/** A LIKE pattern that ends in an escape: the plan decides whether it meets a row at all, and only then it is refused. */
function isUnfinishedPattern(answer: unknown): boolean {
  return answer instanceof Error && answer.message.includes("22025");
}

async function answerOf(tables: unknown, { table, method, args }: RandomRead): Promise<unknown> {
  const delegate = (tables as Tables)[`${table.charAt(0).toLowerCase()}${table.slice(1)}`];
  const read = delegate?.[method];
  if (!read) throw new Error(`${table} has no ${method}.`);
  return Promise.resolve(read(args)).catch((error: unknown) => error);
}

function show(read: RandomRead): string {
  return JSON.stringify(read, (_, value) => (typeof value === "bigint" ? `${value}n` : value), 1);
}

function all(rows: unknown): string {
  return inspect(rows, { depth: Number.POSITIVE_INFINITY, maxArrayLength: null, maxStringLength: null });
}
