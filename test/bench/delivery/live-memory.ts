import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { size } from "../size.js";

const FOLDER = mkdtempSync(join(tmpdir(), "shelfmark-live-"));
const FILE = join(FOLDER, "bytes");
process.once("exit", () => rmSync(FOLDER, { recursive: true, force: true }));

/** The environment of a process whose memory is measured. */
export const LIVE_MEMORY = {
  LIVE_MEMORY_FILE: FILE,
  NODE_OPTIONS: `--expose-gc --import ${new URL("./report-live-memory.mjs", import.meta.url)}`,
};

/** The kilobytes of its heap that a process uses once nothing moves any more and garbage was collected. */
export async function liveKilobytes(pid: number): Promise<number> {
  await sleep(size(3_000, 100));
  rmSync(FILE, { force: true });
  process.kill(pid, "SIGUSR2");
  while (!existsSync(FILE)) await sleep(50);
  await sleep(100);
  return Number(readFileSync(FILE, "utf8")) / 1024;
}
