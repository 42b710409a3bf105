import { mkdirSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readCheckpointFile } from "../../../src/store/audit/checkpoints.js";
import { noUnreadable, QUIET_LOG, useAuditLog } from "./audit-log.js";

const log = useAuditLog();

async function revisionsIn(file: string) {
  return (await readCheckpointFile(file, noUnreadable))?.map(({ revision }) => revision);
}

test("half a line, which a crash leaves, is skipped, and later lines are appended after it", async () => {
  writeFileSync(log.file, `${log.fileText}${log.fileText.slice(0, 40)}`);
  await log.sign();
  const unreadable: number[] = [];
  const read = await readCheckpointFile(log.file, (line) => void unreadable.push(line));
  expect(read?.map(({ revision }) => revision)).toEqual([9n, 10n]);
  expect(unreadable).toEqual([2]);
});

test("the file gets what another server has signed, and each checkpoint once", async () => {
  const own = join(log.folder, "second.jsonl");
  await log.sign();
  for (const _ of ["started", "started again"]) await log.sign(log.key, own);
  expect(await revisionsIn(own)).toEqual([10n]);
});

test("a checkpoint that cannot be written to the file is written later", async () => {
  const own = join(log.folder, "late.jsonl");
  mkdirSync(own);
  const warned: string[] = [];
  const checkpointer = log.checkpointer({ file: own, log: { ...QUIET_LOG, warn: (text) => void warned.push(text) } });
  await checkpointer.sign();
  rmdirSync(own);
  await checkpointer.sign();
  expect(warned).toEqual([expect.stringMatching(/will try again: EISDIR/)]);
  expect(await revisionsIn(own)).toEqual([10n]);
});
