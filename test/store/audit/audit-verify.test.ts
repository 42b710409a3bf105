import { generateKeyPairSync, randomUUID } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type AuditKey, toAuditKey, toAuditTrust } from "../../../src/auth/audit-key.js";
import type { SignedCheckpoint } from "../../../src/domain/events/checkpoint.js";
import { setTag } from "../../../src/registry/across/set-tag.js";
import { type CommandContext, createCommandContext } from "../../../src/registry/command.js";
import { registerModel } from "../../../src/registry/models/register-model.js";
import { createModelVersion } from "../../../src/registry/versions/create-model-version.js";
import { exportLog, openExport } from "../../../src/store/audit/audit-export.js";
import { verifyLog } from "../../../src/store/audit/audit-verify.js";
import { createCheckpointer } from "../../../src/store/audit/checkpointer.js";
import { readCheckpointFile } from "../../../src/store/audit/checkpoints.js";
import { type CompactionOptions, compactLog } from "../../../src/store/audit/compaction.js";
import { walkChain } from "../../../src/store/audit/hash-chain.js";
import type { Database } from "../../../src/store/connection/database.js";
import { openTestDatabase } from "../../support/database/database.js";
import { WRITER } from "../../support/writer.js";

let database: Database;
let context: CommandContext;
let folder: string;
let key: AuditKey;
let file: string;
let kept: string;
const newKey = () => {
  const { privateKey } = generateKeyPairSync("ed25519");
  return toAuditKey(privateKey.export({ type: "pkcs8", format: "pem" }).toString(), "the test");
};

/** Each transaction comes an hour after the one before it, in the future: the log lets no time go back. */
const HOUR_MS = 3_600_000;
const START = Date.now();
let hours = 0;

const TABLES = ["Event", "EventHead", "LogCheckpoint"];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "shelfmark-audit-"));
  database = await openTestDatabase();
  const now = () => new Date(START + hours * HOUR_MS);
  const services = { prisma: database.prisma, now, newId: randomUUID, allowFileSource: false };
  context = createCommandContext(services, WRITER, "audit");
  key = newKey();
  file = join(folder, `${key.keyId}.jsonl`);
  for (let i = 0; i < 4; i++) {
    hours++;
    await createModelVersion(context, {
      model: { name: "m" },
      createModel: true,
      source: `s3://b/${i}`,
      aliases: ["a"],
    });
  }
  await sign();
  hours++;
  await setTag(context, { on: { model: { name: "m" } }, key: "k", value: "\u00e9" });
  kept = readFileSync(file, "utf8");
  for (const table of TABLES) await database.pool.query(`CREATE TABLE "Kept${table}" AS TABLE "${table}"`);
});
afterAll(async () => {
  await database.close();
  rmSync(folder, { recursive: true, force: true });
});
/** As it was before anybody touched it. */
afterEach(async () => {
  await tamper(
    ...TABLES.map((table) => `DELETE FROM "${table}"`),
    ...TABLES.map((table) => `INSERT INTO "${table}" SELECT * FROM "Kept${table}"`),
  );
  writeFileSync(file, kept);
});

const unreachable = (message: string): void => expect.unreachable(message);
const quiet = { info() {}, warn: unreachable, error: unreachable };
async function sign(by = key, to = file, log = quiet): Promise<void> {
  await createCheckpointer({ database, openKey: async () => by, file: to, intervalMs: 1_000, log }).sign();
}

/** Takes the first transactions out of the log, as `events compact` does: two of them are five events. */
function compact(count: number, more: Partial<CompactionOptions> = {}) {
  return compactLog(database, { before: new Date(START + (count + 0.5) * HOUR_MS), key, file, ...more });
}

const unreadable = (line: number) => expect.unreachable(`line ${line}`);
const trust = () => toAuditTrust(key.publicPem, "the test");
async function verify(more: { from?: bigint; to?: bigint; kept?: readonly SignedCheckpoint[] } = {}) {
  return verifyLog(database.pool, {
    trust: trust(),
    kept: (await readCheckpointFile(file, unreadable)) ?? [],
    ...more,
  });
}

