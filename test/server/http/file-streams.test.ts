import { createServer, type ServerResponse } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { receiveBody } from "../../../src/server/http/receive-body.js";
import { sendBody } from "../../../src/server/http/send-body.js";

const NEVER_MS = 3_600_000;
/** What HTTP adds to a part: its length and two line ends (RFC 9112 §7.1). */
const CHUNK_HEAD = "10000\r\n\r\n".length;
const PART = Buffer.alloc(64 * 1024);

/** An endless source that counts what was taken from it. */
function endless() {
  let taken = 0;
  const source = new Readable({
    read() {
      taken += PART.length;
      this.push(PART);
    },
  });
  return { source, taken: () => taken };
}

test("while a part is stored, hardly more is read ahead than the buffer of the request holds", async () => {
  const { source, taken } = endless();
  let stored = 0;
  let isStalled = false;
  const receiving = receiveBody(source, {
    idleMs: NEVER_MS,
    write: async (part) => {
      stored += part.length;
      if (stored < 5_000_000) return;
      isStalled = true;
      await sleep(200);
      expect(taken() - stored).toBeLessThanOrEqual(source.readableHighWaterMark + PART.length);
      throw new Error("enough");
    },
  });
  await expect(receiving).rejects.toThrow("enough");
  expect(isStalled).toBe(true);
  expect(source.destroyed, "the connection stays open for the answer").toBe(false);
});

test("nothing more is read of a file while the client does not read", async () => {
  const { source, taken } = endless();
  let sending: ServerResponse | undefined;
  const server = createServer((_request, response: ServerResponse) => {
    sending = response;
    response.writeHead(200);
    sendBody(response, source, NEVER_MS);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  socket.write("GET / HTTP/1.1\r\nhost: x\r\n\r\n");
  socket.pause();
  let before = -1;
  // until the buffers of the kernel are full
  await expect
    .poll(async () => {
      const isStill = before === taken() && before > 0;
      before = taken();
      await sleep(100);
      return isStill;
    })
    .toBe(true);
  const { writableLength = Number.NaN, writableHighWaterMark = 0 } = sending ?? {};
  expect(writableLength).toBeLessThanOrEqual(writableHighWaterMark + PART.length + CHUNK_HEAD);
  expect(source.readableLength).toBeLessThanOrEqual(source.readableHighWaterMark + PART.length);
  socket.destroy();
  await expect.poll(() => source.destroyed).toBe(true);
});
