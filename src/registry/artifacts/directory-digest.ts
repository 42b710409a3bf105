import { createHash } from "node:crypto";
import { compareManifestPaths } from "../../domain/artifacts/manifest-order.js";
import { ConflictError } from "../../domain/errors.js";
import { keepFiles } from "../../store/artifacts/artifact-changes.js";
import { filesBelow } from "../../store/artifacts/artifact-files.js";
import type { Work } from "../command.js";

/** A directory of more has no digest. */
const MAX_FILES = 10_000;

/** A directory of this server's artifacts. */
export interface Directory {
  readonly path: string;
  readonly digest: string;
  /** Whether its files stay as they are while the version is READY. */
  readonly freezes: boolean;
}

/**
 * The files of a directory with its digest: the SHA-256 of the SHA-256s of the files, in the order in which OpenSSF model
 * signing lists them. It signs the same digest as the subject of its statement. Null if there are no files, or too many.
 */
export async function readDirectory(db: Parameters<typeof filesBelow>[0], path: string) {
  const files = await filesBelow(db, path, MAX_FILES);
  if (files.length === 0 || files.length > MAX_FILES) return null;
  files.sort((a, b) => compareManifestPaths(a.path, b.path));
  const hash = createHash("sha256");
  for (const { sha256 } of files) hash.update(sha256);
  return { files, digest: `sha256:${hash.digest("hex")}` };
}

/** Records what a version is made of, if it freezes it. Throws CONFLICT if the files have another digest by now. */
export async function freezeDirectory({ tx }: Work, versionId: string, directory: Directory): Promise<void> {
  const { path, digest, freezes } = directory;
  await keepFiles(tx);
  if ((await readDirectory(tx, path))?.digest !== digest) {
    throw new ConflictError(
      `The files in '${path}' changed while the version was being registered. Register it again.`,
    );
  }
  if (freezes) await tx.versionDirectory.createMany({ data: [{ versionId, path }] });
}
