import { setTimeout as sleep } from "node:timers/promises";

const EACH_MS = 10;
const WITHIN_MS = 1_500;

/**
 * Makes the calls one after the other, 10 ms apart, and all of them within 1.5 seconds: clients that are disconnected
 * come back at once, and must not all do so in the same moment.
 */
export async function stagger(calls: readonly (() => void)[]): Promise<void> {
  const pause = Math.min(EACH_MS, WITHIN_MS / calls.length);
  const start = performance.now();
  for (const [i, call] of calls.entries()) {
    call();
    const ahead = start + (i + 1) * pause - performance.now();
    if (ahead >= 1) await sleep(ahead);
  }
}
