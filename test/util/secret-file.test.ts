import { chmod, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ExposedFileError, placeSecretFile, readSecretFile } from "../../src/util/secret-file.js";

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "shelfmark-secret-"));
  path = join(folder, "key");
});
afterEach(() => rm(folder, { recursive: true }));

test("concurrent writers place one file, readable for its owner only, and leave no draft", async () => {
  await Promise.all(["a", "b", "c"].map((text) => placeSecretFile(path, text)));
  const text = await readSecretFile(path);
  expect(["a", "b", "c"]).toContain(text);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(await readdir(folder)).toEqual(["key"]);
  await placeSecretFile(path, "later");
  expect(await readSecretFile(path)).toBe(text);
});

test("a missing file, or one below a file, is null", async () => {
  expect(await readSecretFile(path)).toBeNull();
  await writeFile(path, "");
  expect(await readSecretFile(join(path, "below"))).toBeNull();
});

test("a file that other users may read or write is refused", async () => {
  await writeFile(path, "text");
  for (const mode of [0o640, 0o602]) {
    await chmod(path, mode);
    await expect(readSecretFile(path)).rejects.toThrow(ExposedFileError);
  }
  await expect(readSecretFile(path)).rejects.toThrow(
    `The key file ${path} is open to other users (mode 0602). Run: chmod 600 '${path}'.`,
  );
});
