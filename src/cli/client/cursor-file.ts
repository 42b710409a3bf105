import { createHash } from "node:crypto";
import { access, constants, open, readFile, rename, rm } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { type FolderLock, lockFolder } from "../../store/folder/folder-lock.js";
import { errorCode } from "../../util/error-text.js";
import { CommandError } from "../io/command-io.js";

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

  /** For this watcher alone: one that went on from where another was would miss what it has not done itself. */
  async hold(say: (sentence: string) => void): Promise<FolderLock> {
    await access(dirname(this.path), constants.W_OK).catch((error: unknown) => {
      throw this.unwritable(error);
    });
    const refuse = (owner: string) =>
      new CommandError(
        `The cursor file ${this.path} is kept by another watcher, ${owner}; give this one another --cursor-file.`,
      );
    return lockFolder(this.path, refuse).catch((error: unknown) => {
      if (error instanceof CommandError) throw error;
      say(`The cursor file cannot be locked (${errorCode(error)}): see to it that no other watcher is given it.`);
      return { release: async () => {} };
    });
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

  async write(cursor: string): Promise<void> {
    const fresh = `${this.path}.${process.pid}.tmp`;
    try {
      await replace(this.path, fresh, `${JSON.stringify({ cursor })}\n`);
    } catch (error) {
      await rm(fresh, { force: true }).catch(() => {});
      throw this.unwritable(error);
    }
  }

  private unwritable(error: unknown): CommandError {
    return new CommandError(`The cursor file ${this.path} cannot be written (${errorCode(error)}).`);
  }
}

/** Whole or not at all: another file that takes its place, on disk before it does. */
async function replace(path: string, fresh: string, text: string): Promise<void> {
  const file = await open(fresh, "w", 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(fresh, path);
}
