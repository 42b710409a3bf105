import type { Socket as NetSocket } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { mintTestToken } from "../support/server.js";
import { openServers } from "../support/servers.js";
import { stopClock } from "../support/stop-clock.js";
import { BOOKMARKS, initSocket, openSocket, post } from "../support/transports.js";

let servers: Awaited<ReturnType<typeof openServers>>;
let url: string;
beforeAll(async () => {
  servers = await openServers();
  // The default limits.
  url = await servers.serve({});
});
afterAll(() => servers.stop());

const ALLOWED = 100;
const VIEWER = { query: "{ viewer { actor { subject } } }" };

test("of 1 000 subscriptions on one socket the allowed number opens, the others are refused, and other clients do not wait", async () => {
  const socket = await openSocket(url, await mintTestToken({ subject: "mallory" }));
  const ids = Array.from({ length: 1_000 }, (_, i) => String(i));
  for (const id of ids) socket.subscribe(id, BOOKMARKS);
  const answer = await post(url, await mintTestToken({ subject: "somebody else" }), VIEWER);
  expect(await answer.json()).toEqual({ data: { viewer: { actor: { subject: "somebody else" } } } });
  const counts = { opened: 0, refused: 0 };
  const answered = new Set<string>();
  while (answered.size < ids.length) {
    const message = await socket.next();
    if (!("type" in message) || message.id === undefined) throw new Error(JSON.stringify(message));
    if (answered.has(message.id)) continue;
    answered.add(message.id);
    if (message.type === "next") counts.opened++;
    else if (message.payload[0].extensions.code === "RATE_LIMITED") counts.refused++;
  }
  expect(counts).toEqual({ opened: ALLOWED, refused: ids.length - ALLOWED });
  await socket.close();
});

test("a flood of connection_init with guessed tokens locks out its own address only", async () => {
  stopClock();
  const behindProxy = await servers.serve({
    SHELFMARK_TRUSTED_PROXIES: "127.0.0.1",
    SHELFMARK_LIMIT_ADDRESS_REQUESTS: "200",
  });
  const from = (address: string) => ({ "x-forwarded-for": address });
  const guess = async () => {
    const { first } = await initSocket(behindProxy, { authorization: "Bearer guess" }, from("198.51.100.1"));
    return "code" in first ? first.code : "let in";
  };
  const heard: unknown[] = [];
  for (let i = 0; i < 30; i++) heard.push(await guess().catch(({ message }: Error) => message));
  const looked = heard.filter((each) => each === 4403).length;
  expect(looked).toBeGreaterThan(0);
  expect(looked, "a token that is refused counts as 20 requests").toBeLessThan(12);
  expect(new Set(heard.slice(looked))).toEqual(new Set(["Unexpected server response: 429"]));
  const token = await mintTestToken();
  const { first } = await initSocket(behindProxy, { authorization: `Bearer ${token}` }, from("198.51.100.2"));
  expect(first).toEqual({ type: "connection_ack" });
  expect((await post(behindProxy, token, VIEWER, from("198.51.100.2"))).status).toBe(200);
});

test("a frame that announces 100 MiB closes its socket before they arrive", async () => {
  const socket = await openSocket(url, await mintTestToken());
  const header = Buffer.alloc(14);
  // RFC 6455 §5.2: the last fragment of a text, masked, with a length of 64 bits.
  header.writeUInt8(0x81, 0);
  header.writeUInt8(0xff, 1);
  header.writeBigUInt64BE(100n * 1024n * 1024n, 2);
  (socket.ws as unknown as { _socket: NetSocket })._socket.write(header);
  expect(await socket.closed).toMatchObject({ code: 1009 });
  expect((await post(url, await mintTestToken(), VIEWER)).status).toBe(200);
});
