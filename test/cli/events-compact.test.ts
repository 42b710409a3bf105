import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { compactLog } from "../../src/store/compaction.js";
import { startTestServer } from "../support/server.js";
import { runCommand } from "./command-fixture.js";

test.each([
  [["events", "compact"], /required option '--keep <time>'/],
  [["events", "compact", "--keep", "soon"], /--keep is "soon"; it must be a number with s, m, h or d/],
])("%j is no command line", async (args, sentence) => {
  const folder = await mkdtemp(join(tmpdir(), "shelfmark-compact-"));
  const { code, err } = await runCommand(args, { SHELFMARK_DATA: folder, LOG_LEVEL: "silent" });
  expect([code, err]).toEqual([2, expect.stringMatching(sentence)]);
  await rm(folder, { recursive: true });
});

test("what is older leaves the log, whole transactions of it, and the rest stays", async () => {
  const server = await startTestServer();
  try {
    const create = (more: string) =>
      server.data(
        `mutation { createModelVersion(input: {model: {name: "m"}, createModel: true, source: "s3://b/x"${more}}) { modelVersion { id } } }`,
      );
    await create(`, aliases: ["a", "b", "c"]`);
    const between = new Date();
    const { prisma, pool } = server.database;
    expect(await compactLog(prisma, new Date(0))).toEqual({ gone: 0, until: null, head: 5n });
    await new Promise((resolve) => setTimeout(resolve, 5));
    await create("");
    expect(await compactLog(prisma, new Date(between.getTime() + 2))).toMatchObject({
      gone: 5,
      until: { revision: 5n },
      head: 6n,
    });
    expect(await compactLog(prisma, new Date(between.getTime() + 2))).toMatchObject({ gone: 0, head: 6n });
    const { rows } = await pool.query(`SELECT "revision"::int FROM "Event"`);
    expect(rows).toEqual([{ revision: 6 }]);
  } finally {
    await server.stop();
  }
});
