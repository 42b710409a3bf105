import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Home, makeHome } from "../support/process/home.js";
import {
  killServerProcesses,
  type ServerProcess,
  spawnShelfmark,
  startServerProcess,
} from "../support/process/server-process.js";
import type { GraphQLAnswer } from "../support/server.js";

const CREATE = `mutation ($input: CreateModelVersionInput!) {
  createModelVersion(input: $input) { modelVersion { id number digest } }
}`;
const MOVE = `mutation ($input: TransitionModelVersionInput!) {
  transitionModelVersion(input: $input) { transition { revision } }
}`;
const REPLAY = `subscription ($after: String) { stageChanged(after: $after) { cursor event { revision modelName versionNumber commit { index size } } } }`;
const MODELS = ["fraud", "churn"];
const ROUNDS = 2;
const WRITERS = 4;

let home: Home;
afterEach(async () => {
  await killServerProcesses();
  await home.remove();
});

interface StageChange {
  readonly cursor: string;
  readonly event: { readonly revision: number; readonly modelName: string; readonly versionNumber: number };
}

/** What the server has acknowledged in all rounds. */
class Acknowledged {
  readonly versions = new Map<string, { name: string; number: number; digest: string }>();
  readonly moves = new Map<number, { name: string; number: number }>();
  /** The cursors that a watcher received, by revision. */
  readonly cursors = new Map<number, string>();
  readonly heads: string[] = [];
}

/** Creates and moves versions until the server is killed. */
async function write(server: ServerProcess, seen: Acknowledged, writer: string): Promise<void> {
  for (let turn = 0; ; turn++) {
    const name = MODELS[turn % MODELS.length] ?? "";
    const digest = `sha256:${Buffer.from(`${writer}-${turn}`).toString("hex").padStart(64, "0")}`;
    const created = await answered(server, CREATE, { model: { name }, createModel: true, source: "s3://b/x", digest });
    if (!created) return;
    const { id, number } = created.createModelVersion.modelVersion;
    seen.versions.set(id, { name, number, digest });
    const moved = await answered(server, MOVE, { version: { id }, to: "STAGING" });
    if (!moved) return;
    seen.moves.set(Number(moved.transitionModelVersion.transition.revision), { name, number });
  }
}

/** The data of an acknowledged mutation; null once the server is killed. Fails the test for a refusal. */
async function answered(server: ServerProcess, document: string, input: object): Promise<GraphQLAnswer["data"] | null> {
  let answer: GraphQLAnswer;
  try {
    answer = await server.request(document, { input });
  } catch {
    return null;
  }
  expect(answer.errors).toBeUndefined();
  return answer.data;
}

/** Keeps what a watcher receives until the server is killed. */
async function follow(server: ServerProcess, seen: Acknowledged, after: string): Promise<void> {
  try {
    for await (const { data } of server.watch(REPLAY, { after })) {
      const { cursor, event }: StageChange = data.stageChanged;
      if (event) seen.cursors.set(Number(event.revision), cursor);
    }
  } catch {
    // the kill breaks the connection
  }
}

async function readVersions(server: ServerProcess, name: string) {
  const versions = new Map<string, { number: number; digest: string; moves: number[] }>();
  for (let after: string | null = null, more = true; more; ) {
    const { model } = await server.data(
      `query ($name: String!, $after: String) { model(name: $name) { versions(first: 200, after: $after) {
        pageInfo { hasNextPage endCursor }
        nodes { id number digest transitions(first: 5) { nodes { revision } } }
      } } }`,
      { name, after },
    );
    for (const { id, number, digest, transitions } of model.versions.nodes) {
      const moves = transitions.nodes.map(({ revision }: { revision: unknown }) => Number(revision));
      versions.set(id, { number, digest, moves });
    }
    more = model.versions.pageInfo.hasNextPage;
    after = model.versions.pageInfo.endCursor;
  }
  return versions;
}

