import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runCommand } from "../../support/command-fixture.js";

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "shelfmark-migrate-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("migrate creates the database once, and --check changes nothing", async () => {
  const env = { SHELFMARK_DATA: folder, LOG_LEVEL: "silent" };
  const before = await runCommand(["migrate", "--check"], env);
  expect(before).toMatchObject({ code: 1, out: expect.stringMatching(/^(pending: \d+_\w+\n)+$/), err: "" });
  expect(await readdir(folder)).toEqual([]);
  const made = await runCommand(["migrate"], env);
  expect(made).toEqual({ code: 0, out: before.out.replaceAll("pending", "applied"), err: "" });
  expect((await readdir(folder)).sort()).toEqual(["database", "database.lock"]);
  const current = { code: 0, out: "The database is up to date.\n", err: "" };
  expect(await runCommand(["migrate", "--check"], env)).toEqual(current);
  expect(await runCommand(["migrate"], env)).toEqual(current);
  const compacted = await runCommand(["events", "compact", "--keep", "1d"], env);
  expect(compacted).toMatchObject({ code: 0, out: expect.stringMatching(/^Removed 0 events before /) });
});

test("a database that cannot be used is reported in one sentence, without its password", async () => {
  for (const command of [["migrate"], ["migrate", "--check"]]) {
    const { code, out, err } = await runCommand(command, { DATABASE_URL: "postgres://me:s3cret@127.0.0.1:1/none" });
    expect([code, out]).toEqual([1, ""]);
    expect(err).toMatch(/^shelfmark: .*127\.0\.0\.1:1.*\.\n$/);
    expect(err).not.toContain("s3cret");
  }
});
