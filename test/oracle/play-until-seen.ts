/** How often each kind of step ended in which way. */
export type Seen = ReadonlyMap<string, number>;

/** So many more histories are played at a time while an ending has not been seen. */
const MORE = 20;
const MOST = 400;

interface Histories {
  readonly runs: number;
  /** The same seed plays the same histories. */
  readonly seed: number | undefined;
  /** The ways of ending that must be seen. */
  readonly endings: readonly string[];
}

/** Plays histories, and more of them until each ending was seen. Returns the endings that still were not, and all that were. */
export async function playUntilSeen(
  play: (numRuns: number, seed?: number) => Promise<Seen>,
  { runs, seed, endings }: Histories,
): Promise<{ missing: readonly string[]; seen: Seen }> {
  const seen = new Map(await play(runs, seed));
  const missing = () => endings.filter((ending) => !seen.has(ending));
  for (let played = runs; missing().length > 0 && played < MOST; played += MORE) {
    const more = await play(Math.min(MORE, MOST - played), seed === undefined ? undefined : seed + played);
    for (const [ending, times] of more) seen.set(ending, (seen.get(ending) ?? 0) + times);
  }
  return { missing: missing(), seen };
}