/** What somebody does who has the database, but not the key. */
async function tamper(...statements: string[]): Promise<void> {
  const client = await database.pool.connect();
  try {
    const triggers = async (mode: string) => {
      for (const table of ["Event", "LogCheckpoint"]) await client.query(`ALTER TABLE "${table}" ${mode} TRIGGER USER`);
    };
    await triggers("DISABLE");
    for (const statement of statements) await client.query(statement);
    await triggers("ENABLE");
  } finally {
    client.release();
  }
}

/** Makes every hash from a revision on follow again, and the head. */
const REHASH = (from: number) => `DO $$
  DECLARE e record; previous bytea;
  BEGIN
    SELECT hash INTO previous FROM "Event" WHERE revision = ${from - 1};
    FOR e IN SELECT revision, body FROM "Event" WHERE revision >= ${from} ORDER BY revision LOOP
      previous := sha256(previous || convert_to(e.body, 'UTF8'));
      UPDATE "Event" SET hash = previous WHERE revision = e.revision;
    END LOOP;
    UPDATE "EventHead" SET hash = previous;
  END $$`;

describe("an honest log", () => {
  test("is whole, with its checkpoint, in all and in part", async () => {
    expect(await verify()).toMatchObject({ fault: null, walked: { from: 1n, to: 10n }, signed: 9n, foreign: [] });
    expect(await verify({ from: 4n, to: 7n })).toMatchObject({ fault: null, walked: { from: 4n, to: 7n } });
    const nobodys = verifyLog(database.pool, { trust: null, kept: [] });
    expect(await nobodys).toMatchObject({ fault: null, signed: null, foreign: [key.keyId] });
  });

  test("is whole after compaction, and while others write", async () => {
    expect(await compact(2)).toMatchObject({ gone: 5, until: { revision: 5n } });
    const writing = registerModel(context, { name: "meanwhile" });
    expect((await verify()).fault).toBeNull();
    await writing;
    expect(await verify()).toMatchObject({ fault: null, walked: { to: 11n } });
    expect((await verify()).walked.from).toBe(6n);
  });

  test("is signed again only when it has moved", async () => {
    await sign();
    await sign();
    const kept = (await readCheckpointFile(file, unreadable)) ?? [];
    expect(kept.map(({ revision }) => revision)).toEqual([9n, 10n]);
    expect(kept.every((checkpoint) => trust().isSigned(checkpoint))).toBe(true);
    await expect(database.pool.query(`DELETE FROM "LogCheckpoint"`)).rejects.toThrow(/append-only/);
  });
});

describe("the file of checkpoints", () => {
  test("is read past half a line, which a crash leaves, and written on behind it", async () => {
    writeFileSync(file, `${kept}${kept.slice(0, 40)}`);
    await sign();
    const lines: number[] = [];
    const read = await readCheckpointFile(file, (line) => void lines.push(line));
    expect(read?.map(({ revision }) => revision)).toEqual([9n, 10n]);
    expect(lines).toEqual([2]);
  });

  test("holds what another server has signed, and each checkpoint once", async () => {
    const own = join(folder, "second.jsonl");
    await sign();
    for (const _ of ["started", "started again"]) await sign(key, own);
    expect((await readCheckpointFile(own, unreadable))?.map(({ revision }) => revision)).toEqual([10n]);
  });

  test("gets later what it could not be given at once", async () => {
    const own = join(folder, "late.jsonl");
    mkdirSync(own);
    const warned: string[] = [];
    const log = { ...quiet, warn: (message: string) => void warned.push(message) };
    const checkpoints = createCheckpointer({ database, openKey: async () => key, file: own, intervalMs: 1_000, log });
    await checkpoints.sign();
    rmdirSync(own);
    await checkpoints.sign();
    expect(warned).toEqual([expect.stringMatching(/will try again: EISDIR/)]);
    expect((await readCheckpointFile(own, unreadable))?.map(({ revision }) => revision)).toEqual([10n]);
  });
});