/** All stage changes from the beginning of the log to its end. */
async function replay(server: ServerProcess, after: string, count: number): Promise<StageChange[]> {
  const stream = server.watch(REPLAY, { after });
  expect((await stream.next()).value.data.stageChanged.event).toBeNull();
  const all: StageChange[] = [];
  while (all.length < count) {
    const { data } = (await stream.next()).value;
    if (data.stageChanged.event) all.push(data.stageChanged);
  }
  await stream.return?.();
  return all;
}

async function checkNothingLost(server: ServerProcess, seen: Acknowledged, start: string): Promise<void> {
  const { head } = await server.data("{ head { revision cursor } }");
  const moves: number[] = [];
  let versionCount = 0;
  for (const name of MODELS) {
    const versions = await readVersions(server, name);
    for (const [id, { number, digest }] of [...seen.versions].filter(([, version]) => version.name === name)) {
      expect(versions.get(id)).toMatchObject({ number, digest });
    }
    const numbers = [...versions.values()].map(({ number }) => number).sort((a, b) => a - b);
    expect(numbers).toEqual(numbers.map((_, i) => i + 1));
    versionCount += versions.size;
    moves.push(...[...versions.values()].flatMap((version) => version.moves));
  }
  expect(moves).toEqual(expect.arrayContaining([...seen.moves.keys()]));
  // each revision is the event of one model, one version or one move, so their number is the revision of the head
  expect(new Set(moves).size).toBe(moves.length);
  expect(Number(head.revision)).toBe(MODELS.length + versionCount + moves.length);

  const changes = await replay(server, start, moves.length);
  const revisions = changes.map(({ event }) => Number(event.revision));
  expect(revisions).toEqual([...moves].sort((a, b) => a - b));
  // a cursor contains the hash of its event in the chain, which must be the same as before the kill
  const cursors = new Map(changes.map(({ cursor, event }) => [Number(event.revision), cursor]));
  for (const [revision, cursor] of seen.cursors) expect(cursors.get(revision)).toBe(cursor);
  for (const cursor of seen.heads) {
    const stream = server.watch(REPLAY, { after: cursor });
    expect((await stream.next()).value).toMatchObject({ data: { stageChanged: { cursor, event: null } } });
    await stream.return?.();
  }
}

describe("a server that is killed during writes", () => {
  beforeEach(async () => {
    home = await makeHome("migrated");
  });

  test("loses nothing that it acknowledged, and its log continues without a gap", async () => {
    const seen = new Acknowledged();
    let server = await startServerProcess(home.env);
    const start: string = (await server.data("{ head { cursor } }")).head.cursor;
    for (let round = 0; round < ROUNDS; round++) {
      const before = seen.moves.size;
      const following = follow(server, seen, start);
      const writing = Array.from({ length: WRITERS }, (_, i) => write(server, seen, `${round}-${i}`));
      await expect.poll(() => seen.moves.size - before, { interval: 5 }).toBeGreaterThan(15);
      expect(await server.kill("SIGKILL")).toMatchObject({ signal: "SIGKILL" });
      await Promise.all([...writing, following]);
      server = await startServerProcess(home.env);
      await checkNothingLost(server, seen, start);
      seen.heads.push((await server.data("{ head { cursor } }")).head.cursor);
    }
    expect(seen.cursors.size).toBeGreaterThan(0);
    expect(await server.kill("SIGTERM")).toMatchObject({ code: 0 });
  });
});

describe("a server that is killed during its first start", () => {
  beforeEach(async () => {
    home = await makeHome("fresh");
  });

  test("starts the next time, whenever it was killed", async () => {
    for (const ms of [700, 2_200]) {
      const starting = spawnShelfmark(["serve"], { ...home.env, PORT: "0" });
      await new Promise((resolve) => setTimeout(resolve, ms));
      expect(await starting.kill("SIGKILL")).toMatchObject({
        signal: "SIGKILL",
        err: expect.not.stringContaining("    at "),
      });
    }
    const server = await startServerProcess(home.env);
    const input = { name: "works" };
    expect(
      await server.data("mutation ($input: RegisterModelInput!) { registerModel(input: $input) { created } }", {
        input,
      }),
    ).toEqual({ registerModel: { created: true } });
    expect(await server.kill("SIGTERM")).toMatchObject({ code: 0 });
  });
});
