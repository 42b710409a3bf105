import { randomUUID } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ArtifactFolder } from "../../../src/store/artifacts/artifact-folder.js";

const path = mkdtempSync(join(tmpdir(), "shelfmark-folder-"));
let folder: ArtifactFolder;
beforeAll(async () => {
  folder = await ArtifactFolder.open(path);
});
afterAll(() => rmSync(path, { recursive: true }));

async function writeDraft(text: string): Promise<string> {
  const id = randomUUID();
  const draft = await folder.begin(id);
  await draft.write(Buffer.from(text));
  await draft.finish();
  return id;
}

const filesOnDisk = () =>
  readdirSync(path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).length;

test("a draft that was replaced before it is moved is gone, and nobody fails", async () => {
  const id = await writeDraft("replaced");
  await folder.remove([id]);
  await folder.keep(id);
  expect(filesOnDisk()).toBe(0);
});

test("a file that is removed while it is moved is left nowhere", async () => {
  const ids = await Promise.all(Array.from({ length: 100 }, (_, at) => writeDraft(String(at))));
  await Promise.all(ids.flatMap((id) => [folder.keep(id), folder.remove([id])]));
  expect(filesOnDisk()).toBe(0);
});

test("drafts that are finished at the same time are read back whole", async () => {
  const ids = await Promise.all(Array.from({ length: 30 }, (_, at) => writeDraft(`text ${at}`)));
  const texts = await Promise.all(
    ids.map(async (id, at) => {
      if (at % 2 === 0) await folder.keep(id);
      const handle = await folder.read(id);
      return handle.readFile("utf8").finally(() => handle.close());
    }),
  );
  expect(texts).toEqual(ids.map((_, at) => `text ${at}`));
});
