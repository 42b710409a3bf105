import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, expect, onTestFinished, test } from "vitest";
import { openServers } from "../../support/servers.js";
import { mintTestToken } from "../../support/token.js";
import { ARTIFACTS, baseOf, createRunPlace, fileClient } from "./artifact-fixture.js";

const servers = await openServers();
const folders: string[] = [];
afterAll(async () => {
  await servers.stop();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A server with an artifact folder of its own, and a run. */
async function start(settings: Record<string, string> = {}) {
  const folder = mkdtempSync(join(tmpdir(), "shelfmark-artifacts-"));
  folders.push(folder);
  const url = await servers.serve({ SHELFMARK_ARTIFACT_ROOT: folder, ...settings });
  const place = await createRunPlace(url, "transfers");
  const onDisk = () =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => !entry.isDirectory())
      .map(({ name, parentPath }) => join(parentPath, name));
  return { url, place, files: fileClient(url), onDisk };
}

/** A connection on which a test writes a request byte by byte. */
async function openUpload(
  url: string,
  path: string,
  headers: Record<string, string>,
  subject?: string,
): Promise<Socket> {
  const { hostname, port } = new URL(baseOf(url));
  const socket = connect(Number(port), hostname);
  onTestFinished(() => void socket.destroy());
  const token = await mintTestToken(subject === undefined ? {} : { subject });
  const lines = [`PUT ${ARTIFACTS}/${path} HTTP/1.1`, "host: x"];
  for (const [name, value] of Object.entries({ authorization: `Bearer ${token}`, ...headers }))
    lines.push(`${name}: ${value}`);
  socket.write(`${lines.join("\r\n")}\r\n\r\n`);
  return socket;
}

/** What the server has sent when the text is in it, or when it has closed the connection. */
function received(socket: Socket, until?: RegExp): Promise<string> {
  return new Promise((resolve) => {
    let text = "";
    socket.on("data", (part) => {
      text += part.toString();
      if (until?.test(text)) resolve(text);
    });
    socket.on("error", () => {});
    socket.on("close", () => resolve(text));
  });
}

test("an upload that is interrupted leaves nothing", async () => {
  const { url, place, files, onDisk } = await start();
  await files.put(`${place}/x.txt`, "before");
  for (const headers of [{ "content-length": "100" }, { "transfer-encoding": "chunked" }]) {
    const socket = await openUpload(url, `${place}/x.txt`, headers);
    socket.write("content-length" in headers ? "half" : "4\r\nhalf\r\n");
    await expect.poll(() => onDisk().length, { message: "it is being written" }).toBe(2);
    socket.destroy();
    await expect.poll(() => onDisk().length, { message: "it is removed" }).toBe(1);
    expect((await files.get(`${place}/x.txt`)).text).toBe("before");
  }
});

test("of uploads to one path at the same time the last one wins, whole", async () => {
  const { place, files, onDisk } = await start();
  const contents = Array.from({ length: 8 }, (_, i) => new Uint8Array(1_000_000 + i).fill(65 + i));
  const answers = await Promise.all(contents.map((content) => files.put(`${place}/x.bin`, content)));
  expect(answers.map(({ status }) => status)).toEqual(contents.map(() => 200));
  const { text } = await files.get(`${place}/x.bin`);
  expect(contents.some((content) => Buffer.from(content).equals(Buffer.from(text)))).toBe(true);
  await expect.poll(() => onDisk().length).toBe(1);
});

test("a file and a directory of the same name are not made at once", async () => {
  const { place, files } = await start();
  for (let round = 0; round < 5; round++) {
    const at = `${place}/${round}`;
    const answers = await Promise.all([files.put(at, "file"), files.put(`${at}/x`, "below")]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
  }
});

test("a reader of a file that is replaced gets the old one or the new one", async () => {
  const { place, files } = await start();
  const write = (letter: string) => files.put(`${place}/x`, letter.repeat(300_000));
  await write("a");
  const reads: Promise<void>[] = [];
  for (const letter of "bcdefghij") {
    const written = write(letter);
    for (let i = 0; i < 3; i++) {
      reads.push(
        files.get(`${place}/x`).then(({ status, text }) => {
          expect([status, text.length, new Set(text).size]).toEqual([200, 300_000, 1]);
        }),
      );
    }
    await written;
  }
  await Promise.all(reads);
});

test("all files together take no more than the quota", async () => {
  const { place, files, onDisk } = await start({ SHELFMARK_ARTIFACT_QUOTA: "10" });
  const { place: usual, files: unlimited } = await start();
  expect((await unlimited.put(`${usual}/x`, "x".repeat(100))).status).toBe(200);
  await unlimited.send("DELETE", `${ARTIFACTS}/${usual}/x`);
  const used = async () => Number((await servers.database.prisma.artifactUsage.findFirst())?.bytes);
  const others = await used();
  expect(others, "the files of other tests are counted too").toBeGreaterThan(10);
  const refused = await files.put(`${place}/a`, "123456");
  expect([refused.status, refused.body.message]).toEqual([
    409,
    `The artifacts of this server may take 10 bytes (SHELFMARK_ARTIFACT_QUOTA), and ${others} are taken. Delete some, or raise the quota.`,
  ]);
  const { place: roomy, files: more } = await start({ SHELFMARK_ARTIFACT_QUOTA: String(others + 10) });
  expect((await more.put(`${roomy}/a`, "123456")).status).toBe(200);
  expect((await more.put(`${roomy}/b`, "12345")).status).toBe(409);
  const chunked = new Blob(["123", "45"]).stream();
  expect((await more.put(`${roomy}/b`, chunked)).status, "without a length").toBe(409);
  expect((await more.put(`${roomy}/b`, "1234")).status).toBe(200);
  expect((await more.put(`${roomy}/b`, "123")).status, "what is replaced makes room").toBe(409);
  await more.send("DELETE", `${ARTIFACTS}/${roomy}/b`);
  const both = await Promise.all([more.put(`${roomy}/c`, "123"), more.put(`${roomy}/d`, "123")]);
  expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
  expect(await used()).toBe(others + 9);
  expect(onDisk()).toEqual([]);
});

test("a link in the folder leads nowhere", async () => {
  const { place, files, onDisk } = await start();
  await files.put(`${place}/x.txt`, "x");
  const [file = ""] = onDisk();
  const secret = join(mkdtempSync(join(tmpdir(), "shelfmark-secret-")), "secret");
  writeFileSync(secret, "secret");
  rmSync(file);
  symlinkSync(secret, file);
  const got = await files.get(`${place}/x.txt`);
  expect([got.status, got.text.includes("secret")]).toEqual([500, false]);
});

test("a transfer is limited by its progress, not by its time", async () => {
  const { url, place, files } = await start({
    SHELFMARK_LIMIT_BODY_MS: "400",
    SHELFMARK_LIMIT_ANSWER_MS: "400",
    SHELFMARK_LIMIT_HEADERS_MS: "400",
  });
  const slow = await openUpload(url, `${place}/slow.txt`, { "content-length": "10", connection: "close" });
  const answer = received(slow);
  for (let i = 0; i < 10; i++) {
    await sleep(100);
    slow.write(String(i));
  }
  expect(await answer).toMatch(/^HTTP\/1.1 200/);
  expect((await files.get(`${place}/slow.txt`)).text).toBe("0123456789");

  const size = 30_000_000;
  await files.put(`${place}/big.bin`, new Uint8Array(size));
  const response = await open(url, `${place}/big.bin`);
  const started = performance.now();
  let length = 0;
  for await (const part of response) {
    length += part.length;
    if (performance.now() - started < 1_000) await sleep(20);
  }
  expect(length).toBe(size);
});

async function open(url: string, path: string): Promise<IncomingMessage> {
  const headers = { authorization: `Bearer ${await mintTestToken()}` };
  return new Promise((resolve, reject) => {
    httpRequest(`${baseOf(url)}${ARTIFACTS}/${path}`, { headers }, resolve)
      .on("error", reject)
      .end();
  });
}

test("a client that neither sends nor reads for a while is let go", async () => {
  const { url, place, files, onDisk } = await start({ SHELFMARK_LIMIT_TRANSFER_IDLE_MS: "300" });
  const stalled = await openUpload(url, `${place}/x.txt`, { "content-length": "10" });
  stalled.write("half");
  const answer = await received(stalled);
  expect(answer).toMatch(/^HTTP\/1.1 503 /);
  expect(answer).toContain("Nothing of the body arrived for 300 ms.");
  expect(onDisk()).toEqual([]);

  await files.put(`${place}/big.bin`, new Uint8Array(60_000_000));
  const response = await open(url, `${place}/big.bin`);
  await sleep(1_500);
  await expect(lengthOf(response)).rejects.toThrow("aborted");
});

async function lengthOf(response: IncomingMessage): Promise<number> {
  let length = 0;
  for await (const part of response) length += part.length;
  return length;
}

test("so many files are transferred at once, and half of them for one actor", async () => {
  const { url, place, files } = await start({ SHELFMARK_LIMIT_TRANSFERS: "2" });
  const held = await openUpload(url, `${place}/held.txt`, { "content-length": "4", expect: "100-continue" });
  await received(held, /100 Continue/);
  const refused = await files.put(`${place}/x.txt`, "x");
  expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "2"]);
  expect((await files.put(`${place}/x.txt`, "x", { subject: "another" })).status).toBe(200);
  const done = received(held, /200 OK/);
  held.write("held");
  await done;
  await expect.poll(async () => (await files.get(`${place}/held.txt`)).text).toBe("held");
});

