import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { execCommand } from "../../../src/cli/client/exec-command.js";

test("a value that a version does not have is not inherited from the watcher's environment", async () => {
  const folder = mkdtempSync(join(tmpdir(), "shelfmark-exec-"));
  const out = join(folder, "out");
  await execCommand({
    command: `printf '%s,%s,%s' "$SHELFMARK_MODEL" "\${SHELFMARK_SOURCE-none}" "$OTHER" > ${out}`,
    inherited: { PATH: process.env.PATH, SHELFMARK_MODEL: "stale", SHELFMARK_SOURCE: "s3://stale", OTHER: "stays" },
    env: { SHELFMARK_MODEL: "m", SHELFMARK_SOURCE: null },
    input: {},
  });
  expect(readFileSync(out, "utf8")).toBe("m,none,stays");
  rmSync(folder, { recursive: true });
});

test("a command that hangs is killed after the timeout, with the processes that it started, and fails", async () => {
  const folder = mkdtempSync(join(tmpdir(), "shelfmark-exec-"));
  const out = join(folder, "pid");
  const startedAt = Date.now();
  const hanging = execCommand({
    command: `trap '' TERM; sleep 60 & echo $! > ${out}; sleep 60`,
    inherited: { PATH: process.env.PATH },
    env: {},
    input: {},
    timeoutMs: 200,
  });
  await expect(hanging).rejects.toThrow("The command took longer than 0.2 s and was killed.");
  expect(Date.now() - startedAt).toBeLessThan(20_000);
  const pid = Number(readFileSync(out, "utf8"));
  await expect.poll(() => isRunning(pid)).toBe(false);
  rmSync(folder, { recursive: true });
});

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
}

test("a command that ends before the timeout succeeds", async () => {
  await execCommand({ command: "cat", inherited: { PATH: process.env.PATH }, env: {}, input: {}, timeoutMs: 20_000 });
});
