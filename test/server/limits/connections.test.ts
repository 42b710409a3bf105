import { connect, type Socket as NetSocket } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { eventually } from "../../support/eventually.js";
import { mintTestToken } from "../../support/server.js";
import { openServers } from "../../support/servers.js";
import { initSocket, openSocket, Socket } from "../../support/transports.js";

let servers: Awaited<ReturnType<typeof openServers>>;
beforeAll(async () => {
  servers = await openServers();
});
afterAll(() => servers.stop());

/** Opens a connection; null if the server closes it at once. */
async function connectTo(url: string, from = "127.0.0.1"): Promise<NetSocket | null> {
  const { port } = new URL(url);
  const socket = connect({ port: Number(port), host: "127.0.0.1", localAddress: from });
  socket.on("error", () => {});
  const head = new Promise<string>((resolve) => {
    socket.once("data", (data) => resolve(String(data)));
    socket.once("close", () => resolve(""));
  });
  socket.write("GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n");
  return /^HTTP\/1.1 200/.test(await head) ? socket : null;
}

async function connectAll(url: string, count: number, from?: string) {
  const sockets: (NetSocket | null)[] = [];
  for (let i = 0; i < count; i++) sockets.push(await connectTo(url, from));
  return { sockets, kept: sockets.filter((socket) => socket !== null) };
}

const end = (sockets: readonly NetSocket[]) => {
  for (const socket of sockets) socket.destroy();
};

describe("connections", () => {
  test("are bounded for one address: those of other addresses, and those after one has closed, are accepted", async () => {
    const url = await servers.serve({ SHELFMARK_LIMIT_ADDRESS_CONNECTIONS: "3" });
    const mine = await connectAll(url, 5);
    expect(mine.sockets.map((socket) => socket !== null)).toEqual([true, true, true, false, false]);
    const others = await connectAll(url, 3, "127.0.0.2");
    expect(others.kept).toHaveLength(3);
    mine.kept[0]?.destroy();
    const next = await eventually(async () => {
      const socket = await connectTo(url);
      expect(socket).not.toBeNull();
      return socket as NetSocket;
    });
    end([next, ...mine.kept, ...others.kept]);
  });

  test("of WebSockets count for as long as they are open", async () => {
    const url = await servers.serve({ SHELFMARK_LIMIT_ADDRESS_CONNECTIONS: "1" });
    const socket = await openSocket(url, await mintTestToken());
    expect(await connectTo(url)).toBeNull();
    await socket.close();
    const next = await eventually(async () => {
      const socket = await connectTo(url);
      expect(socket).not.toBeNull();
      return socket as NetSocket;
    });
    end([next]);
  });

  test("of a trusted proxy are bounded by the total only", async () => {
    const url = await servers.serve({
      SHELFMARK_LIMIT_ADDRESS_CONNECTIONS: "1",
      SHELFMARK_LIMIT_CONNECTIONS: "4",
      SHELFMARK_TRUSTED_PROXIES: "127.0.0.0/30",
    });
    const { sockets, kept } = await connectAll(url, 6);
    expect(sockets.map((socket) => socket !== null)).toEqual([true, true, true, true, false, false]);
    end(kept);
  });
});

describe("before its token is verified a socket", () => {
  const FILLER = "x".repeat(5_000);

  test("may send little more than a token, in one frame or in many of an endless message", async () => {
    const url = await servers.serve({ SHELFMARK_LIMIT_GREETING_BYTES: "4096" });
    const { first } = await initSocket(url, { authorization: `Bearer ${await mintTestToken()}`, filler: FILLER });
    expect(first).toEqual({ code: 1009, reason: "More than 4096 bytes before connection_init" });

    const endless = new Socket(url);
    await new Promise((resolve) => endless.ws.once("open", resolve));
    for (let i = 0; i < 100; i++) endless.ws.send("x".repeat(100), { fin: false });
    expect(await endless.closed).toMatchObject({ code: 1009 });
  });

  test("may not send more while it closes, even if its client ignores the close", async () => {
    const url = await servers.serve({ SHELFMARK_LIMIT_GREETING_BYTES: "4096" });
    const deaf = new Socket(url);
    await new Promise((resolve) => deaf.ws.once("open", resolve));
    deaf.ws.pause();
    deaf.ws.send("not a message of the protocol");
    const sending = setInterval(() => deaf.ws.send("x".repeat(1_000), { fin: false }, () => {}), 20);
    await expect.poll(() => deaf.ws.readyState).not.toBe(deaf.ws.OPEN);
    clearInterval(sending);
    deaf.ws.terminate();
  });

  test("has a small limit, which ends once the token is verified", async () => {
    const url = await servers.serve({ SHELFMARK_LIMIT_GREETING_BYTES: "4096" });
    const socket = await openSocket(url, await mintTestToken());
    const query = "query ($name: String!) { model(name: $name) { id } }";
    expect(await socket.answer("1", query, { name: "m" })).toMatchObject({ data: { model: null } });
    for (let i = 0; i < 5; i++)
      expect(await socket.answer(`l${i}`, query, { name: FILLER })).toMatchObject({ data: { model: null } });
    await socket.close();
  });
});
