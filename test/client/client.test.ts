import { execFile } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Change, reconcile, ShelfmarkError, type Standing, watch } from "../../src/client/index.js";
import { startTestServer, type TestServer } from "../support/server.js";
import { startServerOn } from "../support/wiring.js";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

async function create(model: string, stage?: string): Promise<number> {
  const { createModelVersion } = await server.data(
    `mutation ($name: String!) { createModelVersion(input: {model: {name: $name}, createModel: true, source: "s3://secret/x"}) { modelVersion { number } } }`,
    { name: model },
  );
  const { number } = createModelVersion.modelVersion;
  if (stage) await move(model, number, stage);
  return number;
}
const move = (model: string, number: number, to: string) =>
  server.data(
    `mutation ($version: ModelVersionRef!, $to: Stage!) { transitionModelVersion(input: {version: $version, to: $to, reason: "why"}) { modelVersion { id } } }`,
    { version: { number: { model, number } }, to },
  );
const head = async (): Promise<string> => (await server.data("{ head { cursor } }")).head.cursor;

describe("watch", () => {
  test("delivers changes in order, one at a time, and continues after the last that was handled", async () => {
    const after = await head();
    await create("received", "STAGING");
    for (const to of ["PRODUCTION", "ARCHIVED"]) await move("received", 1, to);
    const [received, cursors]: [Change[], string[]] = [[], []];
    let busy = 0;
    const stopping = new AbortController();
    const options = { url: server.url, token: () => server.token(), where: { models: ["received"] } };
    await watch({
      ...options,
      after,
      signal: stopping.signal,
      onEvent: async (change, cursor) => {
        expect(busy++).toBe(0);
        await new Promise((resolve) => setTimeout(resolve, 20));
        busy--;
        received.push(change);
        cursors.push(cursor);
        if (received.length === 3) stopping.abort();
      },
    });
    expect(received.map((change) => change.kind === "STAGE" && [change.from, change.to])).toEqual([
      ["NONE", "STAGING"],
      ["STAGING", "PRODUCTION"],
      ["PRODUCTION", "ARCHIVED"],
    ]);
    expect(received[0]).toMatchObject({
      modelName: "received",
      versionNumber: 1,
      reason: "why",
      actor: { subject: "tester" },
    });
    const thrown = new Error("mine");
    const again: Change[] = [];
    const watched = watch({
      ...options,
      after: cursors[0] as string,
      onEvent: (change) => {
        again.push(change);
        throw thrown;
      },
    });
    await expect(watched).rejects.toBe(thrown);
    expect(again).toEqual([received[1]]);
  });

  test("follows aliases, and reports the cursor of a quiet stream", async () => {
    const after = await head();
    await create("aliased");
    await server.data(
      `mutation { setAlias(input: {model: {name: "aliased"}, alias: "a", number: 1}) { alias { name } } }`,
    );
    const stopping = new AbortController();
    const [bookmarks, received]: [string[], Change[]] = [[], []];
    await watch({
      url: server.url,
      token: await server.token(),
      where: { aliases: ["a"] },
      after,
      signal: stopping.signal,
      onBookmark: (cursor) => void bookmarks.push(cursor),
      onEvent: (change) => {
        received.push(change);
        stopping.abort();
      },
    });
    expect(bookmarks).toEqual([after]);
    expect(received).toMatchObject([
      { kind: "ALIAS", alias: "a", number: 1, previousNumber: null, modelName: "aliased" },
    ]);
  });

  test.each([
    ["FORBIDDEN", async () => server.token({ scopes: ["runs:read"] }), undefined],
    ["UNAUTHENTICATED", async () => "no token", undefined],
    ["INVALID_INPUT", async () => server.token(), "no cursor"],
  ])("ends with %s, which a later attempt does not change", async (code, token, after) => {
    const watched = watch({ url: server.url, token: await token(), after, onEvent: () => {} });
    await expect(watched).rejects.toBeInstanceOf(ShelfmarkError);
    await expect(watched).rejects.toMatchObject({ code });
  });

  test("reconnects when the server stops and when no server listens", async () => {
    const other = await startServerOn(server.database);
    const port = Number(new URL(other.url).port);
    const [retries, received]: [string[], Change[]] = [[], []];
    const stopping = new AbortController();
    const after = await head();
    const watched = watch({
      url: other.url,
      token: () => server.token(),
      where: { models: ["back"] },
      after,
      signal: stopping.signal,
      onRetry: (reason) => void retries.push(reason),
      onEvent: (change) => {
        received.push(change);
        stopping.abort();
      },
      onBookmark: async () => {
        if (retries.length === 0) void other.stop();
      },
    });
    await expect.poll(() => retries.length).toBeGreaterThan(1);
    await create("back", "STAGING");
    const third = await startServerOn(server.database, { PORT: String(port) });
    await watched;
    await third.stop();
    expect(received).toHaveLength(1);
  });
});

