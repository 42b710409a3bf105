import { open } from "node:fs/promises";
import { basename } from "node:path";
import type { SignedCheckpoint } from "../../domain/events/checkpoint.js";
import type { Fault, StoredEvent } from "../../domain/events/log-fault.js";
import { type ArchiveFault, inFile } from "./archive-fault.js";
import { parseCheckpointLine, toCheckpointLine } from "./checkpoints.js";
import { type ChainLink, faultOfStart, walkChain } from "./hash-chain.js";
import { type LogHeader, parseEventLine, parseHeaderLine, readLines, toEventLine, toHeaderLine } from "./log-file.js";

export const SEGMENT_FORMAT = "shelfmark-archive-v1";

/** What the first and the last line of a segment say. */
export interface SegmentEnds {
  readonly file: string;
  readonly logId: string;
  /** The link that the first event follows from. */
  readonly start: ChainLink;
  /** The signed position of the last event. */
  readonly checkpoint: SignedCheckpoint;
}

/** A segment is named by its first revision alone, so that two compactions cannot both archive what begins there. */
export function segmentName(first: bigint): string {
  return `events-${first.toString().padStart(16, "0")}.jsonl`;
}

/** The first revision of a segment, by its name; null if the name is not of a segment. */
export function revisionOfName(name: string): bigint | null {
  const [, digits] = /^events-(\d{16})\.jsonl$/.exec(name) ?? [];
  return digits === undefined ? null : BigInt(digits);
}

/** Reads the first and the last line of a segment. */
export async function readSegmentEnds(path: string): Promise<SegmentEnds | ArchiveFault> {
  const file = basename(path);
  const header = await readHeader(path);
  if (!header) return { file, revision: null, text: "is not a segment of an archive" };
  const { logId, start } = header;
  const checkpoint = parseCheckpointLine(await readLastLine(path));
  return checkpoint ? { file, logId, start, checkpoint } : inFile(file, withoutCheckpoint(start));
}

/** Why a segment cannot follow in its place; null if it can. Without a previous one it is the first. */
export function faultOfPlace(
  { file, logId, start }: Omit<SegmentEnds, "checkpoint">,
  previous: { readonly logId: string; readonly end: ChainLink } | null,
): ArchiveFault | null {
  const first = start.revision + 1n;
  const fault = (revision: bigint, text: string) => inFile(file, { revision, text });
  const named = revisionOfName(file);
  if (named !== first) return fault(first, `is where the file begins, but its name says ${named}`);
  if (!previous) {
    const forged = faultOfStart(logId, start);
    return forged && inFile(file, forged);
  }
  const { end } = previous;
  if (logId !== previous.logId)
    return fault(first, `is of the log ${logId}, and the segments before of ${previous.logId}`);
  if (start.revision > end.revision) {
    const [from, to] = [end.revision + 1n, start.revision];
    return fault(from, from === to ? "is missing before this segment" : `to ${to} are missing before this segment`);
  }
  if (start.revision < end.revision) return fault(first, "is in the segment before, too");
  if (start.hash !== end.hash)
    return fault(first, `does not follow from revision ${end.revision} of the segment before`);
  return null;
}

/** Walks all events of a segment, and compares its checkpoint with the last one. Does not verify the signature. */
export async function walkSegment(
  path: string,
  previous: { readonly logId: string; readonly end: ChainLink } | null,
  check: (link: ChainLink, logId: string) => Fault | null,
): Promise<{ ends: SegmentEnds; end: ChainLink; fault: null } | { end: ChainLink | null; fault: ArchiveFault }> {
  const file = basename(path);
  const lines = readLines(path);
  const header = toSegmentHeader((await lines.next()).value ?? "");
  if (!header) return { end: null, fault: { file, revision: null, text: "is not a segment of an archive" } };
  const { logId, start } = header;
  const misplaced = faultOfPlace({ file, logId, start }, previous);
  if (misplaced) return { end: start, fault: misplaced };
  const reading = new SegmentReading(lines);
  const { end, fault } = await walkChain(start, reading.events(), (link) => check(link, logId));
  const found = fault ?? checkpointOf(reading, header, end);
  if ("text" in found) return { end, fault: inFile(file, found) };
  return { ends: { file, logId, start, checkpoint: found }, end, fault: null };
}

/** The checkpoint with which a segment ends, or why it is not of this segment. */
function checkpointOf(
  { checkpoint, problem }: SegmentReading,
  { logId }: LogHeader,
  end: ChainLink,
): SignedCheckpoint | Fault {
  if (problem !== null) return { revision: end.revision + 1n, text: problem };
  if (!checkpoint) return withoutCheckpoint(end);
  const { revision } = end;
  if (checkpoint.revision !== revision)
    return { revision: revision + 1n, text: `to ${checkpoint.revision} were cut off before the checkpoint` };
  const isOfEnd = checkpoint.hash === end.hash && checkpoint.logId === logId && checkpoint.purpose === "COMPACTION";
  return isOfEnd ? checkpoint : { revision, text: "has a checkpoint that is not of this segment" };
}

function withoutCheckpoint({ revision }: ChainLink): Fault {
  return { revision: revision + 1n, text: "may be missing: the file does not end with a checkpoint and was cut off" };
}

/** The events of a segment up to its checkpoint. Each line must be exactly what a compaction writes. */
class SegmentReading {
  checkpoint: SignedCheckpoint | null = null;
  /** Why the reading ended before the end of the file. */
  problem: string | null = null;
  private readonly lines: AsyncIterable<string>;

  constructor(lines: AsyncIterable<string>) {
    this.lines = lines;
  }

  async *events(): AsyncGenerator<StoredEvent, void, undefined> {
    for await (const line of this.lines) {
      if (this.checkpoint) {
        this.problem = "is after the checkpoint, with which a segment ends";
        return;
      }
      this.checkpoint = parseCheckpointLine(line);
      const event = this.checkpoint ? null : parseEventLine(line);
      const expected = this.checkpoint ? exactCheckpointLine(this.checkpoint) : event && toEventLine(event);
      if (line !== `${expected}\n`) {
        this.checkpoint = null;
        this.problem = "was altered: its line is not what a compaction writes";
        return;
      }
      if (event) yield event;
    }
  }
}

/** Several texts in base64 stand for the same bytes; only one of them is written. */
function exactCheckpointLine(checkpoint: SignedCheckpoint): string {
  const signature = Buffer.from(checkpoint.signature, "base64").toString("base64");
  return toCheckpointLine({ ...checkpoint, signature });
}

function toSegmentHeader(line: string): LogHeader | null {
  const header = parseHeaderLine(line);
  return header?.format === SEGMENT_FORMAT && line === `${toHeaderLine(header)}\n` ? header : null;
}

async function readHeader(path: string): Promise<LogHeader | null> {
  for await (const line of readLines(path)) return toSegmentHeader(line);
  return null;
}

/** More than a checkpoint has. */
const TAIL = 4_096;

async function readLastLine(path: string): Promise<string> {
  const handle = await open(path, "r");
  try {
    const { size } = await handle.stat();
    const length = Math.min(size, TAIL);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, size - length);
    const text = buffer.toString("utf8", 0, bytesRead);
    return text.endsWith("\n") ? text.slice(text.lastIndexOf("\n", text.length - 2) + 1) : "";
  } finally {
    await handle.close();
  }
}