test("a client that asks before it sends is told at once", async () => {
  const { url, place } = await start({ SHELFMARK_LIMIT_BODY_BYTES: "1024" });
  const headers = { "content-length": "5000", expect: "100-continue" };
  const refused = await openUpload(url, "999/x/artifacts/y", headers);
  expect(await received(refused, /RESOURCE_DOES_NOT_EXIST/)).toMatch(/^HTTP\/1.1 404 /);
  const welcome = await openUpload(url, `${place}/y`, headers);
  expect(await received(welcome, /Continue\r\n/)).toMatch(/^HTTP\/1.1 100 /);
});

test("whoever is refused while sending reads why", async () => {
  const { url } = await start();
  const socket = await openUpload(url, "999/x/artifacts/y", { "content-length": "40000000" });
  const answer = received(socket, /RESOURCE_DOES_NOT_EXIST.*\}/);
  for (let sent = 0; sent < 40; sent++) socket.write(Buffer.alloc(1_000_000));
  expect(await answer).toMatch(/^HTTP\/1.1 404 /);
});

test("whoever has no token is told so while sending, too", async () => {
  const { url, place } = await start();
  const socket = await openUpload(url, `${place}/y`, {
    "content-length": "40000000",
    authorization: "Bearer nonsense",
  });
  const answer = received(socket, /UNAUTHENTICATED.*\}/);
  for (let sent = 0; sent < 40; sent++) socket.write(Buffer.alloc(1_000_000));
  expect(await answer).toMatch(/^HTTP\/1.1 401 /);
});

