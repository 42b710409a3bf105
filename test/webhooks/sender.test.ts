import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { createServer, type Server, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import type { ResolveHost } from "../../src/webhooks/resolve-host.js";
import { createSender, type SenderOptions } from "../../src/webhooks/sender.js";
import { createSecret } from "../../src/webhooks/signature.js";
import { type Receiver, startReceiver } from "./receiver.js";

let receiver: Receiver;
beforeEach(async () => {
  receiver = await startReceiver();
});
afterEach(() => receiver.stop());

const resolvesTo =
  (...addresses: string[]): ResolveHost =>
  async () =>
    addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 }));

function post(url: string, options: Partial<SenderOptions> = {}) {
  const sender = createSender({ allow: [], isLocal: true, now: () => new Date(), ...options });
  return sender.send({ url, id: "one", format: "CLOUDEVENTS", body: "{}", secrets: [createSecret()] });
}

test("the receiver's response is the outcome", async () => {
  expect(await post(receiver.url)).toMatchObject({ responseCode: 204, error: null, retryAfterMs: null });
  receiver.answer = 500;
  expect(await post(receiver.url)).toMatchObject({ responseCode: 500, error: "The receiver responded with 500." });
});

test.each([301, 302, 303, 307, 308])("a redirect (%i) is not followed", async (code) => {
  const other = await startReceiver();
  receiver.answer = (response) => response.writeHead(code, { location: other.url }).end();
  expect(await post(receiver.url)).toMatchObject({
    responseCode: code,
    error: `The receiver responded with ${code}; redirects are not followed.`,
  });
  expect(other.received).toEqual([]);
  await other.stop();
});

describe("a host name", () => {
  const named = () => `http://hooks.example:${receiver.port}/hook`;

  test("that resolves differently after the check leads to the checked address", async () => {
    const rebound = await startReceiver({ host: "127.0.0.2", port: receiver.port });
    const answers = ["127.0.0.1", "127.0.0.2", "10.9.9.9"];
    let asked = 0;
    const resolve: ResolveHost = async () => resolvesTo(answers[asked++] ?? "")("");
    expect(await post(named(), { resolve })).toMatchObject({ responseCode: 204 });
    expect(asked, "one look-up for one connection").toBe(1);
    expect([receiver.received.length, rebound.received.length]).toEqual([1, 0]);
    expect(receiver.received[0]?.headers.host).toBe(`hooks.example:${receiver.port}`);
    await post(named(), { resolve });
    expect(await post(named(), { resolve }), "the next connection is checked anew").toMatchObject({
      responseCode: null,
      error: expect.stringContaining("https only"),
    });
    expect([receiver.received.length, rebound.received.length]).toEqual([1, 1]);
    await rebound.stop();
  });

  test.each([["10.0.0.1"], ["169.254.169.254"], ["::ffff:10.0.0.1"], ["127.0.0.1", "10.0.0.1"], ["fd00:ec2::254"]])(
    "with the address %s is refused, whatever other addresses it has",
    async (...addresses) => {
      const https = named().replace("http:", "https:");
      const outcome = await post(https, { resolve: resolvesTo(...addresses) });
      expect(outcome).toMatchObject({ responseCode: null, error: expect.stringContaining("private or special") });
      expect(receiver.received).toEqual([]);
    },
  );

  test("without an address, or an unknown one, is an error", async () => {
    expect((await post(named(), { resolve: async () => [] })).error).toBe("The host has no address.");
    const unknown = Object.assign(new Error("queryA ENOTFOUND"), { code: "ENOTFOUND" });
    const outcome = await post(named(), { resolve: () => Promise.reject(unknown) });
    expect(outcome.error).toBe("The receiver could not be reached: ENOTFOUND.");
  });

  test("localhost is allowed in local mode and refused otherwise", async () => {
    const url = `http://localhost:${receiver.port}/hook`;
    expect(await post(url)).toMatchObject({ responseCode: 204 });
    const outcome = await post(url.replace("http:", "https:"), { isLocal: false });
    expect(outcome.error).toMatch("private or special");
  });
});

