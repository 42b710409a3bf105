import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { bufferLines } from "../../../src/cli/io/buffered-lines.js";

let folder: string;
let fd: number;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "shelfmark-lines-"));
  fd = openSync(join(folder, "log"), "w");
});
afterEach(() => {
  vi.useRealTimers();
  closeSync(fd);
  rmSync(folder, { recursive: true });
});

const written = () =>
  readFileSync(join(folder, "log"), "utf8")
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line).msg);
/** Nothing is written because its time has come. */
const stopTimers = () => vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
const openLog = () => {
  const lines = bufferLines(fd, () => {});
  return { log: pino({}, lines), lines };
};

test("lines are written a moment later, together and in their order", async () => {
  const { log } = openLog();
  for (const word of ["one", "two", "three"]) log.info(word);
  expect(written()).toEqual([]);
  await expect.poll(written).toEqual(["one", "two", "three"]);
});

test("a warning is written at once, after what waits", async () => {
  stopTimers();
  const { log } = openLog();
  log.info("one");
  log.warn("two");
  await expect.poll(written).toEqual(["one", "two"]);
});

test("many lines are written before their time", async () => {
  stopTimers();
  const { log } = openLog();
  const words = Array.from({ length: 500 }, (_, n) => `line ${n}`);
  for (const word of words) log.info(word);
  await expect.poll(() => written().length).toBeGreaterThan(300);
  expect(written()).toEqual(words.slice(0, written().length));
});

test("what waits is written when the process exits, or before a fatal error ends it", () => {
  const { log, lines } = openLog();
  log.info("one");
  lines.flushSync();
  expect(written()).toEqual(["one"]);
  log.fatal("two");
  expect(written()).toEqual(["one", "two"]);
});
