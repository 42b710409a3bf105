import { access, constants, open, readFile, rename, rm } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { type FolderLock, lockFolder } from "../../store/folder/folder-lock.js";
import { errorCode } from "../../util/error-text.js";
import { sha256 } from "../../util/sha256.js";
import { CommandError } from "../io/command-io.js";

const NAME_LENGTH = 12;

/** Stores the position of a watcher in the log, so that it survives any crash. */
export class CursorFile {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** The default file, in the working directory: the same for the same server and filter. */
  static of(watched: object): CursorFile {
    const name = sha256(JSON.stringify(watched)).slice(0, NAME_LENGTH);
    return new CursorFile(resolve(`.shelfmark-watch-${name}.json`));
  }

  /** Locks the file for one watcher. If two shared it, each would skip the changes that the other has handled. */
  async lock(note: (sentence: string) => void): Promise<FolderLock> {
    await access(dirname(this.path), constants.W_OK).catch((error: unknown) => {
      throw this.unwritable(error);
    });
    const refuse = (owner: string) =>
      new CommandError(
        `The cursor file ${this.path} is used by another watcher, ${owner}; give this one another --cursor-file.`,
      );
    return lockFolder(this.path, refuse).catch((error: unknown) => {
      if (error instanceof CommandError) throw error;
      note(`The cursor file cannot be locked (${errorCode(error)}): make sure that no other watcher uses it.`);
      return { release: async () => {} };
    });
  }

  async read(): Promise<string | undefined> {
    const text = await readFile(this.path, "utf8").catch((error: unknown) => {
      const code = errorCode(error);
      if (code === "ENOENT") return null;
      throw new CommandError(`The cursor file ${this.path} cannot be read (${code}).`);
    });
    if (text === null) return undefined;
    const cursor = parseCursor(text);
    if (cursor !== null) return cursor;
    throw new CommandError(
      `The file ${this.path} does not hold a cursor; use another file, or delete it to start anew.`,
    );
  }

  async write(cursor: string): Promise<void> {
    const draft = `${this.path}.${process.pid}.tmp`;
    try {
      await replaceFile(this.path, draft, `${JSON.stringify({ cursor })}\n`);
    } catch (error) {
      await rm(draft, { force: true }).catch(() => {});
      throw this.unwritable(error);
    }
  }

  private unwritable(error: unknown): CommandError {
    return new CommandError(`The cursor file ${this.path} cannot be written (${errorCode(error)}).`);
  }
}

function parseCursor(text: string): string | null {
  try {
    const { cursor } = JSON.parse(text) as { cursor?: unknown };
    return typeof cursor === "string" ? cursor : null;
  } catch {
    return null;
  }
}

/** Replaces the file as a whole: the draft is on disk before it takes the place of the file. */
async function replaceFile(path: string, draft: string, text: string): Promise<void> {
  const file = await open(draft, "w", 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, path);
}