test.each([
  "https://10.0.0.1/",
  "https://2130706433/",
  "https://0x7f.1/",
  "https://017700000001/",
  "https://[::1]/",
  "https://[::ffff:169.254.169.254]/",
  "https://169.254.169.254/latest/meta-data/",
])("the address in %s is refused when the webhook is created, and before anything is sent", async (url) => {
  const outcome = await post(url, { isLocal: false });
  expect(outcome).toMatchObject({ responseCode: null, error: expect.stringContaining("private or special") });
  const sender = createSender({ allow: [], isLocal: false, now: () => new Date() });
  expect(() => sender.requireSendable("input.url", url)).toThrow("private or special");
});

test("http is allowed for this machine in local mode only", () => {
  const require = (url: string, isLocal: boolean) => () =>
    createSender({ allow: [], isLocal, now: () => new Date() }).requireSendable("input.url", url);
  expect(require("http://localhost:1/", true)).not.toThrow();
  expect(require("http://127.0.0.1:1/", true)).not.toThrow();
  expect(require("https://hooks.example/", false)).not.toThrow();
  for (const url of ["http://hooks.example/", "http://8.8.8.8/"]) expect(require(url, true)).toThrow("https only");
  expect(require("http://localhost:1/", false)).toThrow("https only");
});

describe("a hostile receiver", () => {
  let raw: Server;
  let written = 0;
  const sockets = new Set<Socket>();
  async function serve(each: (socket: Socket) => void): Promise<string> {
    written = 0;
    raw = createServer((socket) => {
      sockets.add(socket);
      socket.on("error", () => {});
      each(socket);
    });
    await new Promise<void>((resolve) => raw.listen(0, "127.0.0.1", resolve));
    const address = raw.address();
    return `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}/`;
  }
  afterEach(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => raw.close(resolve));
  });

  test("that never responds is given up after the timeout", async () => {
    const url = await serve(() => {});
    const outcome = await post(url, { timeoutMs: 200 });
    expect(outcome).toMatchObject({ responseCode: null, error: "The receiver did not respond in time." });
  });

  test("that sends its body slowly is given up after the timeout, and its status counts", async () => {
    const url = await serve((socket) => {
      socket.write("HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n");
      const timer = setInterval(() => socket.write("x"), 20);
      socket.on("close", () => clearInterval(timer));
    });
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    onTestFinished(() => void vi.useRealTimers());
    const responded = new Promise((resolve) => {
      const finish = () => {
        unsubscribe("http.client.response.finish", finish);
        resolve(null);
      };
      subscribe("http.client.response.finish", finish);
    });
    const sent = post(url, { timeoutMs: 300 });
    await responded;
    vi.advanceTimersByTime(300);
    const outcome = await sent;
    expect(outcome).toMatchObject({ responseCode: 200, error: null });
  });

  test("that responds without end is read up to the limit only", async () => {
    const chunk = Buffer.alloc(16_384, 120);
    const url = await serve((socket) => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      const fill = () => {
        while (!socket.destroyed && socket.write(chunk)) written += chunk.length;
      };
      socket.on("drain", fill);
      fill();
    });
    expect(await post(url, { timeoutMs: 600_000 })).toMatchObject({ responseCode: 200, error: null });
    expect(written).toBeLessThan(16 * 1024 * 1024);
  });

  test.each([
    ["closes at once", ""],
    ["does not speak HTTP", "SSH-2.0-OpenSSH_9.6\r\n"],
    ["switches protocols", "HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n"],
  ])("that %s is a failed try", async (_name, text) => {
    const url = await serve((socket) => socket.end(text));
    const outcome = await post(url, { timeoutMs: 600_000 });
    expect(outcome).toMatchObject({ responseCode: null, error: expect.stringContaining("could not be reached") });
  });
});