describe("tampering is named", () => {
  test.each<[string, string[], { revision: bigint; says: RegExp }]>([
    [
      "a byte of a body",
      [`UPDATE "Event" SET body = replace(body, 's3://b/1', 's3://b/X') WHERE revision = 4`],
      { revision: 4n, says: /^was altered/ },
    ],
    [
      "a byte of a hash",
      [`UPDATE "Event" SET hash = sha256(hash) WHERE revision = 4`],
      { revision: 4n, says: /^was altered/ },
    ],
    [
      "a column beside an intact body",
      [`UPDATE "Event" SET "actorSubject" = 'somebody' WHERE revision = 6`],
      { revision: 6n, says: /its column actorSubject is not what its body says/ },
    ],
    [
      "a time",
      [`UPDATE "Event" SET "at" = "at" - interval '1 ms' WHERE revision = 6`],
      { revision: 6n, says: /column at / },
    ],
    ["a row that is gone", [`DELETE FROM "Event" WHERE revision = 5`], { revision: 5n, says: /^was removed/ }],
    [
      "rows that are gone",
      [`DELETE FROM "Event" WHERE revision IN (3, 4, 5)`],
      { revision: 3n, says: /^to 5 were removed/ },
    ],
    [
      "two rows that were swapped",
      [
        `UPDATE "Event" AS a SET body = b.body, hash = b.hash FROM "Event" AS b WHERE (a.revision, b.revision) IN ((4, 6), (6, 4))`,
      ],
      { revision: 4n, says: /^was swapped: it holds the body of revision 6/ },
    ],
    [
      "the newest row",
      [`DELETE FROM "Event" WHERE revision = 10`],
      { revision: 10n, says: /^to 10 were removed: the head says/ },
    ],
    [
      "the tail, head and all",
      [
        `DELETE FROM "LogCheckpoint"`,
        `DELETE FROM "Event" WHERE revision > 7`,
        `UPDATE "EventHead" SET revision = 7, hash = (SELECT hash FROM "Event" WHERE revision = 7)`,
      ],
      { revision: 8n, says: /^to 9 were cut off: revision 9 was signed on/ },
    ],
    [
      "the whole chain, written anew",
      [`UPDATE "Event" SET body = replace(body, 's3://b/1', 's3://b/X') WHERE revision = 4`, REHASH(4)],
      { revision: 9n, says: /^is not what was signed on .*: the log up to here was rewritten/ },
    ],
    [
      "the head",
      [`UPDATE "EventHead" SET hash = sha256(hash)`],
      { revision: 10n, says: /^has not the hash that the head says/ },
    ],
    [
      "the time of the head",
      [`UPDATE "EventHead" SET "at" = "at" + interval '1 year'`],
      { revision: 10n, says: /^has not the time that the head says/ },
    ],
    ...["sevision", "x"].map((word): [string, string[], { revision: bigint; says: RegExp }] => [
      `the revision in a body, as ${word}`,
      [
        word === "x"
          ? `UPDATE "Event" SET body = replace(body, '"revision":4', '"revision":"x"') WHERE revision = 4`
          : `UPDATE "Event" SET body = replace(body, '"revision"', '"${word}"') WHERE revision = 4`,
      ],
      { revision: 4n, says: /^was altered: its body names no revision/ },
    ]),
    [
      "a column that an old body says nothing of",
      [
        `UPDATE "Event" SET body = replace(body, '"environment":null,', ''), "environment" = 'prod' WHERE revision = 10`,
        REHASH(10),
      ],
      { revision: 10n, says: /its column environment is not what its body says/ },
    ],
    [
      "a body that is gone",
      [`ALTER TABLE "Event" ALTER "body" DROP NOT NULL`, `UPDATE "Event" SET body = NULL WHERE revision = 4`],
      { revision: 4n, says: /^was altered: its body is no event/ },
    ],
    [
      "a row far beyond the head",
      [
        `CREATE TEMP TABLE "Far" AS SELECT * FROM "Event" WHERE revision = 10`,
        `UPDATE "Far" SET revision = 9223372036854775807, id = gen_random_uuid()`,
        `INSERT INTO "Event" SELECT * FROM "Far"`,
        `DROP TABLE "Far"`,
      ],
      { revision: 11n, says: /^to 9223372036854775806 were removed/ },
    ],
    [
      "a checkpoint of no time",
      [`UPDATE "LogCheckpoint" SET "at" = 'infinity'`],
      { revision: 9n, says: /signature is not that of its key/ },
    ],
    [
      "a forged signature beyond the head",
      [`INSERT INTO "LogCheckpoint" SELECT 99, "keyId", "hash", "at", "signature", "purpose" FROM "LogCheckpoint"`],
      { revision: 99n, says: /signature is not that of its key/ },
    ],
    [
      "a forged signature",
      [`UPDATE "LogCheckpoint" SET hash = sha256(hash)`],
      { revision: 9n, says: /signature is not that of its key/ },
    ],
  ])("%s", async (_name, statements, fault) => {
    await tamper(...statements);
    expect((await verify()).fault).toEqual({ revision: fault.revision, says: expect.stringMatching(fault.says) });
  });

  test("rows that are gone at the end of the part that is walked", async () => {
    await tamper(`DELETE FROM "Event" WHERE revision IN (6, 7)`);
    expect((await verify({ to: 7n })).fault).toEqual({
      revision: 6n,
      says: expect.stringMatching(/^to 7 were removed/),
    });
  });

  test("a checkpoint that could not be held against a row bears no witness", async () => {
    expect(await verify({ to: 5n })).toMatchObject({ fault: null, signed: null });
  });

  test("a kept checkpoint of another key is named", async () => {
    const other = newKey();
    const { logId } = await database.prisma.eventHead.findUniqueOrThrow({ where: { id: 1 } });
    const foreign = other.sign({ purpose: "HEAD", logId, revision: 9n, hash: "00", at: new Date() });
    expect(await verify({ kept: [foreign] })).toMatchObject({ fault: null, foreign: [other.keyId] });
  });

  test("a chain written anew and signed by another key is caught by the checkpoint that was kept", async () => {
    const other = newKey();
    await tamper(
      `DELETE FROM "LogCheckpoint"`,
      `UPDATE "Event" SET body = replace(body, 's3://b/1', 's3://b/X') WHERE revision = 4`,
      REHASH(4),
    );
    await sign(other, join(folder, "other.jsonl"));
    expect(await verify()).toMatchObject({ fault: { revision: 9n }, foreign: [other.keyId] });
    expect((await verify({ kept: [] })).fault).toBeNull();
  });
});

