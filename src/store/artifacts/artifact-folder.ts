import { constants, type FileHandle, lstat, open, readdir, realpath, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { errorCode } from "../../util/error-text.js";
import { makeFolder } from "../folder/make-folder.js";
import { Draft } from "./draft.js";

/** No name of a client reaches the file system: a file's name here is the id of its row. */
const FILE_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const READ = constants.O_RDONLY | constants.O_NOFOLLOW;
/** Longer than any upload waits for its next byte, so nobody writes to a draft that is as old. */
const ABANDONED_MS = 3_600_000;

/**
 * The folder of the artifacts. `incoming` holds the drafts of uploads, `files` what became of them. A file is written once,
 * flushed to disk, and never changed; its row in the database is what makes it exist. A draft whose row is written is moved
 * to `files`, or by the next start if this process dies before.
 */
export class ArtifactFolder {
  private readonly root: string;

  private constructor(root: string) {
    this.root = root;
  }

  /** Creates what is missing. Throws if it cannot be written, or if something else stands in a folder's place. */
  static async open(path: string): Promise<ArtifactFolder> {
    await makeFolder(path);
    const folder = new ArtifactFolder(await realpath(path));
    await folder.makeInside("incoming");
    await folder.makeInside("files");
    return folder;
  }

  /** Begins a file. Until it is kept, a draft is nothing that a reader finds. */
  async begin(id: string): Promise<Draft> {
    const folder = await this.makeInside("incoming");
    return Draft.create(requireId(id), join(folder, id));
  }

  /**
   * Moves a draft whose row is written to its place. A power failure may undo that, and then the draft is still there. One that
   * was replaced and removed meanwhile is gone.
   */
  async keep(id: string): Promise<void> {
    const shelf = await this.makeInside("files", shelfOf(id));
    await rename(join(this.root, "incoming", requireId(id)), join(shelf, id)).catch((error: unknown) => {
      if (errorCode(error) !== "ENOENT") throw error;
    });
  }

  /** Opens a file to read it. Links are refused. */
  async read(id: string): Promise<FileHandle> {
    const kept = await this.placeOf(id);
    const draft = join(this.root, "incoming", requireId(id));
    // another process may move the draft between the first two
    return (await openFile(kept)) ?? (await openFile(draft)) ?? (await openFile(kept)) ?? missing(kept);
  }

  /** Removes files that no row names any more. What is gone already is fine. */
  async remove(ids: readonly string[]): Promise<void> {
    for (const id of ids) {
      // in this order, because a draft may be moved meanwhile
      await rm(join(this.root, "incoming", requireId(id)), { force: true });
      await rm(await this.placeOf(id), { force: true });
    }
  }

  /** The drafts that no process writes to any more: all of them if this process is the only one, else the old ones. */
  async abandoned(now: Date, isAlone: boolean): Promise<string[]> {
    const folder = await this.makeInside("incoming");
    const ids = (await readdir(folder)).filter((name) => FILE_ID.test(name));
    if (isAlone) return ids;
    const old = await Promise.all(ids.map((id) => this.isOld(join(folder, id), now)));
    return ids.filter((_, at) => old[at]);
  }

  private async isOld(path: string, now: Date): Promise<boolean> {
    try {
      return now.getTime() - (await lstat(path)).mtimeMs > ABANDONED_MS;
    } catch (error) {
      if (errorCode(error) === "ENOENT") return false;
      throw error;
    }
  }

  private async placeOf(id: string): Promise<string> {
    const shelf = join(this.root, "files", shelfOf(requireId(id)));
    await requireFolder(join(this.root, "files"));
    await requireFolder(shelf).catch((error: unknown) => {
      if (errorCode(error) !== "ENOENT") throw error;
    });
    return join(shelf, id);
  }

  private async makeInside(...names: readonly string[]): Promise<string> {
    let path = this.root;
    for (const name of names) {
      path = join(path, name);
      await requireFolder(path).catch(async (error: unknown) => {
        if (errorCode(error) !== "ENOENT") throw error;
        await makeFolder(path);
        await requireFolder(path);
      });
    }
    return path;
  }
}

/** The last digits are random, the first ones are the time. */
function shelfOf(id: string): string {
  return id.slice(-2);
}

function requireId(id: string): string {
  if (FILE_ID.test(id)) return id;
  throw new Error(`"${id}" is not the id of an artifact file`);
}

async function requireFolder(path: string): Promise<void> {
  if ((await lstat(path)).isDirectory()) return;
  throw new Error(`${path} in the artifact folder is not a folder; links are not followed there.`);
}

/** Null if there is none. */
async function openFile(path: string): Promise<FileHandle | null> {
  const handle = await open(path, READ).catch((error: unknown) => {
    if (errorCode(error) === "ENOENT") return null;
    throw error;
  });
  if (!handle || (await handle.stat()).isFile()) return handle;
  await handle.close();
  throw new Error(`${path} in the artifact folder is not a file.`);
}

function missing(path: string): never {
  throw new Error(`${path} is missing in the artifact folder, which the database says holds it.`);
}
