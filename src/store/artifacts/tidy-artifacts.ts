import { errorMessage } from "../../util/error-text.js";
import type { PlainLog } from "../../util/plain-log.js";
import type { PrismaClient } from "../generated/client.js";
import type { ArtifactFolder } from "./artifact-folder.js";

const BATCH = 1_000;

interface Housekeeping {
  readonly prisma: PrismaClient;
  readonly folder: ArtifactFolder;
  readonly now: () => Date;
  readonly log: Pick<PlainLog, "warn">;
}

/** Removes from disk what no row names any more. What fails is tried again by `tidy`. */
export async function removeFiles({ prisma, folder, log }: Housekeeping, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  try {
    await folder.remove(ids);
    await prisma.artifactRemoval.deleteMany({ where: { fileId: { in: [...ids] } } });
  } catch (error) {
    log.warn(`Removed artifacts are still on disk, will try again: ${errorMessage(error)}`);
  }
}

/**
 * Finishes what a process that died had begun: moves drafts whose rows were written to their places, and removes the other
 * drafts and the files that no row names any more.
 */
export async function tidyArtifacts(house: Housekeeping, isAlone: boolean): Promise<void> {
  const { prisma, folder, now } = house;
  const drafts = await folder.abandoned(now(), isAlone);
  for (let at = 0; at < drafts.length; at += BATCH) {
    const ids = drafts.slice(at, at + BATCH);
    const rows = await prisma.artifactFile.findMany({ where: { id: { in: ids } }, select: { id: true } });
    const kept = new Set(rows.map(({ id }) => id));
    for (const id of kept) await folder.keep(id);
    await folder.remove(ids.filter((id) => !kept.has(id)));
  }
  for (;;) {
    const rows = await prisma.artifactRemoval.findMany({ take: BATCH, select: { fileId: true } });
    if (rows.length === 0) return;
    const ids = rows.map(({ fileId }) => fileId);
    await folder.remove(ids);
    await prisma.artifactRemoval.deleteMany({ where: { fileId: { in: ids } } });
  }
}
