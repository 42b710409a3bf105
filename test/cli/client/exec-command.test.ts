import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { execCommand } from "../../../src/cli/client/exec-command.js";
import { eventually } from "../../support/eventually.js";

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
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  const hanging = execCommand({
    command: `trap '' TERM; sleep 600 & echo $! > ${out}; sleep 600`,
    inherited: { PATH: process.env.PATH },
    env: {},
    input: {},
    timeoutMs: 3_600_000,
  });
  const ended = expect(hanging).rejects.toThrow("The command took longer than 3600 s and was killed.");
  const pid = await eventually(() => {
    const text = readFileSync(out, "utf8");
    expect(text).toMatch(/^\d+\n$/);
    return Number(text);
  });
  vi.advanceTimersByTime(3_600_000);
  vi.advanceTimersByTime(5_000);
  await ended;
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
  await execCommand({ command: "cat", inherited: { PATH: process.env.PATH }, env: {}, input: {}, timeoutMs: 600_000 });
});
