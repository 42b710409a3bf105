import { generateKeyPairSync } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { toAuditKey } from "../../../src/auth/audit-key.js";
import { compactLog } from "../../../src/store/audit/compaction.js";
import { runCommand } from "../../support/command-fixture.js";
import { startTestServer } from "../../support/server.js";

test.each([
  [["events", "compact"], /required option '--keep <time>'/],
  [["events", "compact", "--keep", "soon"], /--keep is "soon"; it must be a number with s, m, h or d/],
])("%j is a mistake on the command line", async (args, sentence) => {
  const folder = await mkdtemp(join(tmpdir(), "shelfmark-compact-"));
  const { code, err } = await runCommand(args, { SHELFMARK_DATA: folder, LOG_LEVEL: "silent" });
  expect([code, err]).toEqual([2, expect.stringMatching(sentence)]);
  await rm(folder, { recursive: true });
});

test("older events are removed in whole transactions, and the rest stays", async () => {
  const server = await startTestServer();
  const folder = await mkdtemp(join(tmpdir(), "shelfmark-compact-"));
  const { privateKey } = generateKeyPairSync("ed25519");
  const key = toAuditKey(privateKey.export({ type: "pkcs8", format: "pem" }).toString(), "the test");
  const compact = (before: Date) =>
    compactLog(server.database, { before, key, file: join(folder, "checkpoints.jsonl") });
  try {
    const create = (more: string) =>
      server.data(
        `mutation { createModelVersion(input: {model: {name: "m"}, createModel: true, source: "s3://b/x"${more}}) { modelVersion { id } } }`,
      );
    await create(`, aliases: ["a", "b", "c"]`);
    const between = new Date();
    const { pool } = server.database;
    expect(await compact(new Date(0))).toEqual({ gone: 0, until: null, head: 5n, archived: null });
    await new Promise((resolve) => setTimeout(resolve, 5));
    await create("");
    expect(await compact(new Date(between.getTime() + 2))).toMatchObject({
      gone: 5,
      until: { revision: 5n },
      head: 6n,
    });
    expect(await compact(new Date(between.getTime() + 2))).toMatchObject({ gone: 0, head: 6n });
    const { rows } = await pool.query(`SELECT "revision"::int FROM "Event"`);
    expect(rows).toEqual([{ revision: 6 }]);
  } finally {
    await server.stop();
    await rm(folder, { recursive: true });
  }
});
