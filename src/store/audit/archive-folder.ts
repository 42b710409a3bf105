import { mkdir, readdir, rm } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { errorCode } from "../../util/error-text.js";
import { syncFolder } from "../folder/sync-folder.js";
import { ArchiveError, type ArchiveFault, describeArchiveFault } from "./archive-fault.js";
import { faultOfPlace, readSegmentEnds, revisionOfName, type SegmentEnds } from "./archive-segment.js";
import type { TrustedKey } from "./checkpoint-check.js";
import type { ChainLink } from "./hash-chain.js";

/** The folder of an archive: its segments in order, the drafts of compactions that were interrupted, and a file that does not belong. */
export interface ArchiveListing {
  readonly segments: readonly string[];
  readonly drafts: readonly string[];
  readonly fault: ArchiveFault | null;
}

/** An archive whose segments, by their first and last lines, follow from each other. */
export interface Archive {
  readonly folder: string;
  readonly segments: readonly SegmentEnds[];
}

export async function listArchive(folder: string): Promise<ArchiveListing> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    throw new ArchiveError(`The archive ${folder} cannot be read (${errorCode(error)}).`);
  });
  const names = entries.map(({ name }) => name).sort();
  const isFile = new Map(entries.map((entry) => [entry.name, entry.isFile()]));
  const segments = names.filter((name) => isFile.get(name) && revisionOfName(name) !== null);
  const drafts = names.filter((name) => isFile.get(name) && isDraft(name));
  const foreign = names.find((name) => !segments.includes(name) && !drafts.includes(name));
  const fault =
    foreign === undefined ? null : { file: foreign, revision: null, text: "does not belong to the archive" };
  return { segments, drafts, fault };
}

/** Opens the archive that a compaction adds to, and makes its folder if there is none. Throws an ArchiveError if it has a fault. */
export async function openArchive(folder: string, key: TrustedKey): Promise<Archive> {
  await makeArchive(folder);
  const { segments: names, fault } = await listArchive(folder);
  if (fault) throw faulty(folder, fault);
  const segments: SegmentEnds[] = [];
  for (const name of names) {
    const ends = await readSegmentEnds(join(folder, name));
    if ("text" in ends) throw faulty(folder, ends);
    const last = segments.at(-1);
    const found =
      faultOfPlace(ends, last ? { logId: last.logId, end: endOf(last) } : null) ?? faultOfSignature(ends, key);
    if (found) throw faulty(folder, found);
    segments.push(ends);
  }
  return { folder, segments };
}

/** Not with the folders above it: where one of them is missing, a disk may not be mounted. */
async function makeArchive(folder: string): Promise<void> {
  try {
    await mkdir(folder, { mode: 0o700 });
    await syncFolder(dirname(resolve(folder)));
  } catch (error) {
    if (errorCode(error) === "EEXIST") return;
    throw new ArchiveError(`The archive ${folder} cannot be made (${errorCode(error)}).`);
  }
}

export function endOf({ checkpoint: { revision, hash } }: SegmentEnds): ChainLink {
  return { revision, hash };
}

export function faulty(folder: string, fault: ArchiveFault): ArchiveError {
  return new ArchiveError(
    `The archive ${folder} has a fault, so nothing is added to it. ${describeArchiveFault(fault)}`,
  );
}

/** A segment that another key signed was made before this key was: the later segments of this key prove it. */
function faultOfSignature({ file, checkpoint }: SegmentEnds, key: TrustedKey): ArchiveFault | null {
  if (checkpoint.keyId !== key.keyId || key.isSigned(checkpoint)) return null;
  return { file, revision: checkpoint.revision, text: "has a checkpoint whose signature is not valid" };
}

const DRAFT = ".draft-";

export function draftName(name: string, random: string): string {
  return `${name}${DRAFT}${random}`;
}

function isDraft(name: string): boolean {
  const [segment = "", random] = name.split(DRAFT);
  return revisionOfName(segment) !== null && random !== undefined;
}

/** Removes what interrupted compactions left. */
export async function sweepDrafts(folder: string): Promise<void> {
  const { drafts } = await listArchive(folder);
  await Promise.all(drafts.map((name) => rm(join(folder, name), { force: true }))).catch((error: unknown) => {
    throw new ArchiveError(`The archive ${folder} cannot be written (${errorCode(error)}).`);
  });
}
