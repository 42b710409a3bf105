import { type ChildProcess, fork } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { WebSocket } from "ws";
import { killServerProcesses, startServerProcess } from "../support/process/server-process.js";
import { size } from "./size.js";

/**
 * Subscribers on one process, with ten matching events a second: how late each hears of them, and what the process spends
 * on it, beside a plain `ws` server that broadcasts the same bytes and graphql-ws with nothing behind it. Memory is told
 * twice, once garbage was collected: what the process has of the system, and what of its heap is alive.
 * `npm run build && node --import tsx test/bench/subscribers.ts 1000 10000`; on PostgreSQL with BENCH_DATABASE_URL (an
 * empty database).
 */
const COUNTS = process.argv.slice(2).map((count) => size(Number(count), Number(count) / 100));
const EVENTS = size(100, 5);
/** Not counted: what runs for the first time is compiled. */
const WARM_UP = size(20, 1);
/** These warm the process up; memory is what the others add. */
const FIRST = size(100, 2);
const PAUSE_MS = 100;
const CLOCK_TICKS = 100;
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

interface Measured {
  readonly p50: number;
  readonly p99: number;
  readonly cpuSeconds: number;
  readonly residentEach: number;
  readonly liveEach: number;
  readonly messages: number;
}

function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) / CLOCK_TICKS;
}

function residentKilobytes(pid: number): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
}

const LIVE = {
  LIVE_MEMORY_FILE: join(mkdtempSync(join(tmpdir(), "shelfmark-live-")), "bytes"),
  NODE_OPTIONS: `--expose-gc --import ${new URL("./live-memory.mjs", import.meta.url)}`,
};

async function liveKilobytes(pid: number): Promise<number> {
  rmSync(LIVE.LIVE_MEMORY_FILE, { force: true });
  process.kill(pid, "SIGUSR2");
  while (!existsSync(LIVE.LIVE_MEMORY_FILE)) await sleep(100);
  await sleep(100);
  return Number(readFileSync(LIVE.LIVE_MEMORY_FILE, "utf8")) / 1024;
}

/** The memory that is held when nothing moves any more. */
async function settled(pid: number): Promise<{ resident: number; live: number }> {
  await sleep(size(3_000, 100));
  const live = await liveKilobytes(pid);
  await sleep(1_000);
  return { resident: residentKilobytes(pid), live };
}

async function connect(count: number, open: () => Promise<WebSocket>): Promise<WebSocket[]> {
  const sockets: WebSocket[] = [];
  while (sockets.length < count) {
    const batch = Math.min(100, count - sockets.length);
    sockets.push(...(await Promise.all(Array.from({ length: batch }, open))));
  }
  return sockets;
}

async function measure(
  pid: number,
  count: number,
  open: (onEvent: (at: number) => void) => Promise<WebSocket>,
  publish: () => Promise<void>,
): Promise<Measured> {
  const late: number[] = [];
  const openOne = () => open((at) => void late.push(Date.now() - at));
  const sockets = await connect(FIRST, openOne);
  const before = await settled(pid);
  sockets.push(...(await connect(count - FIRST, openOne)));
  const held = await settled(pid);
  const run = async (events: number) => {
    for (let i = 0; i < events; i++) {
      const next = Date.now() + PAUSE_MS;
      await publish();
      await sleep(Math.max(0, next - Date.now()));
    }
  };
  await run(WARM_UP);
  await sleep(1_000);
  late.length = 0;
  const cpu = cpuSeconds(pid);
  await run(EVENTS);
  for (let waited = 0; late.length < count * EVENTS && waited < 120_000; waited += 100) await sleep(100);
  const spent = cpuSeconds(pid) - cpu;
  for (const socket of sockets) socket.terminate();
  const sorted = Float64Array.from(late).sort();
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
  return {
    p50: at(0.5),
    p99: at(0.99),
    cpuSeconds: spent,
    residentEach: (held.resident - before.resident) / (count - FIRST),
    liveEach: (held.live - before.live) / (count - FIRST),
    messages: late.length,
  };
}

const SUBSCRIBE = {
  type: "subscribe",
  id: "1",
  payload: { query: "subscription { stageChanged { cursor event { at modelName versionNumber from to } } }" },
};

