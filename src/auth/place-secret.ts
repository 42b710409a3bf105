import { randomUUID } from "node:crypto";
import { link, open, unlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/** Puts a secret file in place whole, for its owner alone, or leaves the one that is there already. */
export async function placeSecret(file: string, text: string): Promise<void> {
  const draft = join(dirname(file), `.${basename(file)}.${randomUUID()}`);
  const handle = await open(draft, "wx", 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
    await link(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    await handle.close();
    await unlink(draft);
  }
}
