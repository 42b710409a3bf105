import { randomUUID } from "node:crypto";
import { link, open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { errorCode } from "./error-text.js";

/** Other users of the machine may read or write a secret file. */
export class ExposedFileError extends Error {
  override readonly name = "ExposedFileError";

  constructor(path: string, mode: number) {
    const shown = mode.toString(8).padStart(4, "0");
    super(`The key file ${path} is open to other users (mode ${shown}). Run: chmod 600 '${path}'.`);
  }
}

/** The text of a file that only its owner may read; null if there is no such file. */
export async function readSecretFile(path: string): Promise<string | null> {
  const handle = await open(path, "r").catch((error: unknown) => {
    if (errorCode(error) === "ENOENT" || errorCode(error) === "ENOTDIR") return null;
    throw error;
  });
  if (!handle) return null;
  try {
    const mode = (await handle.stat()).mode & 0o777;
    // Windows reports modes that do not stand for access rights
    if (process.platform !== "win32" && (mode & 0o077) !== 0) {
      throw new ExposedFileError(path, mode);
    }
    return await handle.readFile("utf8");
  } finally {
    await handle.close();
  }
}

/** Writes a secret file as a whole, for its owner alone. Keeps the one that is there already. */
export function placeSecretFile(path: string, text: string): Promise<void> {
  return withDraft(path, text, async (draft) => {
    // unlike a rename, a link does not replace a file that another process placed first
    await link(draft, path).catch((error: unknown) => {
      if (errorCode(error) !== "EEXIST") throw error;
    });
  });
}

/** The same, in place of the one that is there. */
export function replaceSecretFile(path: string, text: string): Promise<void> {
  return withDraft(path, text, (draft) => rename(draft, path));
}

async function withDraft(path: string, text: string, place: (draft: string) => Promise<void>): Promise<void> {
  const draft = join(dirname(path), `.${basename(path)}.${randomUUID()}`);
  const handle = await open(draft, "wx", 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
    await place(draft);
  } finally {
    await handle.close();
    await rm(draft, { force: true });
  }
}