function openSubscription(url: string, token: string, onEvent: (at: number) => void): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url.replace(/^http/, "ws"), "graphql-transport-ws");
    socket.on("error", reject);
    socket.on("open", () =>
      socket.send(JSON.stringify({ type: "connection_init", payload: { authorization: `Bearer ${token}` } })),
    );
    socket.on("message", (data) => {
      const { type, payload } = JSON.parse(String(data));
      if (type === "connection_ack") socket.send(JSON.stringify(SUBSCRIBE));
      if (type === "ping") socket.send(JSON.stringify({ type: "pong" }));
      if (type !== "next") return;
      const { event } = payload.data.stageChanged;
      if (event === null) resolve(socket);
      else onEvent(Date.parse(event.at));
    });
  });
}

async function measureShelfmark(count: number): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), "shelfmark-bench-"));
  const server = await startServerProcess({
    ...{ SHELFMARK_DATA: join(folder, "data"), LOG_LEVEL: "error", SHELFMARK_LIMIT_SUBSCRIPTIONS_PER_VIEWER: "100000" },
    ...LIVE,
    ...(process.env.BENCH_DATABASE_URL ? { DATABASE_URL: process.env.BENCH_DATABASE_URL } : {}),
  });
  const name = `bench-${Date.now()}`;
  await server.data(
    `mutation { createModelVersion(input: {model: {name: "${name}"}, createModel: true, source: "s3://b/x"}) { modelVersion { id } } }`,
  );
  let turn = 0;
  const publish = async () => {
    const to = turn++ % 2 === 0 ? "STAGING" : "PRODUCTION";
    await server.data(
      `mutation { transitionModelVersion(input: {version: {number: {model: "${name}", number: 1}}, to: ${to}}) { transition { id } } }`,
    );
  };
  const measured = await measure(
    server.pid,
    count,
    (onEvent) => openSubscription(server.url, server.token, onEvent),
    publish,
  );
  await killServerProcesses();
  rmSync(folder, { recursive: true, force: true });
  return measured;
}

async function measurePeer(
  file: string,
  count: number,
  openAt: (port: number, onEvent: (at: number) => void) => Promise<WebSocket>,
): Promise<Measured> {
  const child: ChildProcess = fork(fileURLToPath(new URL(file, import.meta.url)), { env: { ...process.env, ...LIVE } });
  const port = await new Promise<number>((resolve) => child.once("message", (message) => resolve(Number(message))));
  const publish = async () => void child.send(new Date().toISOString());
  const measured = await measure(child.pid ?? 0, count, (onEvent) => openAt(port, onEvent), publish);
  child.kill();
  return measured;
}

function openPlain(port: number, onEvent: (at: number) => void): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}`);
    socket.on("error", reject);
    socket.on("open", () => resolve(socket));
    socket.on("message", (data) => onEvent(Date.parse(JSON.parse(String(data)).payload.data.stageChanged.event.at)));
  });
}

const openBare = (port: number, onEvent: (at: number) => void) =>
  openSubscription(`http://127.0.0.1:${port}/graphql`, "none", onEvent);

for (const count of COUNTS) {
  const plain = await measurePeer("./plain-broadcast.mjs", count, openPlain);
  const bare = await measurePeer("./bare-graphql-ws.mjs", count, openBare);
  const ours = await measureShelfmark(count);
  for (const [who, { p50, p99, cpuSeconds: cpu, residentEach, liveEach, messages }] of Object.entries({
    "plain ws": plain,
    "graphql-ws alone": bare,
    Shelfmark: ours,
  }))
    console.log(
      `${count} subscribers, ${who}: p50 ${p50} ms, p99 ${p99} ms, ${cpu.toFixed(1)} s of CPU for ${messages} messages, ${residentEach.toFixed(1)} kB each, ${liveEach.toFixed(1)} of them alive`,
    );
  for (const [who, peer] of Object.entries({ "plain ws": plain, "graphql-ws alone": bare }))
    console.log(
      `${count} subscribers, Shelfmark to ${who}: p99 ${(ours.p99 / peer.p99).toFixed(1)}, CPU ${(ours.cpuSeconds / peer.cpuSeconds).toFixed(1)}, memory ${(ours.residentEach / peer.residentEach).toFixed(1)}, alive ${(ours.liveEach / peer.liveEach).toFixed(1)}`,
    );
}
process.exit(0);
