/** How often each kind of step ended in which way. */
export type Seen = ReadonlyMap<string, number>;

/** Plays so many random histories, the same for the same seed. */
export type Play = (numRuns: number, seed?: number) => Promise<Seen>;

/** So many more are played at a time while an ending has not been seen. */
const MORE = 20;
const MOST = 400;

/** Plays histories, and more of them until each ending was seen. Returns the endings that still were not, and all that were. */
export async function playUntilSeen(
  play: Play,
  {
    runs,
    seed,
    endings,
  }: { readonly runs: number; readonly seed: number | undefined; readonly endings: readonly string[] },
): Promise<{ missing: readonly string[]; seen: Seen }> {
  const seen = new Map(await play(runs, seed));
  const missing = () => endings.filter((ending) => !seen.has(ending));
  for (let played = runs; missing().length > 0 && played < MOST; played += MORE) {
    const more = await play(Math.min(MORE, MOST - played), seed === undefined ? undefined : seed + played);
    for (const [ending, times] of more) seen.set(ending, (seen.get(ending) ?? 0) + times);
  }
  return { missing: missing(), seen };
}
