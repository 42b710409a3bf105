import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { newAuditKey, QUIET_LOG, rehashFrom, useAuditLog } from "./audit-log.js";

const log = useAuditLog();

/** What looks like a compaction, made by an attacker who has the database. */
const removeUpTo = (revision: number) => [
  `UPDATE "EventHead" SET "compactedRevision" = ${revision}, "compactedAt" = now(),
     "compactedHash" = (SELECT "hash" FROM "Event" WHERE "revision" = ${revision})`,
  `DELETE FROM "Event" WHERE "revision" <= ${revision}`,
];

describe("events that are missing without a signed compaction were removed:", () => {
  test.each([
    ["up to a signed head", 9],
    ["up to another revision", 5],
  ])("%s", async (_name, last) => {
    await log.tamper(...removeUpTo(last));
    const fault = {
      revision: BigInt(last),
      text: `and all before it are missing, and the key ${log.key.keyId} has signed no compaction of them`,
    };
    expect((await log.verify()).fault).toEqual(fault);
    expect((await log.verify({ from: 10n })).fault).toEqual(fault);
  });

  test("beyond a signed compaction", async () => {
    await log.compact(2);
    await log.tamper(...removeUpTo(7));
    expect((await log.verify()).fault).toMatchObject({ revision: 7n, text: expect.stringMatching(/no compaction/) });
  });

  test("with the signature of a head in place of one of a compaction", async () => {
    await log.tamper(...removeUpTo(9), `UPDATE "LogCheckpoint" SET "purpose" = 'COMPACTION'`);
    expect((await log.verify()).fault).toMatchObject({ text: expect.stringMatching(/signature is not valid/) });
  });

  test("with another hash than the signed one", async () => {
    await log.compact(2);
    await log.tamper(`UPDATE "EventHead" SET "compactedHash" = sha256("compactedHash")`);
    const text = "is not what was signed when it was compacted";
    expect((await log.verify()).fault).toEqual({ revision: 5n, text });
    expect((await log.verify({ from: 8n })).fault).toEqual({ revision: 5n, text });
  });
});

test("an event that was inserted below the compacted revision is a fault", async () => {
  await log.compact(2);
  await log.tamper(
    `ALTER TABLE "Event" DISABLE TRIGGER USER`,
    `INSERT INTO "Event" SELECT * FROM "OriginalEvent" WHERE revision = 3`,
  );
  const fault = { revision: 3n, text: "was inserted: all revisions up to 5 had been compacted" };
  expect((await log.verify()).fault).toEqual(fault);
  expect((await log.verify({ from: 8n })).fault).toEqual(fault);
});

test("events that a webhook has not read stay, and no compaction of them is signed", async () => {
  await log.database.pool.query(`INSERT INTO "Webhook" ("id", "url", "filter", "rights", "keyId", "secret", "position",
      "createdAt", "updatedAt", "createdByIssuer", "createdBySubject", "createdByKind")
    VALUES (gen_random_uuid(), 'https://h/', '{}', '{}', 'k', '\\x00', 4, now(), now(), 'i', 's', 'USER')`);
  expect(await log.compact(3)).toMatchObject({ gone: 3, until: { revision: 3n } });
  await log.database.pool.query(`DELETE FROM "Webhook"`);
  expect((await log.verify()).fault).toBeNull();
  await log.tamper(...removeUpTo(5));
  expect((await log.verify()).fault).toMatchObject({ revision: 5n, text: expect.stringMatching(/no compaction/) });
});

describe("with acceptEarlier the operator accepts what left the log", () => {
  test.each([
    ["under an earlier version, which signed nothing", () => log.tamper(...removeUpTo(5))],
    ["under another key", () => log.compact(2, { key: newAuditKey() })],
  ])("%s", async (_name, compactEarlier) => {
    await compactEarlier();
    await expect(log.compact(3)).rejects.toMatchObject({ name: "TamperedLogError", fault: { revision: 5n } });
    expect(await log.compact(3, { acceptEarlier: true })).toMatchObject({ gone: 2, until: { revision: 7n } });
    expect((await log.verify()).fault).toBeNull();
    await log.sign(log.key, log.file, { ...QUIET_LOG, warn: () => {} });
    expect((await log.verify()).signed).toBe(10n);
  });

  test("but no hash from which the next event does not follow", async () => {
    await log.tamper(...removeUpTo(5), `UPDATE "EventHead" SET "compactedHash" = sha256("compactedHash")`);
    await expect(log.compact(2, { acceptEarlier: true })).rejects.toMatchObject({ fault: { revision: 6n } });
    expect(readFileSync(log.file, "utf8")).toBe(log.fileText);
  });
});

test("a crash between the signature and the removal leaves a log without a fault", async () => {
  await log.tamper(`CREATE TABLE "Before" AS TABLE "Event"`);
  await log.compact(3);
  await log.tamper(
    `INSERT INTO "Event" SELECT * FROM "Before" WHERE "revision" IN (6, 7)`,
    `UPDATE "EventHead" SET "compactedRevision" = 5, "compactedHash" = (SELECT "hash" FROM "Before" WHERE "revision" = 5)`,
    `DROP TABLE "Before"`,
  );
  expect(await log.verify()).toMatchObject({ fault: null, walked: { from: 6n, to: 10n } });
});

test("a log that was tampered with is not compacted", async () => {
  await log.tamper(`UPDATE "Event" SET body = replace(body, 's3://b/1', 's3://b/X') WHERE revision = 4`, rehashFrom(4));
  await expect(log.compact(5)).rejects.toMatchObject({ name: "TamperedLogError", fault: { revision: 9n } });
  expect(await log.database.prisma.event.count()).toBe(10);
  expect(readFileSync(log.file, "utf8")).toBe(log.fileText);
});
