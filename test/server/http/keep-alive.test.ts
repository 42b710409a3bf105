import { Agent, type IncomingMessage, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { LIMIT_RULES } from "../../../src/config/limits.js";
import { eventually } from "../../support/eventually.js";
import { holdField } from "../../support/hold-field.js";
import { mintTestToken } from "../../support/server.js";
import { openServers } from "../../support/servers.js";
import { post } from "../../support/transports.js";

let servers: Awaited<ReturnType<typeof openServers>>;
beforeAll(async () => {
  servers = await openServers();
});
afterAll(() => servers.stop());

/** Sends a request over the agent's connection. Resolves to its response, and whether the connection was used before. */
function ask(url: string, agent: Agent, path = "/healthz"): Promise<{ response: IncomingMessage; isReused: boolean }> {
  return new Promise((resolve, reject) => {
    const asked = request(new URL(path, url), { agent }, (response) => {
      response.resume();
      response.on("end", () => resolve({ response, isReused: asked.reusedSocket }));
    });
    asked.on("error", reject);
    asked.end();
  });
}

test("an idle connection is kept longer than a balancer keeps its own, also past the time for headers", async () => {
  const url = await servers.serve({ SHELFMARK_LIMIT_HEADERS_MS: "100", SHELFMARK_LIMIT_BODY_MS: "200" });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const { response } = await ask(url, agent);
  expect(response.headers["keep-alive"]).toBe("timeout=75");
  expect(LIMIT_RULES.keepAliveMs.fallback, "nginx, AWS and Envoy keep theirs for 60 s").toBeGreaterThan(60_000);
  await sleep(600);
  expect((await ask(url, agent)).isReused).toBe(true);
  agent.destroy();
});

test("the time is configured", async () => {
  const url = await servers.serve({ SHELFMARK_LIMIT_KEEP_ALIVE_MS: "1000" });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  expect((await ask(url, agent)).response.headers["keep-alive"]).toBe("timeout=1");
  await eventually(() => expect(Object.keys(agent.freeSockets)).toEqual([]));
  agent.destroy();
});

test("a server that stops says so in its last answers", async () => {
  const held = holdField("Query", "viewer");
  const app = await openServers();
  const url = await app.serve({});
  const token = await mintTestToken();
  const answer = post(url, token, { query: "{ viewer { actor { subject } } }" });
  await expect.poll(held.asked).toBe(1);
  const stopped = app.stop();
  held.release();
  expect((await answer).headers.get("connection")).toBe("close");
  await stopped;
  held.restore();
});
