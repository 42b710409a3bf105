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

test("a failed write is one sentence, and the stored cursor stays", async () => {
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

test("a missing folder is reported at the start and not created", async () => {
  const path = join(folder, "nowhere", "cursor");
  await expect(new CursorFile(path).lock(silent)).rejects.toThrow(
    `The cursor file ${path} cannot be written (ENOENT).`,
  );
  expect(readdirSync(folder)).not.toContain("nowhere");
});
