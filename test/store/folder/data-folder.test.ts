import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { lockFolder } from "../../../src/store/folder/folder-lock.js";
import { openDatabase } from "../../../src/store/open-database.js";
import { QUIET, STATEMENT_LIMITS } from "../../support/database/database.js";
import { killFolderProcesses, startFolderProcess } from "../../support/database/folder-process.js";

let data: string;
let folder: string;

beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), "shelfmark-folder-"));
  folder = join(data, "database");
});
afterEach(async () => {
  await killFolderProcesses();
  rmSync(data, { recursive: true, force: true });
});

function open(at = folder) {
  return openDatabase({ kind: "pglite", folder: at, ...STATEMENT_LIMITS }, QUIET);
}

/** Leaves the socket of an owner that was killed, which no process answers on. */
async function leaveDeadLock(): Promise<void> {
  const owner = startFolderProcess("lock", folder);
  await owner.prints("ready");
  await owner.kill("SIGKILL");
}

describe("the lock", () => {
  test("a second process gets an error that names the owner, until the owner releases it", async () => {
    const lock = await lockFolder(folder);
    await expect(lockFolder(folder)).rejects.toThrow(
      `The data folder ${folder} is in use by process ${process.pid} on ${hostname()}, started at `,
    );
    const second = startFolderProcess("lock", folder);
    expect(await second.ended).toBe(1);
    expect(second.output()).toContain(`in use by process ${process.pid} on ${hostname()}`);
    await lock.release();
    await (await lockFolder(folder)).release();
  });

  test("exactly one of many concurrent calls takes over from a dead owner", async () => {
    await leaveDeadLock();
    for (let round = 0; round < 20; round++) {
      const outcomes = await Promise.allSettled(Array.from({ length: 16 }, () => lockFolder(folder)));
      const won = outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : []));
      expect(won).toHaveLength(1);
      // a release also leaves a dead socket
      await won[0]?.release();
    }
    expect(readdirSync(`${folder}.lock`).length).toBeLessThanOrEqual(2);
  });

  test("exactly one of many processes takes over from a dead owner", async () => {
    await leaveDeadLock();
    const contenders = Array.from({ length: 3 }, () => startFolderProcess("lock", folder));
    const outcomes = await Promise.all(
      contenders.map((each) =>
        Promise.race([
          each.ended,
          each.prints("ready").then(
            () => "ready",
            () => 1,
          ),
        ]),
      ),
    );
    expect(outcomes.sort()).toEqual([1, 1, "ready"]);
  });

  test("an owner that does not answer keeps the lock", async () => {
    const owner = startFolderProcess("lock", folder);
    await owner.prints("ready");
    process.kill(owner.pid, "SIGSTOP");
    await expect(lockFolder(folder)).rejects.toThrow(/in use by a process that does not answer just now/);
  });

  test("a folder may have a longer path than a socket can have", async () => {
    const deep = join(data, "x".repeat(120), "y".repeat(120), "database");
    const lock = await lockFolder(deep);
    await expect(lockFolder(deep)).rejects.toThrow(/in use by process/);
    await lock.release();
  });
});

describe("a first start", () => {
  test.skipIf(process.getuid?.() === 0)("in a folder that it may not write is an error with one sentence", async () => {
    chmodSync(data, 0o500);
    await expect(open()).rejects.toThrow(`The data folder ${folder} cannot be written by this user (EACCES)`);
  });

  test("in a folder with other files is an error, and changes nothing", async () => {
    mkdirSync(folder);
    writeFileSync(join(folder, "thesis.tex"), "");
    await expect(open()).rejects.toThrow(/holds files that are not a database; use an empty or another folder/);
    expect(readdirSync(folder)).toEqual(["thesis.tex"]);
    await expect(open(join(folder, "thesis.tex", "database"))).rejects.toThrow(/a file is in its way/);
    writeFileSync(join(folder, "PG_VERSION"), "16\n");
    await expect(open()).rejects.toThrow(/was made by PostgreSQL 16, and this server embeds 18/);
  });
});