const size = Number(process.env.ARTIFACT_TEST_BYTES ?? 100_000_000);
/** Also on a busy machine a megabyte needs less than half a second. */
const TRANSFER_MS = 300_000 + size / 2_000;

test("a large file goes through whole, both ways", { timeout: TRANSFER_MS }, async () => {
  const { url, place, files, onDisk } = await start();
  const block = createHash("sha512").update("seed").digest();
  const part = new Uint8Array(Buffer.concat(Array.from({ length: 4_096 }, () => block)));
  const sentHash = createHash("sha256");
  let left = size;
  const body = new ReadableStream({
    pull(controller) {
      const next = part.subarray(0, Math.min(part.length, left));
      left -= next.length;
      sentHash.update(next);
      controller.enqueue(next);
      if (left === 0) controller.close();
    },
  });
  expect((await files.put(`${place}/large.bin`, body)).status).toBe(200);
  const response = await open(url, `${place}/large.bin`);
  const gotHash = createHash("sha256");
  for await (const got of response) gotHash.update(got);
  const sha256 = sentHash.digest("hex");
  expect(gotHash.digest("hex")).toBe(sha256);
  expect([response.headers["content-length"], response.headers.etag]).toEqual([String(size), `"${sha256}"`]);
  expect(onDisk().length).toBe(1);
});
