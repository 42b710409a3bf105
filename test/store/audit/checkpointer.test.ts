import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { toAuditTrust } from "../../../src/auth/audit-key.js";
import { readCheckpointFile } from "../../../src/store/audit/checkpoints.js";
import { newAuditKey, noUnreadable, QUIET_LOG, rehashFrom, useAuditLog } from "./audit-log.js";

const log = useAuditLog();

test("the head is signed only when it has changed", async () => {
  await log.sign();
  await log.sign();
  const kept = (await readCheckpointFile(log.file, noUnreadable)) ?? [];
  expect(kept.map(({ revision }) => revision)).toEqual([9n, 10n]);
  const trust = toAuditTrust(log.key.publicPem, "the test");
  expect(kept.every((checkpoint) => trust.isSigned(checkpoint))).toBe(true);
  await expect(log.database.pool.query(`DELETE FROM "LogCheckpoint"`)).rejects.toThrow(/append-only/);
});

test("checkpoints of other keys are reported", async () => {
  const warned: string[] = [];
  const [other, own] = [newAuditKey(), join(log.folder, "new-key.jsonl")];
  writeFileSync(own, log.fileText);
  await log.sign(other, own, { ...QUIET_LOG, warn: (text) => void warned.push(text) });
  expect(warned).toEqual([
    `The log also has checkpoints of other keys, which this server cannot check: ${log.key.keyId}`,
  ]);
});

describe("a log is not signed", () => {
  const errors: string[] = [];
  const running = () =>
    log.checkpointer({ log: { info() {}, warn() {}, error: (text: string) => void errors.push(text) } });
  const removeCheckpoints = async () => {
    writeFileSync(log.file, "");
    await log.tamper(`DELETE FROM "LogCheckpoint"`);
  };
  afterEach(() => void errors.splice(0));

  test("if its chain was written anew", async () => {
    await log.tamper(
      `UPDATE "Event" SET body = replace(body, 's3://b/1', 's3://b/X') WHERE revision = 4`,
      rehashFrom(4),
    );
    await running().sign();
    expect(errors).toEqual([
      expect.stringMatching(/^The log is NOT signed.* 9 is not what was signed on .*audit verify/),
    ]);
    expect(readFileSync(log.file, "utf8")).toBe(log.fileText);
  });

  test("if only a forged checkpoint at the head says that it is unchanged", async () => {
    await log.tamper(
      `UPDATE "Event" SET body = replace(body, '"k"', '"l"') WHERE revision = 10`,
      `INSERT INTO "LogCheckpoint" SELECT 10, "keyId", "hash", "at", "signature", "purpose" FROM "LogCheckpoint"`,
    );
    await running().sign();
    expect(errors).toEqual([expect.stringMatching(/NOT signed.* 10 was altered/)]);
  });

  test.each([7, 0])(
    "if it was cut off after revision %d with every checkpoint: the process remembers",
    async (last) => {
      const checkpointer = running();
      await checkpointer.sign();
      await removeCheckpoints();
      await log.tamper(
        `UPDATE "EventHead" SET revision = ${last}, "hash" = coalesce((SELECT "hash" FROM "Event" WHERE revision = ${last}),
         sha256(convert_to("logId"::text, 'UTF8'))), "at" = coalesce((SELECT "at" FROM "Event" WHERE revision = ${last}), "at")`,
        `DELETE FROM "Event" WHERE revision > ${last}`,
      );
      await checkpointer.sign();
      expect(errors).toEqual([expect.stringMatching(`NOT signed.* ${last + 1} to 10 were cut off`)]);
    },
  );

  test("if the event that the process signed was written anew, at the same revision", async () => {
    const checkpointer = running();
    await checkpointer.sign();
    await removeCheckpoints();
    await log.tamper(`UPDATE "Event" SET body = replace(body, '"k"', '"l"') WHERE revision = 10`, rehashFrom(10));
    await checkpointer.sign();
    expect(errors).toEqual([expect.stringMatching(/NOT signed.* 10 is not what was signed/)]);
  });

  test("on a stop that has no time to verify it; without a stop it is verified in small parts", async () => {
    await removeCheckpoints();
    const warned: string[] = [];
    const warning = { ...QUIET_LOG, warn: (text: string) => void warned.push(text) };
    await log.checkpointer({ stride: 1n, stopMs: 0, log: warning }).stop();
    expect(warned).toEqual([expect.stringMatching(/no time to verify it up to revision 10/)]);
    expect(readFileSync(log.file, "utf8")).toBe("");
    await log.checkpointer({ stride: 1n }).sign();
    expect((await readCheckpointFile(log.file, noUnreadable))?.map(({ revision }) => revision)).toEqual([10n]);
  });
});
