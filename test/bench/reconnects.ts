import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { killServerProcesses, startServerProcess } from "../support/process/server-process.js";
import { size } from "./size.js";

/**
 * How long after a server came back the last of its watchers, who all come back at once, is told again: while nobody
 * writes, and while many do. `npm run build && node --import tsx test/bench/reconnects.ts`; on PostgreSQL with
 * BENCH_DATABASE_URL (an empty database).
 */
const WATCHERS = size(200, 4);
const WRITERS = size(32, 2);
const WARM_UP_MS = size(2_000, 100);
const WATCH = `subscription ($after: String) { registryEvents(where: { models: ["m0"] }, after: $after) { cursor } }`;
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const folder = mkdtempSync(join(tmpdir(), "shelfmark-bench-"));
const env = {
  ...{ SHELFMARK_DATA: join(folder, "data"), LOG_LEVEL: "error", SHELFMARK_LIMIT_ADDRESS_REQUESTS: "1000000" },
  ...(process.env.BENCH_DATABASE_URL ? { DATABASE_URL: process.env.BENCH_DATABASE_URL } : {}),
};
const register = (name: string) =>
  `mutation { createModelVersion(input: { model: { name: "${name}" }, createModel: true, source: "s3://b/x" }) { modelVersion { id } } }`;

async function comeBack(writers: number): Promise<void> {
  const former = await startServerProcess(env);
  for (let i = 0; i < 50; i++) await former.data(register(`before${i}`));
  const { head } = await former.data("{ head { cursor } }");
  for (let i = 0; i < 5; i++) await former.data(register("m0"));
  await former.kill("SIGKILL");

  const server = await startServerProcess(env);
  let [written, isOver] = [0, false];
  const write = async (name: string) => {
    for (; !isOver; written++) await server.data(register(name));
  };
  const writing = Array.from({ length: writers }, (_, i) => write(`writer${i}`));
  await sleep(WARM_UP_MS);
  const [start, before] = [performance.now(), written];
  const late = await Promise.all(
    Array.from({ length: WATCHERS }, async () => {
      const stream = server.watch(WATCH, { after: head.cursor });
      // a bookmark, and what was missed
      for (let told = 0; told < 6; told++) {
        const { value, done } = await stream.next();
        if (done || value.errors) throw new Error(`A watcher was refused: ${JSON.stringify(value?.errors)}`);
      }
      const ms = performance.now() - start;
      await stream.return?.();
      return ms;
    }),
  );
  const rate = ((written - before) * 1_000) / (performance.now() - start);
  isOver = true;
  await Promise.all(writing);
  late.sort((a, b) => a - b);
  const [half, last] = [late[WATCHERS / 2], late.at(-1)].map((ms) => `${(ms ?? Number.NaN).toFixed(0)} ms`);
  console.log(
    `${WATCHERS} watchers come back while ${writers} write (${rate.toFixed(0)} a second): half were told what they had missed after ${half}, all after ${last}`,
  );
  await server.kill("SIGTERM");
}

for (const writers of [0, WRITERS]) await comeBack(writers);
await killServerProcesses();
rmSync(folder, { recursive: true, force: true });
process.exit(0);
