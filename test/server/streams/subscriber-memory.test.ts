import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { App } from "../../../src/app.js";
import type { Database } from "../../../src/store/connection/database.js";
import { openTestDatabase } from "../../support/database/database.js";
import { mintTestToken } from "../../support/server.js";
import { startServerOn } from "../../support/wiring.js";

/** Measured: 10 kB, of which a plain `ws` server takes 3 kB for the socket. */
const MOST_BYTES = 13_000;
/** Code that is compiled meanwhile counts, too. */
const MOST_LEFT_BYTES = 2_000;
const SUBSCRIBERS = 400;

let database: Database;
let app: App;
let subscribers: ChildProcess;
let collect: () => void;
beforeAll(async () => {
  setFlagsFromString("--expose-gc");
  collect = runInNewContext("gc");
  database = await openTestDatabase();
  app = await startServerOn(database, { SHELFMARK_LIMIT_SUBSCRIPTIONS_PER_VIEWER: "1000" });
  const file = fileURLToPath(new URL("../../support/subscribers.mjs", import.meta.url));
  subscribers = fork(file, [app.url, await mintTestToken({ subject: "watcher" })], { execArgv: [] });
});
afterAll(async () => {
  subscribers.kill();
  await app.stop();
  await database.close();
});

async function hold(count: number): Promise<unknown> {
  subscribers.send(count);
  const [open] = await once(subscribers, "message");
  return open;
}

/** The size of the heap after garbage collection. */
async function heldBytes(): Promise<number> {
  for (let i = 0; i < 3; i++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    collect();
  }
  return process.memoryUsage().heapUsed;
}

test("a subscriber that waits takes a few kilobytes, and one that has left takes none", async () => {
  for (let round = 0; round < 2; round++) {
    await hold(SUBSCRIBERS);
    await hold(0);
  }
  const before = await heldBytes();
  expect(await hold(SUBSCRIBERS)).toBe(SUBSCRIBERS);
  const held = await heldBytes();
  expect(await hold(0)).toBe(0);
  const after = await heldBytes();
  expect((held - before) / SUBSCRIBERS).toBeLessThan(MOST_BYTES);
  expect((after - before) / SUBSCRIBERS).toBeLessThan(MOST_LEFT_BYTES);
});
