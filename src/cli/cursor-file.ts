import { createHash } from "node:crypto";
import { open, readFile, rename } from "node:fs/promises";
import { resolve } from "node:path";
import { CommandError } from "./command-io.js";

/** A watcher's place in the log, kept through any crash. */
export class CursorFile {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** The file of a watcher that was not told any: the same for the same server and filter, in the working directory. */
  static of(watched: object): CursorFile {
    const name = createHash("sha256").update(JSON.stringify(watched)).digest("hex").slice(0, 12);
    return new CursorFile(resolve(`.shelfmark-watch-${name}.json`));
  }

  async read(): Promise<string | undefined> {
    let text: string;
    try {
      text = await readFile(this.path, "utf8");
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "ENOENT") return undefined;
      throw new CommandError(`The cursor file ${this.path} cannot be read (${code}).`);
    }
    try {
      const { cursor } = JSON.parse(text) as { cursor?: unknown };
      if (typeof cursor === "string") return cursor;
    } catch {
      // told below
    }
    throw new CommandError(`The file ${this.path} holds no cursor; use another one, or remove it to begin anew.`);
  }

  /** Whole or not at all: another file that takes its place, on disk before it does. */
  async write(cursor: string): Promise<void> {
    const fresh = `${this.path}.${process.pid}.tmp`;
    const file = await open(fresh, "w", 0o600);
    try {
      await file.writeFile(`${JSON.stringify({ cursor })}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(fresh, this.path);
  }
}
