const EACH_MS = 10;
const WITHIN_MS = 1_500;

/**
 * Calls one after the other, within a second or two however many they are: those who are sent away come again, and must
 * not all come in the same moment.
 */
export async function spread(calls: readonly (() => void)[]): Promise<void> {
  const pause = Math.min(EACH_MS, WITHIN_MS / calls.length);
  const start = performance.now();
  for (const [i, call] of calls.entries()) {
    call();
    const ahead = start + (i + 1) * pause - performance.now();
    if (ahead >= 1) await new Promise((resolve) => setTimeout(resolve, ahead));
  }
}