test("a log whose head is gone is told in a sentence", async () => {
  await tamper(`DELETE FROM "EventHead"`);
  await expect(verify()).rejects.toThrow("The log has no head: its row was removed.");
});

/** What looks like a compaction, by somebody who has the database. */
const TAKE_OUT = (until: number) => [
  `UPDATE "EventHead" SET "compactedRevision" = ${until}, "compactedAt" = now(),
     "compactedHash" = (SELECT "hash" FROM "Event" WHERE "revision" = ${until})`,
  `DELETE FROM "Event" WHERE "revision" <= ${until}`,
];

describe("a compaction that nobody signed is a removal", () => {
  test.each([
    ["up to where the head was signed", 9],
    ["up to where it was not", 5],
  ])("%s", async (_name, until) => {
    await tamper(...TAKE_OUT(until));
    const fault = {
      revision: BigInt(until),
      says: `and all before it are gone, and the key ${key.keyId} has signed no leave for that`,
    };
    expect((await verify()).fault).toEqual(fault);
    expect((await verify({ from: 10n })).fault).toEqual(fault);
  });

  test("beyond the one that was signed", async () => {
    await compact(2);
    await tamper(...TAKE_OUT(7));
    expect((await verify()).fault).toMatchObject({ revision: 7n, says: expect.stringMatching(/no leave/) });
  });

  test("under the signature of a head", async () => {
    await tamper(...TAKE_OUT(9), `UPDATE "LogCheckpoint" SET "purpose" = 'COMPACTION'`);
    expect((await verify()).fault).toMatchObject({ says: expect.stringMatching(/signature is not that of its key/) });
  });

  test("from another base than the one that was signed", async () => {
    await compact(2);
    await tamper(`UPDATE "EventHead" SET "compactedHash" = sha256("compactedHash")`);
    const says = "is not what was signed when it left the log";
    expect((await verify()).fault).toEqual({ revision: 5n, says });
    expect((await verify({ from: 8n })).fault).toEqual({ revision: 5n, says });
  });

  test("an event that is put in below the base", async () => {
    await compact(2);
    await tamper(
      `ALTER TABLE "Event" DISABLE TRIGGER USER`,
      `INSERT INTO "Event" SELECT * FROM "KeptEvent" WHERE revision = 3`,
    );
    const fault = { revision: 3n, says: "was put in: all up to 5 had left the log" };
    expect((await verify()).fault).toEqual(fault);
    expect((await verify({ from: 8n })).fault).toEqual(fault);
  });

  test("what a webhook has not read does not leave, and no leave is signed for it", async () => {
    await database.pool.query(`INSERT INTO "Webhook" ("id", "url", "filter", "rights", "keyId", "secret", "position",
        "createdAt", "updatedAt", "createdByIssuer", "createdBySubject", "createdByKind")
      VALUES (gen_random_uuid(), 'https://h/', '{}', '{}', 'k', '\\x00', 4, now(), now(), 'i', 's', 'USER')`);
    expect(await compact(3)).toMatchObject({ gone: 3, until: { revision: 3n } });
    await database.pool.query(`DELETE FROM "Webhook"`);
    expect((await verify()).fault).toBeNull();
    await tamper(...TAKE_OUT(5));
    expect((await verify()).fault).toMatchObject({ revision: 5n, says: expect.stringMatching(/no leave/) });
  });

  test.each([
    ["an earlier version, which signed nothing", () => tamper(...TAKE_OUT(5))],
    ["another key", () => compact(2, { key: newKey() })],
  ])("unless whoever runs it answers for what left it under %s", async (_name, compactEarlier) => {
    await compactEarlier();
    await expect(compact(3)).rejects.toMatchObject({ name: "TamperedLogError", fault: { revision: 5n } });
    expect(await compact(3, { acceptEarlier: true })).toMatchObject({ gone: 2, until: { revision: 7n } });
    expect((await verify()).fault).toBeNull();
    await sign(key, file, { ...quiet, warn: () => {} });
    expect((await verify()).signed).toBe(10n);
  });

  test("whoever answers for what left the log does not answer for another base", async () => {
    await tamper(...TAKE_OUT(5), `UPDATE "EventHead" SET "compactedHash" = sha256("compactedHash")`);
    await expect(compact(2, { acceptEarlier: true })).rejects.toMatchObject({ fault: { revision: 6n } });
    expect(readFileSync(file, "utf8")).toBe(kept);
  });

  test("a crash between the leave and the removal leaves a whole log", async () => {
    await tamper(`CREATE TABLE "Before" AS TABLE "Event"`);
    await compact(3);
    await tamper(
      `INSERT INTO "Event" SELECT * FROM "Before" WHERE "revision" IN (6, 7)`,
      `UPDATE "EventHead" SET "compactedRevision" = 5, "compactedHash" = (SELECT "hash" FROM "Before" WHERE "revision" = 5)`,
      `DROP TABLE "Before"`,
    );
    expect(await verify()).toMatchObject({ fault: null, walked: { from: 6n, to: 10n } });
  });
});

