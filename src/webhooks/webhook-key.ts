import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { UnavailableError } from "../domain/errors.js";
import { makeFolder } from "../store/folder/make-folder.js";
import { errorCode } from "../util/error-text.js";
import { ExposedFileError, placeSecretFile, readSecretFile } from "../util/secret-file.js";

const KEY_FILE = "webhook-key";
const KEY_BYTES = 32;

/** The key of a data folder that encrypts webhook secrets, made on first use. */
export async function openWebhookKey(dataFolder: string): Promise<Buffer> {
  const file = join(dataFolder, KEY_FILE);
  try {
    const text = (await readSecretFile(file)) ?? (await placeNewKey(dataFolder).then(() => readSecretFile(file)));
    if (text === null) throw unusable("disappeared while it was being read");
    return parseKey(text);
  } catch (error) {
    if (error instanceof UnavailableError) throw error;
    if (error instanceof ExposedFileError) throw unusable("is open to other users; run chmod 600 on it");
    const code = errorCode(error) ?? "unknown error";
    throw unusable(
      `cannot be read or made (${code}). Set SHELFMARK_WEBHOOK_KEY, or set SHELFMARK_DATA to a folder that this user may write to`,
    );
  }
}

/** Clients of the API see this message, so it does not name the data folder's path. */
function unusable(reason: string): UnavailableError {
  return new UnavailableError(`The file ${KEY_FILE} in the data folder, which encrypts webhook secrets, ${reason}.`);
}

function parseKey(text: string): Buffer {
  const key = Buffer.from(text, "base64");
  if (key.length !== KEY_BYTES) throw unusable(`does not hold the base64 of ${KEY_BYTES} bytes`);
  return key;
}

async function placeNewKey(dataFolder: string): Promise<void> {
  await makeFolder(dataFolder);
  await placeSecretFile(join(dataFolder, KEY_FILE), `${randomBytes(KEY_BYTES).toString("base64")}\n`);
}
