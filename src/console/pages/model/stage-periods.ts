interface Move {
  readonly at: string;
  readonly from: string;
  readonly to: string;
  readonly versionNumber: number;
}

/** For how long a version was the holder of a stage; `end` is null while it is. Times in milliseconds. */
export interface Period {
  readonly versionNumber: number;
  readonly start: number;
  readonly end: number | null;
}

/** Who held the stage when, the oldest first. The holder is the version in it that entered last. */
export function periodsOf(stage: string, newestFirst: readonly Move[]): readonly Period[] {
  const periods: Period[] = [];
  const inside: number[] = [];
  const hand = (at: number, holder: number | undefined) => {
    const last = periods.at(-1);
    if (last && last.end === null) {
      if (last.versionNumber === holder) return;
      periods[periods.length - 1] = { ...last, end: at };
    }
    if (holder !== undefined) periods.push({ versionNumber: holder, start: at, end: null });
  };
  for (const { at, from, to, versionNumber } of [...newestFirst].reverse()) {
    if (from === stage) inside.splice(inside.lastIndexOf(versionNumber) >>> 0, 1);
    if (to === stage) inside.push(versionNumber);
    if (from === stage || to === stage) hand(new Date(at).getTime(), inside.at(-1));
  }
  return periods;
}
