import { createHash } from "node:crypto";
import { constants, type FileHandle, open, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { flushFolder } from "./flush-folder.js";

const CREATE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

export interface WrittenFile {
  readonly id: string;
  readonly size: number;
  readonly sha256: Uint8Array<ArrayBuffer>;
}

/** A file while it is written. It is hashed on the way, and nothing of it is kept in memory. */
export class Draft {
  readonly id: string;
  private readonly path: string;
  private readonly handle: FileHandle;
  private readonly hash = createHash("sha256");
  private size = 0;

  private constructor(id: string, path: string, handle: FileHandle) {
    this.id = id;
    this.path = path;
    this.handle = handle;
  }

  static async create(id: string, path: string): Promise<Draft> {
    return new Draft(id, path, await open(path, CREATE, 0o600));
  }

  async write(part: Uint8Array): Promise<void> {
    this.hash.update(part);
    let written = 0;
    while (written < part.length) {
      const { bytesWritten } = await this.handle.write(part, written, part.length - written);
      written += bytesWritten;
    }
    this.size += part.length;
  }

  /** Closes the file. It is on disk from then on, also after a power failure. */
  async finish(): Promise<WrittenFile> {
    await this.handle.sync();
    await this.handle.close();
    await flushFolder(dirname(this.path));
    return { id: this.id, size: this.size, sha256: new Uint8Array(this.hash.digest()) };
  }

  /** Removes what was written. */
  async discard(): Promise<void> {
    // closing again does nothing
    await this.handle.close();
    await rm(this.path, { force: true });
  }
}
