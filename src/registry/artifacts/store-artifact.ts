import { ARTIFACT_SCOPE } from "../../domain/access/scopes.js";
import { ConflictError } from "../../domain/errors.js";
import { findAt, lockUsage, putFile } from "../../store/artifacts/artifact-changes.js";
import type { WrittenFile } from "../../store/artifacts/draft.js";
import { actorColumns, type CommandContext, requireScopes } from "../command.js";
import { requireVisiblePlace } from "./artifact-place.js";
import { requireUnfrozen } from "./frozen.js";
import { requireRoom } from "./quota.js";

interface StoreArtifactInput {
  readonly path: string;
  /** A file that is on disk already. */
  readonly file: WrittenFile;
  /** How many bytes all files may take; null = any number. */
  readonly quotaBytes: number | null;
}

/**
 * Makes a written file the one of a path, in place of another if there is one. From the commit on readers get this file, whole.
 * Files are not in the log: what a run writes is data, and a version's digest says which files it was registered with. Those
 * of a version that is READY stay as they are; the same file once more is no change.
 *
 * Returns the ids of files that no path names any more.
 *
 * Errors: FORBIDDEN; NOT_FOUND; CONFLICT if the path is a directory, or within a file, or of a version, or past the quota.
 */
export async function storeArtifact(context: CommandContext, input: StoreArtifactInput): Promise<string[]> {
  const { viewer } = context;
  const { path, file, quotaBytes } = input;
  requireScopes(viewer, [ARTIFACT_SCOPE.write], "storeArtifact");
  return context.transact(async ({ tx, at }) => {
    await requireVisiblePlace(tx, viewer, path);
    const used = await lockUsage(tx);
    const { clash, old } = await findAt(tx, path);
    if (clash !== null) throw new ConflictError(clashMessage(path, clash));
    if (!old || Buffer.compare(old.sha256, file.sha256) !== 0) await requireUnfrozen(tx, viewer, path);
    requireRoom(used - Number(old?.size ?? 0n), file.size, quotaBytes);
    const { id, size, sha256 } = file;
    return putFile(tx, { id, path, size: BigInt(size), sha256, createdAt: at, ...actorColumns(viewer) });
  });
}

function clashMessage(path: string, clash: string): string {
  return path.startsWith(`${clash}/`)
    ? `'${clash}' is a file, so there can be nothing below it.`
    : `Artifact path refers to a directory, not a file: '${path}'`;
}
