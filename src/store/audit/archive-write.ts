import { randomBytes } from "node:crypto";
import { type FileHandle, link, open, rm } from "node:fs/promises";
import { join } from "node:path";
import type pg from "pg";
import type { StoredEvent } from "../../domain/events/log-fault.js";
import { errorCode } from "../../util/error-text.js";
import { syncFolder } from "../folder/sync-folder.js";
import { ArchiveError } from "./archive-fault.js";
import { type Archive, draftName, endOf, faulty, openArchive, sweepDrafts } from "./archive-folder.js";
import { joinArchive, rangeOf } from "./archive-join.js";
import { SEGMENT_FORMAT, segmentName, walkSegment } from "./archive-segment.js";
import { readStoredEvents, readStoredHead, withSnapshot } from "./audit-rows.js";
import { baseOf } from "./audit-verify.js";
import { type Signer, toCheckpointLine } from "./checkpoints.js";
import { walkChain } from "./hash-chain.js";
import { toEventLine, toHeaderLine } from "./log-file.js";
import { TamperedLogError } from "./tampered-log.js";

export interface Archived {
  readonly path: string;
  readonly from: bigint;
  readonly to: bigint;
  readonly keyId: string;
}

interface Goal {
  /** The last revision to archive; the last event of a transaction. */
  readonly goal: bigint;
  /** Signs that all events up to it may leave the log. */
  readonly key: Signer;
  readonly at: Date;
}

/** Refuses, before anything is signed, an archive that has a fault or does not join the log. Throws an ArchiveError. */
export async function checkArchive(pool: pg.Pool, folder: string, key: Signer): Promise<void> {
  const archive = await openArchive(folder, key);
  await withSnapshot(pool, async (client) =>
    joinArchive(client, await readStoredHead(client), rangeOf(archive), folder),
  );
}

/**
 * Writes the events up to a revision, which the archive does not hold yet, as its next segment: completely and durably, or
 * not at all. Returns null if it holds all of them already.
 */
export function archiveEvents(pool: pg.Pool, folder: string, { goal, key, at }: Goal): Promise<Archived | null> {
  return withSnapshot(pool, async (client) => {
    const head = await readStoredHead(client);
    const { logId } = head;
    const archive = await openArchive(folder, key);
    const start = await joinArchive(client, head, rangeOf(archive), folder);
    await verifyBeyond(archive, baseOf(head).revision);
    await sweepDrafts(folder);
    if (start.revision >= goal) return null;
    const name = segmentName(start.revision + 1n);
    await writeOnce(folder, name, async (write) => {
      await write(toHeaderLine({ format: SEGMENT_FORMAT, logId, start }));
      const events = readStoredEvents(client, start.revision + 1n, goal);
      const { end, fault } = await walkChain(start, writeEach(events, write), () => null);
      if (fault) throw new TamperedLogError(fault);
      if (end.revision < goal) throw interrupted(folder, name);
      const { revision, hash } = end;
      await write(toCheckpointLine(key.sign({ purpose: "COMPACTION", logId, revision, hash, at })));
    });
    return { path: join(folder, name), from: start.revision + 1n, to: goal, keyId: key.keyId };
  });
}

async function* writeEach(
  events: AsyncIterable<StoredEvent>,
  write: (line: string) => Promise<void>,
): AsyncGenerator<StoredEvent, void, undefined> {
  for await (const event of events) {
    await write(toEventLine(event));
    yield event;
  }
}

/** An interrupted compaction leaves events both in the archive and in the log. Before they are removed, the archive must have them. */
async function verifyBeyond({ folder, segments }: Archive, base: bigint): Promise<void> {
  for (const [index, segment] of segments.entries()) {
    if (segment.checkpoint.revision <= base) continue;
    const before = segments[index - 1];
    const previous = before ? { logId: before.logId, end: endOf(before) } : null;
    const { fault } = await walkSegment(join(folder, segment.file), previous, () => null);
    if (fault) throw faulty(folder, fault);
  }
}

/** Bytes that are gathered before they are written. */
const CHUNK = 1 << 20;

/** A file with lines, complete or not there at all, also after a loss of power. Never replaces a file. */
async function writeOnce(
  folder: string,
  name: string,
  work: (write: (line: string) => Promise<void>) => Promise<void>,
): Promise<void> {
  const draft = join(folder, draftName(name, randomBytes(6).toString("hex")));
  try {
    const handle = await open(draft, "wx", 0o600);
    try {
      await writeLines(handle, work);
      await handle.sync();
    } finally {
      await handle.close();
    }
    // unlike a rename, a link does not replace a segment that another compaction wrote first
    await link(draft, join(folder, name));
    await syncFolder(folder);
  } catch (error) {
    throw toArchiveError(error, folder, name);
  } finally {
    await rm(draft, { force: true });
  }
}

async function writeLines(
  handle: FileHandle,
  work: (write: (line: string) => Promise<void>) => Promise<void>,
): Promise<void> {
  let lines: string[] = [];
  let size = 0;
  const flush = async () => {
    await handle.writeFile(lines.join(""));
    [lines, size] = [[], 0];
  };
  await work(async (line) => {
    lines.push(`${line}\n`);
    size += line.length + 1;
    if (size >= CHUNK) await flush();
  });
  await flush();
}

function toArchiveError(error: unknown, folder: string, name: string): unknown {
  if (!(error instanceof Error) || !("syscall" in error)) return error;
  const code = errorCode(error);
  const isOvertaken = error.syscall === "link" && (code === "EEXIST" || code === "ENOENT");
  return isOvertaken
    ? interrupted(folder, name)
    : new ArchiveError(`The archive ${folder} cannot be written (${code}).`);
}

function interrupted(folder: string, name: string): ArchiveError {
  return new ArchiveError(
    `Another compaction wrote ${name} in ${folder}, or removed its events, at the same time. This one removed nothing; run it again.`,
  );
}
