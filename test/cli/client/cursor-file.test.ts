import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { CursorFile } from "../../../src/cli/client/cursor-file.js";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "shelfmark-cursor-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const silent = () => {};

test("a place that cannot be written is one sentence, and what was kept stays", async () => {
  const path = join(folder, "cursor");
  const file = new CursorFile(path);
  await file.write("first");
  mkdirSync(`${path}.${process.pid}.tmp`);
  await expect(file.write("second")).rejects.toMatchObject({
    name: "CommandError",
    message: `The cursor file ${path} cannot be written (EISDIR).`,
  });
  expect(await file.read()).toBe("first");
});

test("a folder that is not there is told at the start, and not made", async () => {
  const path = join(folder, "nowhere", "cursor");
  await expect(new CursorFile(path).hold(silent)).rejects.toThrow(
    `The cursor file ${path} cannot be written (ENOENT).`,
  );
  expect(readdirSync(folder)).not.toContain("nowhere");
});
