/** An event as the table has it, read independently of the streams. */
export interface LogRow {
  readonly revision: number;
  readonly type: string;
  readonly modelName: string | null;
  readonly versionNumber?: number | null;
  readonly fromStage: string | null;
  readonly toStage: string | null;
  readonly alias: string | null;
  readonly commitId: string;
  readonly commitSize: number;
  readonly commitIndex: number;
}

/** One message that a subscriber got: the revision of its cursor, and whether it is an event. */
export interface Message {
  readonly revision: number;
  readonly isEvent: boolean;
}

/** The messages of one stream, from its start until it broke off. */
export interface Segment {
  readonly start: number;
  /** Whether the subscriber started over instead of continuing, because the history was compacted. */
  readonly isAnew: boolean;
  readonly messages: Message[];
}

export interface Verdict {
  readonly lost: number;
  readonly doubled: number;
  readonly faults: readonly string[];
}

/** The position of a segment: everything up to it has been delivered. */
export function positionOf({ start, messages }: Pick<Segment, "start" | "messages">): number {
  return messages.at(-1)?.revision ?? start;
}

/**
 * Checks what a subscriber received against the table, like etcd's watch checker: ordered (revisions rise), unique (no
 * event twice), reliable (every wanted event up to the position was received), atomic (the events of one transaction are
 * adjacent), resumable (a stream continues at the position of the one before) and bookmarkable (a bookmark skips no wanted
 * event). `head` is the position that the subscriber must have reached in the end.
 */
export function checkRecord(
  table: readonly LogRow[],
  wants: (row: LogRow) => boolean,
  segments: readonly Segment[],
  head: number,
): Verdict {
  const rows = new Map(table.map((row) => [row.revision, row]));
  const received = new Map<number, number>();
  const faults: string[] = [];
  const due: { from: number; to: number }[] = [];
  let position: number | null = null;
  for (const [i, segment] of segments.entries()) {
    if (position !== null && !segment.isAnew && segment.start !== position)
      faults.push(`resumable: ${i} started at ${segment.start}, not at ${position}`);
    const end = checkSegment(i, segment, { rows, wants, received, faults });
    const isContinued = position !== null && !segment.isAnew;
    due.push({ from: isContinued ? Math.min(position ?? 0, segment.start) : segment.start, to: end });
    position = end;
  }
  if (position !== null && position < head) due.push({ from: position, to: head });
  const isDue = (revision: number) => due.some(({ from, to }) => revision > from && revision <= to);
  const missing = table.filter((row) => isDue(row.revision) && wants(row) && !received.has(row.revision));
  for (const { revision } of missing) faults.push(`reliable: ${revision} was not received`);
  const twice = [...received].filter(([, times]) => times > 1);
  for (const [revision, times] of twice) faults.push(`unique: ${revision} was received ${times} times`);
  faults.push(...splitCommits(segments, rows));
  return { lost: missing.length, doubled: twice.length, faults };
}

interface Check {
  readonly rows: ReadonlyMap<number, LogRow>;
  readonly wants: (row: LogRow) => boolean;
  /** How often each revision was received. */
  readonly received: Map<number, number>;
  readonly faults: string[];
}

/** Checks the order and the filter of one stream, and counts its events. Returns its position. */
function checkSegment(index: number, { start, messages }: Segment, { rows, wants, received, faults }: Check): number {
  let at = start;
  const [first] = messages;
  if (first && (first.isEvent || first.revision !== start))
    faults.push(`bookmarkable: ${index} did not begin with a bookmark`);
  for (const { revision, isEvent } of messages) {
    if (revision < at || (isEvent && revision === at)) faults.push(`ordered: ${revision} came after ${at}`);
    if (isEvent) {
      const row = rows.get(revision);
      received.set(revision, (received.get(revision) ?? 0) + 1);
      if (!row || !wants(row)) faults.push(`filtered: ${revision} was not wanted`);
    }
    at = revision;
  }
  return at;
}

/** No other event may come between two events of one transaction: their revisions are adjacent. */
function splitCommits(segments: readonly Segment[], rows: ReadonlyMap<number, LogRow>): string[] {
  return segments.flatMap(({ messages }) => {
    const commits = messages.flatMap(({ revision, isEvent }) => (isEvent ? [rows.get(revision)?.commitId ?? ""] : []));
    const seen = new Set<string>();
    return commits.flatMap((commit, i) => {
      const isSplit = commit !== commits[i - 1] && seen.has(commit);
      seen.add(commit);
      return isSplit ? [`atomic: ${commit} came in parts`] : [];
    });
  });
}
