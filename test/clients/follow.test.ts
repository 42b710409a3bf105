import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import WebSocket from "ws";
import { startTcpProxy } from "../support/process/tcp-proxy.js";
import { followMoves, keepDeployed } from "./generated/follow.js";
import { follow } from "./generated/watch.js";
import { type Registry, startRegistry } from "./registry.js";

const soon = { timeout: 50_000, interval: 20 };

let registry: Registry;
beforeAll(async () => {
  registry = await startRegistry();
  writeFileSync(fileURLToPath(new URL("generated/token", import.meta.url)), `${registry.token}\n`);
});
afterAll(() => registry?.stop());

test("keepDeployed of follow.ts deploys what holds PRODUCTION, and each version that follows it", async () => {
  await registry.release("fraud", "first");
  const deployed: string[] = [];
  const stop = new AbortController();
  const done = keepDeployed(
    registry.url,
    async (model, version, source) => void deployed.push(`${model} v${version} ${source}`),
    stop.signal,
  );
  await expect.poll(() => deployed, soon).toEqual(["fraud v1 s3://models/first"]);
  await registry.release("other", "not-asked-for");
  await registry.release("fraud", "second");
  await expect.poll(() => deployed, soon).toEqual(["fraud v1 s3://models/first", "fraud v2 s3://models/second"]);
  stop.abort();
  await done;
});

test("followMoves of follow.ts calls for each promotion once, also after a pause", async () => {
  const moves: string[] = [];
  let saved: string | undefined = (await registry.data("{ head { cursor } }")).head.cursor;
  const listen = async (until: number) => {
    const stop = new AbortController();
    const onMove = async (model: string, cursor: string) => {
      moves.push(model);
      saved = cursor;
    };
    const done = followMoves(registry.url, saved, onMove, stop.signal);
    await expect.poll(() => moves.length, soon).toBe(until);
    stop.abort();
    await done;
  };
  await registry.release("move-a", "move-a");
  await listen(1);
  await registry.release("move-b", "move-b");
  await registry.release("move-c", "move-c");
  await listen(3);
  expect(moves).toEqual(["move-a", "move-b", "move-c"]);
});

test("watch.ts goes on after the last cursor when its connection is lost, and ends with a refusal", async () => {
  const proxy = await startTcpProxy({ host: "127.0.0.1", port: Number(new URL(registry.url).port) });
  const deployed: string[] = [];
  const stop = new AbortController();
  const options = {
    url: `ws://127.0.0.1:${proxy.port}/graphql`,
    token: async () => registry.token,
    deploy: async (move: { modelName: string; versionNumber: number }) =>
      void deployed.push(`${move.modelName} v${move.versionNumber}`),
    signal: stop.signal,
    webSocketImpl: WebSocket,
  };
  let isOpen = false;
  const save = async () => {
    isOpen = true;
  };
  try {
    const done = follow({ ...options, save });
    await expect.poll(() => isOpen, soon).toBe(true);
    await registry.release("looped", "looped-1");
    await expect.poll(() => deployed, soon).toEqual(["looped v1"]);
    await proxy.cut();
    await registry.release("looped", "looped-2");
    await proxy.restore();
    await expect.poll(() => deployed, soon).toEqual(["looped v1", "looped v2"]);
    stop.abort();
    await done;

    const unknown = follow({ ...options, save, after: "unknown", signal: new AbortController().signal });
    await expect(unknown).rejects.toMatchObject([{ extensions: { retryable: false } }]);
  } finally {
    stop.abort();
    await proxy.cut();
  }
});
