import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { registerModel } from "../../../src/registry/models/register-model.js";
import { verifyLog } from "../../../src/store/audit/audit-verify.js";
import { newAuditKey, rehashFrom, useAuditLog } from "./audit-log.js";

const log = useAuditLog();

describe("an unchanged log", () => {
  test("has no fault, in whole and in part, and its checkpoint is found", async () => {
    expect(await log.verify()).toMatchObject({ fault: null, walked: { from: 1n, to: 10n }, signed: 9n, foreign: [] });
    expect(await log.verify({ from: 4n, to: 7n })).toMatchObject({ fault: null, walked: { from: 4n, to: 7n } });
    const untrusted = await verifyLog(log.database.pool, { trust: null, kept: [] });
    expect(untrusted).toMatchObject({ fault: null, signed: null, foreign: [log.key.keyId] });
  });

  test("has no fault after a compaction, and while others write", async () => {
    expect(await log.compact(2)).toMatchObject({ gone: 5, until: { revision: 5n } });
    const writing = registerModel(log.context, { name: "meanwhile" });
    expect((await log.verify()).fault).toBeNull();
    await writing;
    expect(await log.verify()).toMatchObject({ fault: null, walked: { from: 6n, to: 11n } });
  });
});

describe("a change is found:", () => {
  test.each<[string, string[], { revision: bigint; text: RegExp }]>([
    [
      "a byte of a body",
      [`UPDATE "Event" SET body = replace(body, 's3://b/1', 's3://b/X') WHERE revision = 4`],
      { revision: 4n, text: /^was altered/ },
    ],
    [
      "a byte of a hash",
      [`UPDATE "Event" SET hash = sha256(hash) WHERE revision = 4`],
      { revision: 4n, text: /^was altered/ },
    ],
    [
      "a column, with an intact body",
      [`UPDATE "Event" SET "actorSubject" = 'somebody' WHERE revision = 6`],
      { revision: 6n, text: /its column actorSubject differs from its body/ },
    ],
    [
      "a time",
      [`UPDATE "Event" SET "at" = "at" - interval '1 ms' WHERE revision = 6`],
      { revision: 6n, text: /column at / },
    ],
    ["a removed row", [`DELETE FROM "Event" WHERE revision = 5`], { revision: 5n, text: /^was removed/ }],
    ["removed rows", [`DELETE FROM "Event" WHERE revision IN (3, 4, 5)`], { revision: 3n, text: /^to 5 were removed/ }],
    [
      "two swapped rows",
      [
        `UPDATE "Event" AS a SET body = b.body, hash = b.hash FROM "Event" AS b WHERE (a.revision, b.revision) IN ((4, 6), (6, 4))`,
      ],
      { revision: 4n, text: /^was swapped: it holds the body of revision 6/ },
    ],
    [
      "the removed newest row",
      [`DELETE FROM "Event" WHERE revision = 10`],
      { revision: 10n, text: /^to 10 were removed: the head records/ },
    ],
    [
      "a tail that was cut off together with the head",
      [
        `DELETE FROM "LogCheckpoint"`,
        `DELETE FROM "Event" WHERE revision > 7`,
        `UPDATE "EventHead" SET revision = 7, hash = (SELECT hash FROM "Event" WHERE revision = 7)`,
      ],
      { revision: 8n, text: /^to 9 were cut off: revision 9 was signed on/ },
    ],
    [
      "a chain that was written anew",
      [`UPDATE "Event" SET body = replace(body, 's3://b/1', 's3://b/X') WHERE revision = 4`, rehashFrom(4)],
      { revision: 9n, text: /^is not what was signed on .*: the log up to here was rewritten/ },
    ],
    [
      "the hash of the head",
      [`UPDATE "EventHead" SET hash = sha256(hash)`],
      { revision: 10n, text: /^does not have the hash of the head/ },
    ],
    [
      "the time of the head",
      [`UPDATE "EventHead" SET "at" = "at" + interval '1 year'`],
      { revision: 10n, text: /^does not have the time of the head/ },
    ],
    [
      "a body without its revision",
      [`UPDATE "Event" SET body = replace(body, '"revision"', '"sevision"') WHERE revision = 4`],
      { revision: 4n, text: /^was altered: its body has no revision/ },
    ],
    [
      "a body whose revision is a text",
      [`UPDATE "Event" SET body = replace(body, '"revision":4', '"revision":"x"') WHERE revision = 4`],
      { revision: 4n, text: /^was altered: its body has no revision/ },
    ],
    [
      "a column that the body does not have",
      [
        `UPDATE "Event" SET body = replace(body, '"environment":null,', ''), "environment" = 'prod' WHERE revision = 10`,
        rehashFrom(10),
      ],
      { revision: 10n, text: /its column environment differs from its body/ },
    ],
    [
      "a removed body",
      [`ALTER TABLE "Event" ALTER "body" DROP NOT NULL`, `UPDATE "Event" SET body = NULL WHERE revision = 4`],
      { revision: 4n, text: /^was altered: its body is not an event/ },
    ],
    [
      "a row far beyond the head",
      [
        `CREATE TEMP TABLE "Far" AS SELECT * FROM "Event" WHERE revision = 10`,
        `UPDATE "Far" SET revision = 9223372036854775807, id = gen_random_uuid()`,
        `INSERT INTO "Event" SELECT * FROM "Far"`,
        `DROP TABLE "Far"`,
      ],
      { revision: 11n, text: /^to 9223372036854775806 were removed/ },
    ],
    [
      "a checkpoint with an infinite time",
      [`UPDATE "LogCheckpoint" SET "at" = 'infinity'`],
      { revision: 9n, text: /signature is not valid/ },
    ],
    [
      "a forged signature beyond the head",
      [`INSERT INTO "LogCheckpoint" SELECT 99, "keyId", "hash", "at", "signature", "purpose" FROM "LogCheckpoint"`],
      { revision: 99n, text: /signature is not valid/ },
    ],
    [
      "a forged signature",
      [`UPDATE "LogCheckpoint" SET hash = sha256(hash)`],
      { revision: 9n, text: /signature is not valid/ },
    ],
  ])("%s", async (_name, statements, fault) => {
    await log.tamper(...statements);
    expect((await log.verify()).fault).toEqual({ revision: fault.revision, text: expect.stringMatching(fault.text) });
  });

  test("removed rows at the end of the part that is verified", async () => {
    await log.tamper(`DELETE FROM "Event" WHERE revision IN (6, 7)`);
    expect((await log.verify({ to: 7n })).fault).toEqual({
      revision: 6n,
      text: expect.stringMatching(/^to 7 were removed/),
    });
  });

  test("a chain that was written anew and signed with another key, by the checkpoint in the file", async () => {
    const other = newAuditKey();
    await log.tamper(
      `DELETE FROM "LogCheckpoint"`,
      `UPDATE "Event" SET body = replace(body, 's3://b/1', 's3://b/X') WHERE revision = 4`,
      rehashFrom(4),
    );
    await log.sign(other, join(log.folder, "other.jsonl"));
    expect(await log.verify()).toMatchObject({ fault: { revision: 9n }, foreign: [other.keyId] });
    expect((await log.verify({ kept: [] })).fault).toBeNull();
  });
});

test("a checkpoint outside of the verified part does not count", async () => {
  expect(await log.verify({ to: 5n })).toMatchObject({ fault: null, signed: null });
});

test("the id of another key that signed a checkpoint is returned", async () => {
  const other = newAuditKey();
  const { logId } = await log.database.prisma.eventHead.findUniqueOrThrow({ where: { id: 1 } });
  const foreign = other.sign({ purpose: "HEAD", logId, revision: 9n, hash: "00", at: new Date() });
  expect(await log.verify({ kept: [foreign] })).toMatchObject({ fault: null, foreign: [other.keyId] });
});

test("a log without a head is an error with one sentence", async () => {
  await log.tamper(`DELETE FROM "EventHead"`);
  await expect(log.verify()).rejects.toThrow("The log has no head: its row was removed.");
});
