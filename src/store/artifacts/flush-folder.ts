import { open } from "node:fs/promises";

/** Makes names in a folder survive a power failure. */
export async function flushFolder(path: string): Promise<void> {
  const handle = await open(path, "r");
  await handle.sync().finally(() => handle.close());
}
