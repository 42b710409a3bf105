import { createHash, randomBytes } from "node:crypto";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, test } from "vitest";
import { ARTIFACTS, baseOf } from "../mlflow/artifacts/artifact-fixture.js";
import { TEST_DATABASE_KIND } from "../support/database/database.js";
import { type Home, makeHome } from "../support/process/home.js";
import { killServerProcesses, type ServerProcess, startServerProcess } from "../support/process/server-process.js";

const ROUNDS = 3;
const WRITERS = 4;
const NAMES = 5;

let home: Home;
afterEach(async () => {
  await killServerProcesses();
  await home.remove();
});

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

/** Writes files under the same few names until the server is killed. */
async function write(
  server: ServerProcess,
  place: string,
  sent: Set<string>,
  acknowledged: Map<string, string>,
  writer: number,
) {
  for (let turn = 0; ; turn++) {
    const body = new Uint8Array(randomBytes(1_000 + ((turn * 7_919) % 3_000_000)));
    const path = `${place}/${writer}-${turn % NAMES}.bin`;
    sent.add(sha256(body));
    try {
      const { status } = await fetch(`${baseOf(server.url)}${ARTIFACTS}/${path}`, {
        method: "PUT",
        body,
        headers: auth(server),
      });
      expect(status).toBe(200);
      acknowledged.set(path, sha256(body));
    } catch (error) {
      if (error instanceof TypeError) return;
      throw error;
    }
  }
}

const auth = ({ token }: ServerProcess) => ({ authorization: `Bearer ${token}` });

function onDisk(folder: string, below: string): string[] {
  const entries = readdirSync(join(folder, "artifacts", below), { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
}

test("after a kill each file is whole, what was acknowledged is there, and nothing else is", async () => {
  home = await makeHome("migrated");
  const env = { ...home.env, SHELFMARK_ARTIFACT_ROOT: join(home.folder, "artifacts") };
  let server = await startServerProcess(env);
  const { createRun } = await server.data(
    `mutation { createRun(input: { experiment: { name: "e" }, createExperiment: true, runId: "r1" }) { run { experiment { number } } } }`,
  );
  const place = `${createRun.run.experiment.number}/r1/artifacts`;
  const sent = new Set<string>();
  const acknowledged = new Map<string, string>();
  for (let round = 0; round < ROUNDS; round++) {
    const writers = Array.from({ length: WRITERS }, (_, writer) => write(server, place, sent, acknowledged, writer));
    await sleep(700 + round * 300);
    await server.kill("SIGKILL");
    await Promise.all(writers);
    server = await startServerProcess(env);
    const listed = await fetch(`${baseOf(server.url)}${ARTIFACTS}?path=${place}`, { headers: auth(server) });
    const { files = [] } = (await listed.json()) as { files?: { path: string }[] };
    for (const { path } of files) {
      const got = await fetch(`${baseOf(server.url)}${ARTIFACTS}/${place}/${path}`, { headers: auth(server) });
      const hash = sha256(new Uint8Array(await got.arrayBuffer()));
      expect([got.status, got.headers.get("etag"), sent.has(hash)]).toEqual([200, `"${hash}"`, true]);
    }
    expect(files.map(({ path }) => `${place}/${path}`)).toEqual(expect.arrayContaining([...acknowledged.keys()]));
    // with PostgreSQL other servers may be writing, so a draft is left alone for an hour
    if (TEST_DATABASE_KIND === "pglite") {
      expect(onDisk(home.folder, "incoming")).toEqual([]);
      expect(onDisk(home.folder, "files").length).toBe(files.length);
    }
  }
  expect(acknowledged.size).toBeGreaterThan(0);
});
