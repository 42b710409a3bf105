import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { WebSocketServer } from "ws";
import type { App } from "../../../src/app.js";
import type { Database } from "../../../src/store/connection/database.js";
import { openTestDatabase } from "../../support/database/database.js";
import { mintTestToken } from "../../support/server.js";
import { startServerOn } from "../../support/wiring.js";

/** Measured: a subscriber takes 10 kB, of which a plain `ws` server takes 3 kB for the socket. */
const MOST_TIMES_OF_PLAIN = 5;
/** Code that is compiled meanwhile counts, too. */
const MOST_LEFT_OF_HELD = 0.2;
const SUBSCRIBERS = 400;

let database: Database;
let app: App;
let plain: WebSocketServer;
let children: ChildProcess[];
let collect: () => void;
beforeAll(async () => {
  setFlagsFromString("--expose-gc");
  collect = runInNewContext("gc");
  database = await openTestDatabase();
  app = await startServerOn(database, { SHELFMARK_LIMIT_SUBSCRIPTIONS_PER_VIEWER: "1000" });
  const file = fileURLToPath(new URL("../../support/subscribers.mjs", import.meta.url));
  plain = await startPlainServer();
  const urls = [`http://127.0.0.1:${(plain.address() as AddressInfo).port}`, app.url];
  const token = await mintTestToken({ subject: "watcher" });
  children = urls.map((url) => fork(file, [url, token], { execArgv: [] }));
});
afterAll(async () => {
  for (const child of children) child.kill();
  plain.close();
  await app.stop();
  await database.close();
});

/** Says what a subscriber waits for, and keeps nothing but the socket. */
async function startPlainServer(): Promise<WebSocketServer> {
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  server.on("connection", (socket) => {
    socket.on("message", (data) => {
      const { type } = JSON.parse(String(data));
      socket.send(JSON.stringify({ type: type === "connection_init" ? "connection_ack" : "next" }));
    });
  });
  await once(server, "listening");
  return server;
}

async function hold(subscribers: ChildProcess, count: number): Promise<unknown> {
  subscribers.send(count);
  const [open] = await once(subscribers, "message");
  return open;
}

/** The size of the heap after garbage collection, once it does not change any more. */
async function heldBytes(): Promise<number> {
  for (let before = 0; ; ) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    collect();
    const { heapUsed } = process.memoryUsage();
    if (Math.abs(heapUsed - before) < SUBSCRIBERS * 100) return heapUsed;
    before = heapUsed;
  }
}

/** How many bytes all of them take, and how many of those are left when they have gone. */
async function measure(subscribers: ChildProcess): Promise<{ held: number; left: number }> {
  for (let round = 0; round < 2; round++) {
    await hold(subscribers, SUBSCRIBERS);
    await hold(subscribers, 0);
  }
  const before = await heldBytes();
  expect(await hold(subscribers, SUBSCRIBERS)).toBe(SUBSCRIBERS);
  const held = await heldBytes();
  expect(await hold(subscribers, 0)).toBe(0);
  const after = await heldBytes();
  // what was still to be collected before them is none of theirs
  return { held: held - Math.min(before, after), left: after - before };
}

test("a subscriber that waits takes a few times the memory of its socket, and one that has left takes none", async () => {
  const [ofPlain, ours] = [await measure(children[0] as ChildProcess), await measure(children[1] as ChildProcess)];
  console.info({ ofPlain, ours });
  expect(ours.held / ofPlain.held).toBeLessThan(MOST_TIMES_OF_PLAIN);
  expect(ours.left / ours.held).toBeLessThan(MOST_LEFT_OF_HELD);
});
