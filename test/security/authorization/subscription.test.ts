import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Scope } from "../../../src/domain/access/scopes.js";
import { type As, type GraphQLAnswer, startTestServer, type TestServer } from "../../support/server.js";
import { mallory, refusals, type Seed, START_MS, seedModel, sourceOf } from "./fixture.js";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
}, START_MS);
afterAll(() => server?.stop());

const WATCH = `subscription ($after: String, $models: [String!]) { stageChanged(after: $after, where: { models: $models }) {
  cursor event { modelName versionNumber from to model { name } modelVersion { number source } transition { modelVersion { source } } }
} }`;

async function head(): Promise<string> {
  return (await server.data("{ head { cursor } }")).head.cursor;
}

/** Moves version 3 to ARCHIVED, which is the last event of a stream of all models. */
async function move({ name }: Seed, to = "ARCHIVED"): Promise<void> {
  await server.data(`mutation { transitionModelVersion(input: {
    version: { number: { model: "${name}", number: 3 } }, to: ${to} }) { __typename } }`);
}

/** The first `count` messages with events after the cursor. */
async function eventsAfter(after: string, as: As, count: number, models?: string[]): Promise<GraphQLAnswer[]> {
  const stream = server.watch(WATCH, { after, models: models ?? null }, as);
  const events: GraphQLAnswer[] = [];
  for await (const message of stream) {
    if (!message.data?.stageChanged) throw new Error(JSON.stringify(message));
    if (message.data.stageChanged.event && events.push(message) === count) break;
  }
  await stream.return?.();
  return events;
}

const names = (messages: readonly GraphQLAnswer[]) => messages.map(({ data }) => data.stageChanged.event.modelName);

describe("stageChanged", () => {
  test.each<[Scope[]]>([[[]], [["models:write", "artifacts:read"]], [["audit:read"]]])(
    "is refused with %j: it requires models:read",
    async (scopes) => {
      const stream = server.watch(WATCH, {}, mallory(scopes));
      const received = await stream.next().then(
        ({ value }) => JSON.stringify(value),
        (error) => JSON.stringify(error),
      );
      expect(received).toContain('"code":"FORBIDDEN"');
      expect(received).toContain('"requiredScopes":["models:read"]');
      expect(received).not.toContain("cursor");
    },
  );

  test("shows an event's source to a viewer with the scope, and to its creator", async () => {
    const seed = await seedModel(server);
    const after = await head();
    await move(seed);
    const source = sourceOf(seed.name, 3);
    for (const as of [mallory(["models:read", "artifacts:read"]), { scopes: ["models:read"] } as const]) {
      const [message] = await eventsAfter(after, as, 1);
      expect(message?.errors).toBeUndefined();
      expect(message?.data.stageChanged.event).toMatchObject({
        modelVersion: { number: 3, source },
        transition: { modelVersion: { source } },
      });
    }
  });

  test("without artifacts:read the event is delivered, with a null source and an error at its path", async () => {
    const seed = await seedModel(server);
    const after = await head();
    await move(seed);
    const [message = {}] = await eventsAfter(after, mallory(["models:read"]), 1);
    expect(message.data.stageChanged.event).toMatchObject({
      modelName: seed.name,
      modelVersion: { number: 3, source: null },
      transition: { modelVersion: { source: null } },
    });
    expect(new Set(refusals(message).map(({ code }) => code))).toEqual(new Set(["FORBIDDEN"]));
    expect(refusals(message)[0]).toMatchObject({ requiredScopes: ["artifacts:read"] });
    expect(refusals(message)[0]?.path?.slice(0, 2)).toEqual(["stageChanged", "event"]);
    expect(JSON.stringify(message)).not.toContain("s3:");
  });
});

describe("the models claim", () => {
  const seeds: Record<string, Seed> = {};
  beforeAll(async () => {
    for (const name of ["watch-a1", "watch-b", "watch-a2", "watch-end"]) seeds[name] = await seedModel(server, name);
  });

  let moves = 0;
  /** Moves each model in turn, and at the end the one that ends the watch. */
  async function moveAll(): Promise<void> {
    const to = moves++ % 2 === 0 ? "ARCHIVED" : "NONE";
    for (const seed of Object.values(seeds)) await move(seed, to);
  }

  test.each<[string, string[], string[]]>([
    ["a glob", ["watch-a*"], ["watch-a1", "watch-a2"]],
    ["a name", ["watch-b"], ["watch-b"]],
    ["a name and a glob", ["watch-a1", "*-b"], ["watch-a1", "watch-b"]],
    ["another case", ["WATCH-*", "Watch-a1", "watch-b"], ["watch-b"]],
    ["a part of a name", ["watch", "atch-*", "watch-a"], []],
    ["characters that LIKE or a regular expression know", ["watch_a1", "watch-%", "watch.b", "watch-?1"], []],
  ])("delivers only events of covered models: %s", async (_what, claim, expected) => {
    const after = await head();
    await moveAll();
    const as = mallory(["models:read"], [...claim, "watch-end"]);
    expect(names(await eventsAfter(after, as, expected.length + 1))).toEqual([...expected, "watch-end"]);
  });

  test("is not widened by the filter", async () => {
    const after = await head();
    await moveAll();
    const received = await eventsAfter(after, mallory(["models:read"], ["watch-end"]), 1, ["*"]);
    expect(names(received)).toEqual(["watch-end"]);
  });

  test("that is empty delivers no events, only bookmarks", async () => {
    const after = await head();
    await moveAll();
    const stream = server.watch(WATCH, { after }, mallory(["models:read"], []));
    const first = (await stream.next()).value.data.stageChanged;
    const second = (await stream.next()).value.data.stageChanged;
    await stream.return?.();
    expect([first.event, second.event]).toEqual([null, null]);
    expect([first.cursor, second.cursor]).toEqual([after, await head()]);
  });

  test("after a rename out of the claim an event keeps its names, and the model is null", async () => {
    const seed = await seedModel(server, "mine-1");
    const after = await head();
    await move(seed);
    await server.data(
      `mutation { renameModel(input: { model: { id: "${seed.id}" }, newName: "theirs-1" }) { __typename } }`,
    );
    await move({ ...seed, name: "theirs-1" }, "NONE");
    await moveAll();
    const as = mallory(["models:read", "artifacts:read"], ["mine-*", "watch-end"]);
    const [was, end] = await eventsAfter(after, as, 2);
    expect(was?.data.stageChanged.event).toEqual({
      modelName: "mine-1",
      versionNumber: 3,
      from: "NONE",
      to: "ARCHIVED",
      model: null,
      modelVersion: null,
      transition: null,
    });
    expect(names(end ? [end] : [])).toEqual(["watch-end"]);
    const theirs = await eventsAfter(after, mallory(["models:read"], ["theirs-*"]), 1);
    expect(names(theirs), "a viewer of the new name does not get events under the old name").toEqual(["theirs-1"]);
  });

  test("an event of a model that has been deleted since is delivered without the model", async () => {
    const seed = await seedModel(server, "gone-1");
    const after = await head();
    await move(seed);
    await server.data(`mutation { deleteModel(input: { model: { id: "${seed.id}" }, force: true }) { __typename } }`);
    const [message] = await eventsAfter(after, mallory(["models:read", "artifacts:read"]), 1);
    expect(message?.data.stageChanged.event).toMatchObject({
      modelName: "gone-1",
      model: null,
      modelVersion: null,
      transition: null,
    });
  });
});
