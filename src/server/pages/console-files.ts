import { readdir, readFile } from "node:fs/promises";
import { extname, join } from "node:path";

/** A file of the built console, with the forms that the build has compressed. */
export interface ConsoleFile {
  readonly type: string;
  readonly body: Buffer;
  readonly br?: Buffer;
  readonly gzip?: Buffer;
}

const TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
};

/** The files by their paths in the folder, in memory: no path of a request reaches the disk. Empty if it was not built. */
export async function readConsoleFiles(folder: string): Promise<ReadonlyMap<string, ConsoleFile>> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  const found = new Map<string, ConsoleFile>();
  const paths = new Set(names.map((name) => name.replaceAll("\\", "/")));
  for (const path of paths) {
    const type = TYPES[extname(path)];
    if (type === undefined) continue;
    found.set(path, {
      type,
      body: await readFile(join(folder, path)),
      ...(paths.has(`${path}.br`) && { br: await readFile(join(folder, `${path}.br`)) }),
      ...(paths.has(`${path}.gz`) && { gzip: await readFile(join(folder, `${path}.gz`)) }),
    });
  }
  return found;
}