test("what was tampered with is neither compacted nor signed, and the server says so", async () => {
  await tamper(`UPDATE "Event" SET body = replace(body, 's3://b/1', 's3://b/X') WHERE revision = 4`, REHASH(4));
  await expect(compact(5)).rejects.toMatchObject({ name: "TamperedLogError", fault: { revision: 9n } });
  expect(await database.prisma.event.count()).toBe(10);
  const errors: string[] = [];
  await sign(key, file, { ...quiet, error: (message) => void errors.push(message) });
  expect(errors).toEqual([
    expect.stringMatching(/^The log is NOT signed.* 9 is not what was signed on .*audit verify/),
  ]);
  expect(readFileSync(file, "utf8")).toBe(kept);
});

describe("the server signs nothing", () => {
  const told: string[] = [];
  const log = { ...quiet, error: (message: string) => void told.push(message) };
  const running = () =>
    createCheckpointer({ database, openKey: async () => key, file, intervalMs: 1_000, log: { ...log, warn() {} } });
  const forgetAll = async () => {
    writeFileSync(file, "");
    await tamper(`DELETE FROM "LogCheckpoint"`);
  };
  afterEach(() => void told.splice(0));

  test("on the word of a checkpoint that somebody put at the head", async () => {
    await tamper(
      `UPDATE "Event" SET body = replace(body, '"k"', '"l"') WHERE revision = 10`,
      `INSERT INTO "LogCheckpoint" SELECT 10, "keyId", "hash", "at", "signature", "purpose" FROM "LogCheckpoint"`,
    );
    await running().sign();
    expect(told).toEqual([expect.stringMatching(/NOT signed.* 10 was altered/)]);
  });

  test.each([7, 0])("when the tail was cut to %d with every checkpoint, but not its memory", async (last) => {
    const checkpoints = running();
    await checkpoints.sign();
    await forgetAll();
    await tamper(
      `UPDATE "EventHead" SET revision = ${last}, "hash" = coalesce((SELECT "hash" FROM "Event" WHERE revision = ${last}),
         sha256(convert_to("logId"::text, 'UTF8'))), "at" = coalesce((SELECT "at" FROM "Event" WHERE revision = ${last}), "at")`,
      `DELETE FROM "Event" WHERE revision > ${last}`,
    );
    await checkpoints.sign();
    expect(told).toEqual([expect.stringMatching(`NOT signed.* ${last + 1} to 10 were cut off`)]);
  });

  test("when what it signed was written anew, at the same revision", async () => {
    const checkpoints = running();
    await checkpoints.sign();
    await forgetAll();
    await tamper(`UPDATE "Event" SET body = replace(body, '"k"', '"l"') WHERE revision = 10`, REHASH(10));
    await checkpoints.sign();
    expect(told).toEqual([expect.stringMatching(/NOT signed.* 10 is not what was signed/)]);
  });

  test("when it stops and there is no time to walk so much, and a little at a time it walks all", async () => {
    writeFileSync(file, "");
    await tamper(`DELETE FROM "LogCheckpoint"`);
    const warned: string[] = [];
    const options = { database, openKey: async () => key, file, intervalMs: 1_000, stride: 1n };
    const warning = { ...quiet, warn: (message: string) => void warned.push(message) };
    await createCheckpointer({ ...options, stopMs: 0, log: warning }).stop();
    expect(warned).toEqual([expect.stringMatching(/no time to walk it up to revision 10/)]);
    expect(readFileSync(file, "utf8")).toBe("");
    await createCheckpointer({ ...options, log: quiet }).sign();
    expect((await readCheckpointFile(file, unreadable))?.map(({ revision }) => revision)).toEqual([10n]);
  });

  test("in silence under a new key", async () => {
    const warned: string[] = [];
    const [other, own] = [newKey(), join(folder, "new-key.jsonl")];
    writeFileSync(own, kept);
    await sign(other, own, { ...quiet, warn: (message) => void warned.push(message) });
    expect(warned).toEqual([`The log was signed by other keys too, of which nothing is known: ${key.keyId}`]);
  });
});

test("an export can be verified alone, and shows what was done to it", async () => {
  const lines: string[] = [];
  expect(await exportLog(database.pool, { from: 3n }, async (line) => void lines.push(line))).toBe(8n);
  const path = join(folder, "export.jsonl");
  const walk = async (text: string) => {
    writeFileSync(path, text);
    const { start, events } = await openExport(path);
    return walkChain(start, events, () => null);
  };
  expect(await walk(lines.join("\n"))).toMatchObject({ fault: null, end: { revision: 10n } });
  expect((await walk(lines.join("\n").replace("s3://b/2", "s3://b/Y"))).fault).toMatchObject({
    says: expect.stringMatching(/^was altered/),
  });
  expect((await walk(lines.filter((_, i) => i !== 3).join("\n"))).fault).toEqual({ revision: 5n, says: "was removed" });
  writeFileSync(path, "{}\n");
  await expect(openExport(path)).rejects.toThrow(/is no export of a log/);
  expect(readFileSync(file, "utf8")).toContain(key.keyId);
});
