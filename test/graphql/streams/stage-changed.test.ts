import { afterAll, beforeAll, expect, test } from "vitest";
import { type As, type GraphQLAnswer, startTestServer, type TestServer } from "../../support/server.js";
import { post } from "../../support/transports.js";
import { startServerOn } from "../../support/wiring.js";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  for (const name of ["fraud-a", "fraud-b", "churn"]) {
    await server.data(
      `mutation ($name: String!) { createModelVersion(input: {model: {name: $name}, createModel: true, source: "s3://b/x"}) { modelVersion { id } } }`,
      { name },
    );
  }
});
afterAll(() => server.stop());

const WATCH = /* GraphQL */ `
  subscription ($where: StageChangedFilter, $after: String, $since: DateTime) {
    stageChanged(where: $where, after: $after, since: $since) {
      cursor
      event { id revision at from to reason modelName versionNumber actor { subject } model { name } modelVersion { stage } transition { revision } commit { commitId size index } }
    }
  }
`;

function move(model: string, to: string, more: object = {}) {
  return server.data(
    `mutation ($input: TransitionModelVersionInput!) { transitionModelVersion(input: $input) { transition { revision } } }`,
    { input: { version: { number: { model, number: 1 } }, to, ...more } },
  );
}

interface Watched {
  next(): Promise<NonNullable<GraphQLAnswer["data"]>>;
  failure(): Promise<string | undefined>;
  stop(): Promise<unknown>;
}

async function watch(variables: Record<string, unknown> = {}, as: As = {}): Promise<Watched> {
  const messages = server.watch(WATCH, variables, as);
  const watched: Watched = {
    async next() {
      const { value, done } = await messages.next();
      if (done || value.errors) throw new Error(JSON.stringify(value?.errors ?? "ended"));
      return value.data.stageChanged;
    },
    async failure() {
      const { value } = await messages.next();
      return value?.errors?.[0]?.extensions.code;
    },
    stop: async () => messages.return?.(),
  };
  return watched;
}

test("the first message is a bookmark, then each change arrives as it happens", async () => {
  const watched = await watch({ where: { models: ["churn"] } });
  expect(await watched.next()).toMatchObject({ event: null, cursor: expect.any(String) });
  await move("churn", "STAGING", { reason: "why not" });
  const { event } = await watched.next();
  expect(event).toMatchObject({
    from: "NONE",
    to: "STAGING",
    reason: "why not",
    modelName: "churn",
    versionNumber: 1,
    actor: { subject: "tester" },
    model: { name: "churn" },
    modelVersion: { stage: "STAGING" },
    transition: { revision: event.revision },
    commit: { commitId: expect.any(String), size: 1, index: 0 },
  });
  await watched.stop();
});

test("a stream from head misses nothing, and continues from the cursor of any message", async () => {
  const { head } = await server.data("{ head { cursor } }");
  await move("fraud-a", "STAGING");
  await move("fraud-b", "STAGING");
  await move("fraud-a", "PRODUCTION");
  const first = await watch({ after: head.cursor });
  expect((await first.next()).event).toBeNull();
  const messages = [await first.next(), await first.next(), await first.next()];
  expect(messages.map(({ event }) => `${event.modelName} ${event.to}`)).toEqual([
    "fraud-a STAGING",
    "fraud-b STAGING",
    "fraud-a PRODUCTION",
  ]);
  await first.stop();
  const second = await watch({ after: messages[0]?.cursor });
  expect(await second.next()).toEqual({ cursor: messages[0]?.cursor, event: null });
  expect(await second.next()).toEqual(messages[1]);
  await second.stop();
  const since = await watch({ since: messages[1]?.event.at });
  await since.next();
  expect((await since.next()).event.revision).toBeLessThanOrEqual(messages[1]?.event.revision);
  await since.stop();
});

