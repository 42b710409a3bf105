import { setTimeout as sleep } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { reconcile, watch } from "../../src/client/index.js";
import { startTestServer, type TestServer } from "../support/server.js";

setFlagsFromString("--expose-gc");
const collectGarbage: () => void = runInNewContext("gc");

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  await server.data(`mutation {
    createModelVersion(input: { model: { name: "m" }, createModel: true, source: "s3://b/x" }) { modelVersion { id } }
    transitionModelVersion(input: { version: { number: { model: "m", number: 1 } }, to: PRODUCTION }) { transition { id } }
  }`);
});
afterAll(() => server.stop());

async function stopsAfterCollections(start: (signal: AbortSignal, onStart: () => void) => Promise<void>) {
  const stopping = new AbortController();
  let hasStarted = false;
  const done = start(stopping.signal, () => {
    hasStarted = true;
  });
  await expect.poll(() => hasStarted).toBe(true);
  for (let round = 0; round < 10; round++) {
    collectGarbage();
    await sleep(20);
  }
  stopping.abort();
  await done;
}

test("reconcile stops when its signal aborts, also when its request was garbage collected meanwhile", async () => {
  const options = { url: server.url, token: () => server.token(), at: { stage: "PRODUCTION" } as const };
  await stopsAfterCollections((signal, onStart) => reconcile({ ...options, signal, apply: async () => onStart() }));
});

test("so does watch", async () => {
  const { head } = await server.data("{ head { cursor } }");
  const options = { url: server.url, token: () => server.token(), after: head.cursor, onEvent: async () => {} };
  await stopsAfterCollections((signal, onStart) => watch({ ...options, signal, onBookmark: onStart }));
});
