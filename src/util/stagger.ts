import { setTimeout as sleep } from "node:timers/promises";

const PAUSE_MS = 10;
const TOTAL_MS = 1_500;

/**
 * Makes the calls one after the other, 10 ms apart, and all of them within 1.5 s. Clients that are disconnected reconnect
 * at once, and must not all do so in the same moment.
 */
export async function stagger(calls: readonly (() => void)[]): Promise<void> {
  const pause = Math.min(PAUSE_MS, TOTAL_MS / calls.length);
  const start = performance.now();
  for (const [i, call] of calls.entries()) {
    call();
    const ahead = start + (i + 1) * pause - performance.now();
    if (ahead >= 1) await sleep(ahead);
  }
}