/** A proxy that responds instead of the server. */
async function withProxy(answers: [number, string, string][], work: (url: string) => Promise<void>): Promise<void> {
  const proxy = createServer((_request, response) => {
    const [status, type, body] = answers.shift() ?? [503, "text/plain", ""];
    response.writeHead(status, { "content-type": type }).end(body);
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  await work(`http://127.0.0.1:${(proxy.address() as AddressInfo).port}/graphql`);
  proxy.close();
}

test("a start time in the future is kept after the connection was lost", () => {
  const message = (cursor: string, at?: string) => {
    const event = at ? { id: cursor, revision: 1, at, modelName: "m" } : null;
    return `event: next\ndata: ${JSON.stringify({ data: { message: { cursor, event } } })}\n\n`;
  };
  const [first, second] = [
    message("a"),
    message("b", "2029-12-31T23:59:59.999Z") + message("c", "2030-01-01T00:00:00Z"),
  ];
  const answers: [number, string, string][] = [first, second].map((body) => [200, "text/event-stream", body]);
  return withProxy(answers, async (url) => {
    const stopping = new AbortController();
    const [received, passed]: [string[], string[]] = [[], []];
    await watch({
      url,
      token: "t",
      since: new Date("2030-01-01"),
      signal: stopping.signal,
      onBookmark: (cursor) => void passed.push(cursor),
      onEvent: (_change, cursor) => {
        received.push(cursor);
        stopping.abort();
      },
    });
    expect([passed, received]).toEqual([["a", "b"], ["c"]]);
  });
});

test("an error page of a proxy and a malformed message do not end a watch", () => {
  const garbled = 'event: next\ndata: {"data":\n\n';
  return withProxy(
    [
      [502, "text/html", "<h1>Bad gateway</h1>"],
      [200, "text/event-stream", garbled],
    ],
    async (url) => {
      const stopping = new AbortController();
      const retries: string[] = [];
      await watch({
        url,
        token: "t",
        signal: stopping.signal,
        onEvent: () => {},
        onRetry: (reason) => {
          retries.push(reason);
          if (retries.length === 3) stopping.abort();
        },
      });
      expect(retries).toEqual([
        expect.stringMatching(/^HTTP 502/),
        "The stream was cut off: a message is not a GraphQL response.",
        expect.stringMatching(/^HTTP 503/),
      ]);
    },
  );
});

test("a token source that fails for a while does not end a watch", async () => {
  const [stopping, retries] = [new AbortController(), [] as string[]];
  const given = [() => server.token({ ttlSeconds: 1 }), () => Promise.reject(new Error("no metadata server"))];
  let bookmarks = 0;
  await watch({
    url: server.url,
    signal: stopping.signal,
    onEvent: () => {},
    token: () => (given.shift() ?? (() => server.token()))(),
    onBookmark: () => void (++bookmarks === 2 && stopping.abort()),
    onRetry: (reason) => void retries.push(reason),
  });
  expect(retries).toEqual([expect.stringMatching(/expired/), "There is no token: no metadata server"]);
  const never = watch({ url: server.url, token: () => Promise.reject(new Error("no such file")), onEvent: () => {} });
  await expect(never).rejects.toThrow("no such file");
});

describe("reconcile", () => {
  function follow(more: Partial<Parameters<typeof reconcile>[0]> & Pick<Parameters<typeof reconcile>[0], "apply">) {
    const stopping = new AbortController();
    const options = {
      url: server.url,
      token: () => server.token(),
      at: { stage: "PRODUCTION" },
      retryMs: { first: 50, longest: 100 },
    } as const;
    const done = reconcile({ ...options, signal: stopping.signal, ...more });
    return {
      done,
      stop: () => {
        stopping.abort();
        return done;
      },
    };
  }

  test("ends when its token expires, also while a deployment fails repeatedly", async () => {
    await create("broken", "PRODUCTION");
    let [attempts, aheadMs] = [0, 0];
    const app = await startServerOn(server.database, {}, () => new Date(Date.now() + aheadMs));
    const { done } = follow({
      url: app.url,
      models: ["broken"],
      token: await server.token(),
      apply: async () => {
        if (++attempts === 2) aheadMs = 3_600_000;
        throw new Error("no room");
      },
    });
    await expect(done).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
    expect(attempts).toBeGreaterThan(1);
    await app.stop();
  });

  test("models are independent, with one call at a time for each, and a call gets the previous version", async () => {
    for (const model of ["ind-a", "ind-b"]) await create(model, "PRODUCTION");
    const applied: [string, number, number | null][] = [];
    let letGo = () => {};
    const gate = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const following = follow({
      models: ["ind-*"],
      apply: async ({ modelName, versionNumber }: Standing, previous) => {
        if (modelName === "ind-a") await gate;
        applied.push([modelName, versionNumber, previous?.versionNumber ?? null]);
      },
    });
    await expect.poll(() => applied).toEqual([["ind-b", 1, null]]);
    await create("ind-a", "PRODUCTION");
    await create("ind-b", "PRODUCTION");
    await expect.poll(() => applied.length).toBe(2);
    letGo();
    await expect
      .poll(() => applied)
      .toEqual([
        ["ind-b", 1, null],
        ["ind-b", 2, 1],
        ["ind-a", 1, null],
        ["ind-a", 2, 1],
      ]);
    await following.stop();
  });

  test("after a failed attempt even the previous version is applied again", async () => {
    await create("again", "PRODUCTION");
    const [applied, failures]: [number[], number[]] = [[], []];
    const following = follow({
      models: ["again"],
      retryMs: { first: 60_000, longest: 60_000 },
      apply: async ({ versionNumber }) => {
        if (versionNumber === 2) throw new Error("broken");
        applied.push(versionNumber);
      },
      onFailure: ({ versionNumber }) => void failures.push(versionNumber),
    });
    await expect.poll(() => applied).toEqual([1]);
    await create("again", "PRODUCTION");
    await expect.poll(() => failures).toEqual([2]);
    await move("again", 2, "ARCHIVED");
    await expect.poll(() => applied).toEqual([1, 1]);
    await following.stop();
  });

  test("follows a model through a rename", async () => {
    await create("before", "PRODUCTION");
    const applied: string[] = [];
    const following = follow({
      models: ["befor*", "after"],
      apply: async ({ modelName }) => void applied.push(modelName),
    });
    await expect.poll(() => applied).toEqual(["before"]);
    await server.data(`mutation { renameModel(input: {model: {name: "before"}, newName: "after"}) { model { id } } }`);
    await expect.poll(() => applied).toEqual(["before", "after"]);
    await following.stop();
  });

  const rename = (from: string, newName: string) =>
    server.data("mutation ($input: RenameModelInput!) { renameModel(input: $input) { model { id } } }", {
      input: { model: { name: from }, newName },
    });

  test("ends when a model that is named exactly is renamed, and does not apply one that takes the name", async () => {
    await create("exact", "PRODUCTION");
    const applied: Standing[] = [];
    const { done } = follow({ models: ["exact"], apply: async (standing) => void applied.push(standing) });
    await expect.poll(() => applied.length).toBe(1);
    await Promise.all([
      expect(done).rejects.toMatchObject({
        name: "ModelRenamedError",
        modelName: "exact",
        message:
          'The model "exact" was renamed to "exact-2". Nothing more is applied for "exact". Start again with the name of the model that you mean.',
      }),
      rename("exact", "exact-2"),
    ]);
    await create("exact", "PRODUCTION");
    expect(applied).toHaveLength(1);
  });

  test("ends when another model has taken the name while the connection was lost", async () => {
    await create("taken", "PRODUCTION");
    const applied: Standing[] = [];
    const app = await startServerOn(server.database);
    const port = new URL(app.url).port;
    const { done } = follow({
      url: app.url,
      models: ["taken"],
      apply: async (standing) => void applied.push(standing),
    });
    const ended = expect(done).rejects.toThrow('The model "taken" was renamed to "taken-2".');
    await expect.poll(() => applied.length).toBe(1);
    await app.stop();
    await rename("taken", "taken-2");
    await create("taken", "PRODUCTION");
    const again = await startServerOn(server.database, { PORT: port });
    await ended;
    expect(applied).toHaveLength(1);
    await again.stop();
  });

  test.each([
    ["renamed", "and nothing has the name", null],
    ["replaced", "and another model has the name", "PRODUCTION"],
  ] as const)(
    "ends when a model without a version at the place is renamed while the connection was lost (%s, %s)",
    async (name, _case, stage) => {
      await create(name);
      const applied: Standing[] = [];
      const vacant: string[] = [];
      let probed = 0;
      const app = await startServerOn(server.database);
      const port = new URL(app.url).port;
      const { done } = follow({
        url: app.url,
        models: [name, `${name}-probe`],
        apply: async (standing) => {
          if (standing.modelName === name) applied.push(standing);
          else probed++;
        },
        onVacant: (model) => vacant.push(model),
      });
      const ended = expect(done).rejects.toThrow(`The model "${name}" was renamed to "${name}-2".`);
      await create(`${name}-probe`, "PRODUCTION");
      await expect.poll(() => probed).toBe(1);
      await app.stop();
      await rename(name, `${name}-2`);
      if (stage) await create(name, stage);
      const again = await startServerOn(server.database, { PORT: port });
      await ended;
      expect([applied, vacant]).toEqual([[], []]);
      await again.stop();
    },
  );

  test("a model of a glob may be renamed, and another one may take its name", async () => {
    await create("globbed", "PRODUCTION");
    const applied: string[] = [];
    const following = follow({ models: ["globbed*"], apply: async ({ modelName }) => void applied.push(modelName) });
    await expect.poll(() => applied).toEqual(["globbed"]);
    await rename("globbed", "globbed-2");
    await expect.poll(() => applied).toEqual(["globbed", "globbed-2"]);
    await create("globbed", "PRODUCTION");
    await expect.poll(() => applied).toEqual(["globbed", "globbed-2", "globbed"]);
    await following.stop();
  });

  test.each([
    ["compacted", `SELECT compact_events("revision") FROM "EventHead"`],
    ["diverged", `UPDATE "EventHead" SET "logId" = gen_random_uuid()`],
  ])("lists again by itself when the history is %s", async (name, statement) => {
    const [applied, retries]: [number[], string[]] = [[], []];
    let connections = 0;
    const token = async () => {
      // the first connection is the list, the second the stream
      if (++connections === 2) {
        await create(name, "PRODUCTION");
        await server.database.pool.query(statement);
      }
      return server.token();
    };
    const following = follow({
      models: [name],
      token,
      onRetry: (reason) => void retries.push(reason),
      apply: async ({ versionNumber }) => void applied.push(versionNumber),
    });
    await expect.poll(() => applied).toEqual([1]);
    expect(retries).toEqual([expect.stringContaining("continue from its cursor")]);
    await create(name, "PRODUCTION");
    await expect.poll(() => applied).toEqual([1, 2]);
    await following.stop();
  });

  test("a token that may not read the source still gets the version", async () => {
    await create("blind", "PRODUCTION");
    const applied: Standing[] = [];
    const token = () => server.token({ scopes: ["models:read"], subject: "mallory" });
    const following = follow({ models: ["blind"], token, apply: async (standing) => void applied.push(standing) });
    await expect.poll(() => applied).toMatchObject([{ versionNumber: 1, source: null }]);
    await following.stop();
    const refused = follow({ token: () => server.token({ scopes: [] }), apply: async () => {} });
    await expect(refused.done).rejects.toMatchObject({ code: "FORBIDDEN" });
  });
});

test("the package exports the client, with its types", async () => {
  const print = `import * as client from "shelfmark/client"; console.log(Object.keys(client).sort().join(" "))`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", print]);
  expect(stdout.trim()).toBe("ConnectionError ModelRenamedError ShelfmarkError reconcile watch");
});
