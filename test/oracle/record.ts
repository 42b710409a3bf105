/** A row of the log as the table has it, read apart from the streams. */
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

/** One message that a subscriber got: where its cursor stands, and whether it told an event. */
export interface Message {
  readonly revision: number;
  readonly isEvent: boolean;
}

/** What one stream told, from where it began until it broke off. */
export interface Segment {
  readonly start: number;
  /** Whether the subscriber gave up what lay before, since the history was gone. */
  readonly isAnew: boolean;
  readonly messages: Message[];
}

export interface Verdict {
  readonly lost: number;
  readonly doubled: number;
  readonly faults: readonly string[];
}

/** Where a segment has come to: everything up to there has been told. */
export function placeOf({ start, messages }: Pick<Segment, "start" | "messages">): number {
  return messages.at(-1)?.revision ?? start;
}

/**
 * Checks what a subscriber was told against the table, in the manner of etcd's watch checker: ordered (revisions rise),
 * unique (none twice), reliable (whatever was wanted below the place that was told came), atomic (the events of one
 * transaction come adjacent), resumable (a stream goes on where the one before stood) and bookmarkable (a bookmark passes
 * over nothing that was wanted). `head` is what the subscriber must have come to in the end.
 */
export function checkRecord(
  table: readonly LogRow[],
  wants: (row: LogRow) => boolean,
  segments: readonly Segment[],
  head: number,
): Verdict {
  const faults: string[] = [];
  const told = new Map<number, number>();
  const rows = new Map(table.map((row) => [row.revision, row]));
  let place: number | null = null;
  const due: { from: number; to: number }[] = [];
  for (const [i, segment] of segments.entries()) {
    if (place !== null && !segment.isAnew && segment.start !== place)
      faults.push(`resumable: ${i} began at ${segment.start}, not at ${place}`);
    let at: number = segment.start;
    const [first] = segment.messages;
    if (first && (first.isEvent || first.revision !== segment.start))
      faults.push(`bookmarkable: ${i} did not begin with a bookmark`);
    for (const { revision, isEvent } of segment.messages) {
      if (revision < at || (isEvent && revision === at)) faults.push(`ordered: ${revision} came after ${at}`);
      if (isEvent) {
        const row = rows.get(revision);
        told.set(revision, (told.get(revision) ?? 0) + 1);
        if (!row || !wants(row)) faults.push(`filtered: ${revision} was not wanted`);
      }
      at = revision;
    }
    due.push({ from: place === null || segment.isAnew ? segment.start : Math.min(place, segment.start), to: at });
    place = at;
  }
  if (place !== null && place < head) due.push({ from: place, to: head });
  const isDue = (revision: number) => due.some(({ from, to }) => revision > from && revision <= to);
  const missing = table.filter((row) => isDue(row.revision) && wants(row) && !told.has(row.revision));
  for (const { revision } of missing) faults.push(`reliable: ${revision} was not told`);
  const twice = [...told].filter(([, times]) => times > 1);
  for (const [revision, times] of twice) faults.push(`unique: ${revision} was told ${times} times`);
  faults.push(...splitCommits(segments, rows));
  return { lost: missing.length, doubled: twice.length, faults };
}

/** Between two events of one transaction nothing else is told: it would lie between their revisions. */
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