test("a promotion that archives sends adjacent events, the new holder before the archived versions", async () => {
  const create = `createModelVersion(input: {model: {name: "shelf"}, createModel: true, source: "s3://b/x"}) { modelVersion { id } }`;
  await server.data(`mutation { a: ${create} b: ${create} c: ${create} }`);
  await move("shelf", "STAGING");
  await move("shelf", "STAGING", { version: { number: { model: "shelf", number: 2 } } });
  const watched = await watch({ where: { models: ["shelf"] } });
  await watched.next();
  await move("shelf", "STAGING", { version: { number: { model: "shelf", number: 3 } }, archiveExisting: true });
  const received = [await watched.next(), await watched.next(), await watched.next()].map(({ event }) => event);
  await watched.stop();
  const [commitId, revision] = [received[0].commit.commitId, received[0].revision];
  expect(received.map(({ versionNumber, to, revision, commit }) => ({ versionNumber, to, revision, commit }))).toEqual([
    { versionNumber: 3, to: "STAGING", revision, commit: { commitId, size: 3, index: 0 } },
    ...[received[1], received[2]].map((_, i) => ({
      versionNumber: expect.any(Number),
      to: "ARCHIVED",
      revision: revision + i + 1,
      commit: { commitId, size: 3, index: i + 1 },
    })),
  ]);
  expect(new Set(received.map(({ versionNumber }) => versionNumber))).toEqual(new Set([1, 2, 3]));
});

test("since a future time, no earlier event is sent", async () => {
  const [since, later] = [1, 2].map((hours) => new Date(Date.now() + hours * 3_600_000)) as [Date, Date];
  const watched = await watch({ since: since.toISOString() });
  await watched.next();
  await move("churn", "ARCHIVED");
  const ahead = await startServerOn(server.database, {}, () => later);
  const query =
    'mutation { transitionModelVersion(input: { version: { number: { model: "churn", number: 1 } }, to: NONE }) { transition { id } } }';
  const token = await server.token({ ttlSeconds: 3 * 3_600 });
  expect(await (await post(ahead.url, token, { query })).json()).not.toHaveProperty("errors");
  expect((await watched.next()).event).toMatchObject({ from: "ARCHIVED", to: "NONE" });
  await watched.stop();
  await ahead.stop();
});

test("filters by glob and by stage, and sends bookmarks on a quiet stream", async () => {
  const { head } = await server.data("{ head { cursor revision } }");
  const watched = await watch({ after: head.cursor, where: { models: ["fraud-*"], to: ["ARCHIVED"] } });
  await watched.next();
  await move("churn", "PRODUCTION");
  const bookmark = await watched.next();
  expect(bookmark.event).toBeNull();
  expect(bookmark.cursor).not.toBe(head.cursor);
  await move("fraud-b", "ARCHIVED");
  expect((await watched.next()).event).toMatchObject({ modelName: "fraud-b", to: "ARCHIVED" });
  await watched.stop();
});

test("a cursor that the log does not know is an error", async () => {
  const { head } = await server.data("{ head { cursor } }");
  const known = Buffer.from(head.cursor, "base64url").toString();
  const [logId, revision, hash] = known.split(".");
  const forge = (...parts: unknown[]) => Buffer.from(parts.join(".")).toString("base64url");
  const diverged = [
    forge("00000000-0000-0000-0000-000000000000", revision, hash),
    forge(logId, Number(revision) + 1000, hash),
    forge(logId, revision, "0".repeat(16)),
  ];
  for (const after of diverged) expect(await (await watch({ after })).failure()).toBe("HISTORY_DIVERGED");
  for (const after of ["", "nonsense", forge(logId, -1, hash)])
    expect(await (await watch({ after })).failure()).toBe("INVALID_INPUT");
  expect(await (await watch({ after: head.cursor, since: new Date().toISOString() })).failure()).toBe("INVALID_INPUT");
});

test("a slow subscriber gets every event once", async () => {
  const { head } = await server.data("{ head { cursor } }");
  const watched = await watch({ after: head.cursor, where: { models: ["churn"] } });
  await watched.next();
  const received: string[] = [];
  for (let i = 0; i < 30; i++) await move("churn", i % 2 ? "PRODUCTION" : "STAGING");
  for (let i = 0; i < 30; i++) received.push((await watched.next()).event.to);
  expect(received).toEqual(Array.from({ length: 30 }, (_, i) => (i % 2 ? "PRODUCTION" : "STAGING")));
  await watched.stop();
});
