import { randomBytes, randomUUID } from "node:crypto";
import { link, open, unlink } from "node:fs/promises";
import { join } from "node:path";
import { UnavailableError } from "../domain/errors.js";
import { makeFolder } from "../store/folder/make-folder.js";
import { errorCode } from "../util/error-text.js";

const KEY_FILE = "webhook-key";
const KEY_BYTES = 32;

/** The key of a data folder that webhook secrets are encrypted with, made on first use. */
export async function openWebhookKey(dataFolder: string): Promise<Buffer> {
  try {
    return (await readKey(dataFolder)) ?? (await placeNewKey(dataFolder).then(() => requireKey(dataFolder)));
  } catch (error) {
    if (error instanceof UnavailableError) throw error;
    const code = errorCode(error) ?? "unknown error";
    throw unusable(
      `cannot be read or made (${code}). Set SHELFMARK_WEBHOOK_KEY, or SHELFMARK_DATA to a folder of this user's`,
    );
  }
}

function unusable(why: string): UnavailableError {
  return new UnavailableError(`The file ${KEY_FILE} in the data folder, the key to webhook secrets, ${why}.`);
}

async function requireKey(dataFolder: string): Promise<Buffer> {
  const key = await readKey(dataFolder);
  if (!key) throw unusable("disappeared while it was being read");
  return key;
}

async function readKey(dataFolder: string): Promise<Buffer | null> {
  const handle = await open(join(dataFolder, KEY_FILE), "r").catch((error: unknown) => {
    if (errorCode(error) === "ENOENT" || errorCode(error) === "ENOTDIR") return null;
    throw error;
  });
  if (!handle) return null;
  try {
    const { mode } = await handle.stat();
    if (process.platform !== "win32" && (mode & 0o077) !== 0) throw unusable("is open to others; run chmod 600 on it");
    const key = Buffer.from(await handle.readFile("utf8"), "base64");
    if (key.length !== KEY_BYTES) throw unusable(`does not hold the base64 of ${KEY_BYTES} bytes`);
    return key;
  } finally {
    await handle.close();
  }
}

/** Puts a new key in place whole, or leaves the one that another process put there first. */
async function placeNewKey(dataFolder: string): Promise<void> {
  const draft = join(dataFolder, `.${KEY_FILE}.${randomUUID()}`);
  await makeFolder(dataFolder);
  const handle = await open(draft, "wx", 0o600);
  try {
    await handle.writeFile(`${randomBytes(KEY_BYTES).toString("base64")}\n`);
    await handle.sync();
    await link(draft, join(dataFolder, KEY_FILE));
  } catch (error) {
    if (errorCode(error) !== "EEXIST") throw error;
  } finally {
    await handle.close();
    await unlink(draft);
  }
}
