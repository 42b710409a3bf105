import { createHash } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestServer, type TestServer } from "../../support/server.js";
import { ARTIFACTS, createRunPlace, type FileClient, fileClient } from "./artifact-fixture.js";

let server: TestServer;
let files: FileClient;
let place: string;
beforeAll(async () => {
  server = await startTestServer();
  files = fileClient(server.url);
  place = await createRunPlace(server.url, "training");
});
afterAll(() => server?.stop());

test("a file is stored, read back, replaced, listed and deleted", async () => {
  const stored = await files.put(`${place}/model/MLmodel`, "flavors: none");
  expect([stored.status, stored.text]).toEqual([200, ""]);
  expect((await files.get(`${place}/model/MLmodel`)).text).toBe("flavors: none");
  await files.put(`${place}/model/MLmodel`, "flavors: sklearn");
  await files.put(`${place}/notes.txt`, "hello");
  await files.put(`${place}/empty.txt`, "");
  expect((await files.get(`${place}/model/MLmodel`)).text).toBe("flavors: sklearn");
  expect((await files.get(`${place}/empty.txt`)).text).toBe("");
  expect((await files.list(place)).body).toEqual({
    files: [
      { path: "empty.txt", is_dir: false },
      { path: "model", is_dir: true },
      { path: "notes.txt", is_dir: false, file_size: 5 },
    ],
  });
  expect((await files.list(`${place}/model/`)).body).toEqual({
    files: [{ path: "MLmodel", is_dir: false, file_size: 16 }],
  });
  expect((await files.list(`${place}/absent`)).body).toEqual({});
  for (let times = 0; times < 2; times++) {
    const deleted = await files.send("DELETE", `${ARTIFACTS}/${place}/model/`);
    expect([deleted.status, deleted.body]).toEqual([200, {}]);
  }
  expect((await files.get(`${place}/model/MLmodel`)).status).toBe(404);
  expect((await files.list(place)).body.files.map(({ path }: { path: string }) => path)).toEqual([
    "empty.txt",
    "notes.txt",
  ]);
});

test("names may have blanks, signs and letters of any script", async () => {
  for (const name of ["sp ace#?.txt", "ä ø 字.txt", "100%.txt", "a+b&c=d;e.txt", "'(quoted)*.txt"]) {
    const path = `${place}/names/${encodeURIComponent(name)}`;
    expect((await files.put(path, name)).status).toBe(200);
    const got = await files.get(path);
    expect([got.status, got.text]).toEqual([200, name]);
  }
  const { body } = await files.list(`${place}/names`);
  expect(body.files.map(({ path }: { path: string }) => path).sort()).toEqual(
    ["'(quoted)*.txt", "100%.txt", "a+b&c=d;e.txt", "sp ace#?.txt", "ä ø 字.txt"].sort(),
  );
});

test("a part of a file is sent if the request asks for it (RFC 9110 §14)", async () => {
  const path = `${place}/range.txt`;
  await files.put(path, "0123456789");
  const etag = `"${createHash("sha256").update("0123456789").digest("hex")}"`;
  const parts: [range: Record<string, string>, status: number, text: string, range?: string][] = [
    [{ range: "bytes=1-2" }, 206, "12", "bytes 1-2/10"],
    [{ range: "bytes=7-" }, 206, "789", "bytes 7-9/10"],
    [{ range: "bytes=-3" }, 206, "789", "bytes 7-9/10"],
    [{ range: "bytes=-99" }, 206, "0123456789", "bytes 0-9/10"],
    [{ range: "bytes=8-99" }, 206, "89", "bytes 8-9/10"],
    [{ range: "bytes=0-0", "if-range": etag }, 206, "0", "bytes 0-0/10"],
    [{ range: "bytes=0-0", "if-range": '"other"' }, 200, "0123456789"],
    [{ range: "bytes=2-1" }, 200, "0123456789"],
    [{ range: "bytes=0-1,3-4" }, 200, "0123456789"],
    [{ range: "lines=0-1" }, 200, "0123456789"],
    [{ range: "bytes=-" }, 200, "0123456789"],
  ];
  for (const [headers, status, text, range] of parts) {
    const got = await files.get(path, headers);
    expect([headers, got.status, got.text, got.headers.get("content-range")]).toEqual([
      headers,
      status,
      text,
      range ?? null,
    ]);
    expect(got.headers.get("content-length")).toBe(String(text.length));
    expect(got.headers.get("etag")).toBe(etag);
  }
  for (const range of ["bytes=10-", "bytes=10-12", "bytes=-0"]) {
    const refused = await files.get(path, { range });
    expect([refused.status, refused.headers.get("content-range")]).toEqual([416, "bytes */10"]);
  }
});

test("HEAD answers as GET does, without the bytes", async () => {
  await files.put(`${place}/head.txt`, "hello");
  const head = await files.send("HEAD", `${ARTIFACTS}/${place}/head.txt`);
  expect([head.status, head.text, head.headers.get("content-length")]).toEqual([200, "", "5"]);
  expect((await files.send("HEAD", `${ARTIFACTS}/${place}/absent.txt`)).status).toBe(404);
  expect((await files.send("HEAD", `${ARTIFACTS}?path=${place}`)).status).toBe(200);
});

test("an answer is something to save, whatever the file holds", async () => {
  await files.put(`${place}/pa"ge%.html`.replace("%", "%25").replace('"', "%22"), "<script>alert(1)</script>");
  const got = await files.get(`${place}/pa%22ge%25.html`);
  expect(
    Object.fromEntries([...got.headers].filter(([name]) => /^(content-|x-content|cache|cross)/.test(name))),
  ).toEqual({
    "cache-control": "no-store, no-transform",
    "content-disposition": `attachment; filename="pa_ge_.html"; filename*=UTF-8''pa%22ge%25.html`,
    "content-length": "25",
    "content-security-policy": "sandbox; default-src 'none'",
    "content-type": "application/octet-stream",
    "cross-origin-resource-policy": "same-origin",
    "x-content-type-options": "nosniff",
  });
});

test("a directory is no file, and nothing is below a file", async () => {
  await files.put(`${place}/tree/leaf.txt`, "leaf");
  const directory = await files.get(`${place}/tree`);
  expect([directory.status, directory.body.error_code]).toEqual([400, "INVALID_PARAMETER_VALUE"]);
  const over = await files.put(`${place}/tree`, "x");
  const below = await files.put(`${place}/tree/leaf.txt/below`, "x");
  expect([over.status, below.status]).toEqual([409, 409]);
  expect((await files.get(`${place}/tree/leaf.txt`)).text).toBe("leaf");
});

test("what the service does not have is said as the client reads it", async () => {
  const create = await files.send("POST", `/mlflow/api/2.0/mlflow-artifacts/mpu/create/${place}`, { body: "{}" });
  expect([create.status, create.body.message]).toEqual([
    501,
    "Multipart upload is not supported for the current artifact repository",
  ]);
  const wrong = await files.send("POST", `${ARTIFACTS}/${place}/x`, { body: "x" });
  expect([wrong.status, wrong.headers.get("allow")]).toEqual([405, "GET, HEAD, PUT, DELETE"]);
  expect((await files.send("GET", "/mlflow/api/2.0/mlflow-artifacts/else")).status).toBe(404);
  const twin = ARTIFACTS.replace("/api/", "/ajax-api/");
  expect((await files.send("PUT", `${twin}/${place}/twin.txt`, { body: "x" })).status).toBe(200);
});
