import { describeFault, type Fault } from "../../domain/events/log-fault.js";

/** What is wrong with a file of an archive, and the first revision at which it shows. */
export interface ArchiveFault {
  /** The name of the file in the archive. */
  readonly file: string;
  /** Null for a file that is about no revision. */
  readonly revision: bigint | null;
  /** The rest of a sentence that begins with the revision, or with "This file". */
  readonly text: string;
}

/** The sentence that reports a fault of an archive. */
export function describeArchiveFault({ file, revision, text }: ArchiveFault): string {
  return `${file}: ${revision === null ? `This file ${text}.` : describeFault({ revision, text })}`;
}

export function inFile(file: string, { revision, text }: Fault): ArchiveFault {
  return { file, revision, text };
}

/** An archive cannot be read or continued; the message is a sentence for the user. */
export class ArchiveError extends Error {
  override readonly name = "ArchiveError";
}
