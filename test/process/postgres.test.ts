import { decodeJwt } from "jose";
import { afterEach, describe, expect, test } from "vitest";
import { TEST_DATABASE_KIND } from "../support/database/database.js";
import { administer } from "../support/database/postgres-server.js";
import { type Home, makeHome } from "../support/process/home.js";
import {
  killServerProcesses,
  postGraphQL,
  type ServerProcess,
  startServerProcess,
} from "../support/process/server-process.js";
import type { GraphQLAnswer } from "../support/server.js";

const CREATE = `mutation ($name: String!) {
  createModelVersion(input: { model: { name: $name }, createModel: true, source: "s3://b/x" }) { modelVersion { id number } }
}`;
const MOVE = `mutation ($id: ID!) { transitionModelVersion(input: { version: { id: $id }, to: STAGING }) { transition { revision } } }`;
const WATCH = `subscription { stageChanged { cursor event { modelName versionNumber to } } }`;

const REVOKE = `mutation ($tokenId: String!) {
  revokeTokens(input: { tokens: { tokenId: $tokenId } }) { revocation { tokenId } }
}`;
const ME = "{ viewer { actor { subject } } }";

type Watch = AsyncIterableIterator<GraphQLAnswer>;

let home: Home;
afterEach(async () => {
  await killServerProcesses();
  await home.remove();
});

async function move(server: ServerProcess, name: string): Promise<number> {
  const { id, number } = (await server.data(CREATE, { name })).createModelVersion.modelVersion;
  await server.data(MOVE, { id });
  return number;
}

async function nextEvent(watch: Watch) {
  for (;;) {
    const { value, done } = await watch.next();
    if (done) throw new Error("The stream ended.");
    if (value.errors) throw new Error(JSON.stringify(value.errors));
    if (value.data.stageChanged.event) return value.data.stageChanged.event;
  }
}

async function startWatching(server: ServerProcess): Promise<Watch> {
  const watch = server.watch(WATCH);
  expect((await watch.next()).value.data.stageChanged.event).toBeNull();
  return watch;
}

async function readiness(server: ServerProcess): Promise<number> {
  return (await fetch(new URL("/readyz", server.url))).status;
}

describe.runIf(TEST_DATABASE_KIND === "postgres")("several servers on one PostgreSQL", () => {
  test("five that start at once on an empty database all become ready, and each delivers the changes of the others", async () => {
    home = await makeHome("fresh");
    const servers = await Promise.all(Array.from({ length: 5 }, () => startServerProcess(home.env)));
    expect(new Set(servers.map(({ url }) => url)).size).toBe(5);
    const watches = await Promise.all(servers.map(startWatching));
    const [first] = servers as [ServerProcess];
    await move(first, "fraud");
    expect(await Promise.all(watches.map(nextEvent))).toEqual(
      servers.map(() => ({ modelName: "fraud", versionNumber: 1, to: "STAGING" })),
    );
    // they share one key, so the token of one is valid on the others
    const shown = await Promise.all(
      servers.map(async ({ url }) => {
        const response = await fetch(url, {
          method: "POST",
          headers: { "content-type": "application/json", authorization: `Bearer ${first.token}` },
          body: JSON.stringify({ query: '{ model(name: "fraud") { latestVersion { stage } } }' }),
        });
        return response.json();
      }),
    );
    expect(shown).toEqual(servers.map(() => ({ data: { model: { latestVersion: { stage: "STAGING" } } } })));
    const exits = await Promise.all(servers.map((server) => server.kill("SIGTERM")));
    expect(exits.map(({ code }) => code)).toEqual([0, 0, 0, 0, 0]);
  });

  test("a token that is revoked on one is refused by the other, and its streams there end", async () => {
    home = await makeHome("migrated");
    const [here, there] = await Promise.all([startServerProcess(home.env), startServerProcess(home.env)]);
    const watch = await startWatching(there);
    const tokenId = decodeJwt(there.token).jti;
    expect(await here.data(REVOKE, { tokenId })).toEqual({ revokeTokens: { revocation: { tokenId } } });
    const { value } = await watch.next();
    expect(value.errors).toMatchObject([
      { message: "The token has been revoked.", extensions: { code: "UNAUTHENTICATED" } },
    ]);
    // each server learns of it on its own
    for (const { url } of [here, there]) {
      const refusal = async () => (await postGraphQL(url, there.token, { query: ME })).errors?.[0]?.message;
      await expect.poll(refusal).toBe("The token has been revoked.");
      const kept = await postGraphQL(url, here.token, { query: ME });
      expect(kept.errors).toBeUndefined();
    }
  });

  test("without PostgreSQL they are not ready and answer UNAVAILABLE, and they recover on their own", async () => {
    home = await makeHome("migrated");
    const server = await startServerProcess(home.env);
    const watch = await startWatching(server);
    await move(server, "before");
    expect(await nextEvent(watch)).toMatchObject({ modelName: "before" });
    expect(await readiness(server)).toBe(200);

    await administer(`ALTER DATABASE ${home.database} ALLOW_CONNECTIONS false`);
    await administer(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${home.database}'`);
    for (const document of ["{ models { totalCount } }", "{ head { revision } }"]) {
      const { errors } = await server.request(document);
      expect(errors?.map(({ extensions }) => extensions.code)).toEqual(["UNAVAILABLE"]);
      expect(JSON.stringify(errors)).not.toMatch(/connections|terminat|pg_|select/i);
    }
    const refused = await server.request(CREATE, { name: "during" });
    expect(refused.errors?.[0]?.extensions.code).toBe("UNAVAILABLE");
    expect(await readiness(server)).toBe(503);
    expect((await fetch(new URL("/healthz", server.url))).status).toBe(200);

    await administer(`ALTER DATABASE ${home.database} ALLOW_CONNECTIONS true`);
    await expect.poll(() => readiness(server)).toBe(200);
    expect(await server.data('{ model(name: "during") { id } models { totalCount } }')).toEqual({
      model: null,
      models: { totalCount: 1 },
    });
    await move(server, "after");
    // the stream has been open all the time
    expect(await nextEvent(watch)).toMatchObject({ modelName: "after" });
    expect(await server.kill("SIGTERM")).toMatchObject({ code: 0 });
  });
});
