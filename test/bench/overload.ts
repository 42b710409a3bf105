import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { killServerProcesses, startServerProcess } from "../support/process/server-process.js";
import { size } from "./size.js";

/**
 * A server under ten times the load that it can sustain: what it takes, what it sheds, how late, and what it holds. The
 * load that it sustains is measured first, by a few clients that wait for their answers; then requests come by the clock,
 * on connections that are open already, as those of a proxy are: node takes one new connection a turn of its event loop.
 * `npm run build && node --import tsx test/bench/overload.ts`; on PostgreSQL with BENCH_DATABASE_URL (an empty database).
 */
const SUSTAINED_CLIENTS = 16;
const SECONDS = size(8, 1);
const TIMES = 10;
const TICK_MS = 5;
const SOCKETS = size(2_000, 50);
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const folder = mkdtempSync(join(tmpdir(), "shelfmark-bench-"));
const server = await startServerProcess({
  ...{ SHELFMARK_DATA: join(folder, "data"), LOG_LEVEL: "error" },
  ...(process.env.BENCH_DATABASE_URL ? { DATABASE_URL: process.env.BENCH_DATABASE_URL } : {}),
});
for (let i = 0; i < 50; i++) {
  const tags = `[{ key: "team", value: "t${i}" }]`;
  await server.data(
    `mutation { createModelVersion(input: { model: { name: "m${i}" }, createModel: true, source: "s3://b/${i}", tags: ${tags} }) { modelVersion { id } } }`,
  );
}

const QUERY = `{ models(first: 50) { nodes { name latestVersion { number stage tags { key value } } stages { stage count } } } }`;
const body = JSON.stringify({ query: QUERY });
const { hostname, port } = new URL(server.url);
const REQUEST = `POST /graphql HTTP/1.1\r\nhost: ${hostname}:${port}\r\nauthorization: Bearer ${server.token}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;

interface Answer {
  readonly status: number;
  readonly ms: number;
}

/** One connection that sends whole requests and looks at heads only: the client must be cheaper than the server. */
class Client {
  private socket: Socket | null = null;
  private heard = "";
  private resolve: (status: number) => void = () => {};

  async ask(): Promise<Answer> {
    const start = performance.now();
    this.heard = "";
    const status = await new Promise<number>((resolve) => {
      this.resolve = resolve;
      (this.socket ?? this.connect()).write(REQUEST);
    });
    return { status, ms: performance.now() - start };
  }

  open(): Promise<void> {
    return new Promise((resolve) => void this.connect().once("connect", () => resolve()));
  }

  private connect(): Socket {
    const socket = connect({ port: Number(port), host: hostname, noDelay: true });
    this.socket = socket;
    const end = () => {
      if (this.socket !== socket) return;
      this.socket = null;
      this.resolve(this.statusHeard() ?? 0);
    };
    socket.on("error", end).on("close", end);
    socket.on("data", (data) => {
      this.heard += data.toString("latin1");
      const length = /\r\ncontent-length: (\d+)\r\n/i.exec(this.heard)?.[1];
      const head = this.heard.indexOf("\r\n\r\n");
      const isWhole = length ? this.heard.length >= head + 4 + Number(length) : this.heard.endsWith("\r\n0\r\n\r\n");
      if (head >= 0 && isWhole && !/\r\nconnection: close\r\n/i.test(this.heard)) this.resolve(this.statusHeard() ?? 0);
    });
    return socket;
  }

  private statusHeard(): number | undefined {
    const status = /^HTTP\/1\.1 (\d{3})/.exec(this.heard)?.[1];
    return status ? Number(status) : undefined;
  }

  close(): void {
    this.socket?.destroy();
  }
}

function residentMegabytes(): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${server.pid}/status`, "utf8"))?.[1]) / 1024;
}

const clients: Client[] = [];

/** All connections, open before anything comes over them. */
async function openAll(): Promise<void> {
  while (clients.length < SOCKETS) {
    const batch = Array.from({ length: SUSTAINED_CLIENTS }, () => new Client());
    clients.push(...batch);
    await Promise.all(batch.map((client) => client.open()));
  }
}

/** Asks at a rate, whoever has answered; gives up asking where no connection is left. */
async function load(perSecond: number, seconds: number) {
  const answers: Answer[] = [];
  const free = [...clients];
  let [due, unsent, memory, open] = [0, 0, 0, 0];
  const start = performance.now();
  let last = start;
  while (performance.now() - start < seconds * 1000) {
    await sleep(TICK_MS);
    due += ((performance.now() - last) / 1000) * perSecond;
    last = performance.now();
    for (; due >= 1; due--) {
      const used = free.pop();
      if (!used) {
        unsent++;
        continue;
      }
      open++;
      void used.ask().then((answer) => {
        open--;
        answers.push(answer);
        free.push(used);
      });
    }
    memory = Math.max(memory, residentMegabytes());
  }
  for (let waited = 0; open > 0 && waited < 30_000; waited += 50) await sleep(50);
  return { answers, unsent, memory, seconds };
}

async function sustained(): Promise<number> {
  let count = 0;
  const end = performance.now() + SECONDS * 1000;
  const own = Array.from({ length: SUSTAINED_CLIENTS }, () => new Client());
  clients.push(...own);
  await Promise.all(
    own.map(async (client) => {
      while (performance.now() < end) if ((await client.ask()).status === 200) count++;
    }),
  );
  return count / SECONDS;
}

function p99(answers: readonly Answer[]): string {
  const sorted = answers.map(({ ms }) => ms).sort((a, b) => a - b);
  return `${(sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN).toFixed(0)} ms`;
}

function tell(when: string, { answers, unsent, memory, seconds }: Awaited<ReturnType<typeof load>>): void {
  const accepted = answers.filter(({ status }) => status === 200);
  const shed = answers.filter(({ status }) => status === 503);
  const other = answers.length - accepted.length - shed.length;
  console.log(
    `${when}: ${answers.length + unsent} asked in ${seconds} s, ${accepted.length} accepted (p99 ${p99(accepted)}), ${shed.length} shed with 503 (p99 ${p99(shed)}), ${unsent} unsent, ${other} other, ${memory.toFixed(0)} MB`,
  );
}

await sustained();
const rate = await sustained();
await openAll();
console.log(`${SUSTAINED_CLIENTS} clients that wait for their answers: ${rate.toFixed(0)} a second`);
tell("before, at half of that", await load(rate / 2, SECONDS));
tell(`during, at ${TIMES} times of that`, await load(rate * TIMES, SECONDS));
tell("after, at half of that", await load(rate / 2, SECONDS));
for (const client of clients) client.close();
await killServerProcesses();
rmSync(folder, { recursive: true, force: true });
process.exit(0);
