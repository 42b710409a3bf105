import {
  type GraphQLInterfaceType,
  type GraphQLObjectType,
  getNamedType,
  isCompositeType,
  parse,
  validate,
} from "graphql";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { App } from "../../../src/app.js";
import type { Actor } from "../../../src/domain/access/actor.js";
import { schema } from "../../../src/graphql/schema.js";
import { analyzeDocument } from "../../../src/server/streams/document-analysis.js";
import { FairQueue } from "../../../src/server/streams/fair-queue.js";
import type { Database } from "../../../src/store/connection/database.js";
import { openTestDatabase } from "../../support/database/database.js";
import { eventually } from "../../support/eventually.js";
import { type As, type GraphQLAnswer, mintTestToken } from "../../support/server.js";
import { openSse, post, raw } from "../../support/transports.js";
import { startServerOn } from "../../support/wiring.js";

const SCRAPER = "0123456789abcdef";
const actor = (subject: string): Actor => ({ issuer: "https://issuer.test", subject, name: null, kind: "USER" });

describe("the fair queue", () => {
  test("has few places, fewer for one actor, and gives them in the order of arrival", async () => {
    const queue = new FairQueue(32);
    const begun: string[] = [];
    const ends: Record<string, () => void> = {};
    const take = (name: string) =>
      void queue.acquire(actor(name[0] as string), new AbortController().signal).then((end) => {
        begun.push(name);
        ends[name] = end;
      });
    for (const name of ["a1", "a2", "a3", "b1", "b2", "b3", "c1", "c2", "d1", "d2", "e1", "e2"]) take(name);
    await new Promise((resolve) => setImmediate(resolve));
    expect(begun).toEqual(["a1", "a2", "b1", "b2", "c1", "c2", "d1", "d2"]);
    for (const [ended, next] of [
      ["c1", "e1"],
      ["a1", "a3"],
      ["a1", undefined],
      ["b1", "b3"],
      ["a2", "e2"],
    ] as const) {
      begun.length = 0;
      ends[ended]?.();
      await new Promise((resolve) => setImmediate(resolve));
      expect(begun).toEqual(next ? [next] : []);
    }
  });

  test("keeps no place for a subscriber that leaves while it waits", async () => {
    const queue = new FairQueue(1);
    const leavers = Array.from({ length: 100 }, () => new AbortController());
    const end = await queue.acquire(actor("a"), new AbortController().signal);
    const taken = Promise.allSettled(leavers.map(({ signal }) => queue.acquire(actor("a"), signal)));
    expect(queue.waiting).toBe(100);
    for (const leaver of leavers) leaver.abort();
    expect(queue.waiting).toBe(0);
    expect(new Set((await taken).map(({ status }) => status))).toEqual(new Set(["rejected"]));
    end();
    (await queue.acquire(actor("a"), new AbortController().signal))();
  });
});

describe("a document that selects nodes reads the database", () => {
  const subscription = (fields: string) => parse(`subscription { registryEvents { cursor event { ${fields} } } }`);
  test.each([
    [
      "fields of the event itself",
      "type actor { subject } commit { commitId size } ... on ModelRenamedEvent { previousName }",
      false,
    ],
    ["a node", "... on ModelRenamedEvent { model { name } }", true],
    [
      "a node in a fragment",
      "...F } } } fragment F on StageChangedEvent { ... @include(if: true) { ... { transition { id } ",
      true,
    ],
  ])("%s", (_, fields, readsDatabase) => {
    const document = subscription(fields);
    expect(validate(schema, document)).toEqual([]);
    expect(analyzeDocument({ document, schema }).readsDatabase).toBe(readsDatabase);
  });

  test("and no other field of an event does", () => {
    const events = schema.getPossibleTypes(schema.getType("RegistryEvent") as GraphQLInterfaceType);
    const told = events.flatMap((event) => Object.values(event.getFields()).map(({ type }) => getNamedType(type)));
    const others = told.filter(
      (type) => isCompositeType(type) && !String((type as GraphQLObjectType).getInterfaces()).includes("Node"),
    );
    expect(new Set(others.map(({ name }) => name))).toEqual(
      new Set(["Actor", "ActorClaim", "Commit", "PolicyRuleResult"]),
    );
  });
});

describe("a message that reads the database", () => {
  let database: Database;
  let app: App;
  let release: (() => void)[] = [];
  let isSlow = true;
  let restore: () => void;
  beforeAll(async () => {
    database = await openTestDatabase();
    app = await startServerOn(database, {
      SHELFMARK_LIMIT_EXECUTING: "32",
      SHELFMARK_METRICS_TOKEN: SCRAPER,
    });
    const field = (schema.getType("ModelRegisteredEvent") as GraphQLObjectType).getFields().model;
    const resolve = field?.resolve;
    if (!field || !resolve) throw new Error("There is no such field.");
    field.resolve = async (...args) => {
      if (isSlow) await new Promise<void>((go) => release.push(go));
      return resolve(...args);
    };
    restore = () => {
      field.resolve = resolve;
    };
  });
  afterAll(async () => {
    restore();
    await app.stop();
    await database.close();
  });
  afterEach(() => {
    isSlow = true;
    releaseAll();
  });

  const releaseAll = () => {
    for (const go of release) go();
    release = [];
  };
  const ask = async (as: As, query: string) =>
    (await (await post(app.url, await mintTestToken(as), { query })).json()) as GraphQLAnswer;
  let registered = 0;
  async function register(): Promise<string> {
    const name = `m${registered++}`;
    const { errors } = await ask({}, `mutation { registerModel(input: { name: "${name}" }) { model { id } } }`);
    expect(errors).toBeUndefined();
    return name;
  }
  const DOCUMENT = `subscription ($after: String) { registryEvents(after: $after) {
    cursor event { ... on ModelRegisteredEvent { model { name } } }
  } }`;
  const openAs = async (as: As, variables: object = {}, document = DOCUMENT, on = app) => {
    const stream = await openSse(on.url, await mintTestToken(as), document, variables);
    const bookmark = await stream.next();
    expect(bookmark?.data.registryEvents.event).toBeNull();
    return { ...stream, cursor: bookmark?.data.registryEvents.cursor as string };
  };
  const openStreams = async () => {
    const headers = { authorization: `Bearer ${SCRAPER}` };
    const { body } = await raw(app.url, { method: "GET", path: "/metrics", headers });
    return Number(/^shelfmark_subscriptions_open\{[^}]*"http"\} (\d+)$/m.exec(body)?.[1]);
  };
  type Stream = Awaited<ReturnType<typeof openAs>>;
  const nameOf = async ({ next }: Stream) => (await next())?.data?.registryEvents.event.model.name;
  const executing = (count: number) => expect.poll(() => release.length).toBe(count);

  test("is executed for two subscriptions of one actor at once, and requests are answered meanwhile", async () => {
    const documents = [1, 2, 3, 4, 5].map((i) => DOCUMENT.replace("cursor event", `cursor c${i}: cursor event`));
    const mine = await Promise.all(documents.map((document) => openAs({ subject: "greedy" }, {}, document)));
    const other = await openAs({ subject: "modest" });
    const name = await register();
    // the greedy actor has two places, the modest one its own
    for (const count of [3, 2, 1]) {
      await executing(count);
      expect((await ask({ subject: "greedy" }, "{ viewer { actor { subject } } }")).data).toBeDefined();
      expect(release).toHaveLength(count);
      releaseAll();
    }
    expect(await Promise.all([...mine, other].map(nameOf))).toEqual(Array(6).fill(name));
    for (const stream of [...mine, other]) stream.leave();
  });

  test("is executed once for all that wait for the same", async () => {
    const mine = await Promise.all(Array.from({ length: 5 }, () => openAs({ subject: "many" })));
    const name = await register();
    await executing(2);
    releaseAll();
    expect(await Promise.all(mine.map(nameOf))).toEqual(Array(5).fill(name));
    for (const stream of mine) stream.leave();
  });

  test("frees its place, or is not executed, if its subscriber leaves", async () => {
    const mine = await Promise.all(Array.from({ length: 5 }, () => openAs({ subject: "leaver" })));
    await register();
    await executing(2);
    for (const stream of mine) stream.leave();
    await expect.poll(openStreams).toBe(0);
    const after = await openAs({ subject: "leaver" });
    const name = await register();
    releaseAll();
    await executing(1);
    releaseAll();
    expect(await nameOf(after)).toBe(name);
    after.leave();
  });

  test("ends its stream in time, which goes on after the last cursor", async () => {
    const hasty = await startServerOn(database, { SHELFMARK_LIMIT_REQUEST_MS: "200" });
    // a slow machine may need several attempts to open it within this limit
    const stream = await eventually(() => openAs({}, {}, DOCUMENT, hasty));
    const name = await register();
    expect((await stream.next())?.errors).toMatchObject([
      { message: /after the last cursor/, extensions: { code: "TIMEOUT", retryable: true } },
    ]);
    expect(await stream.next()).toBeNull();
    isSlow = false;
    releaseAll();
    const again = await openAs({}, { after: stream.cursor });
    expect(await nameOf(again)).toBe(name);
    again.leave();
    await hasty.stop();
  });

  test("is not delivered if the token is revoked while it waits", async () => {
    const held = await Promise.all([1, 2].map(() => openAs({ subject: "thief", tokenId: "held" })));
    const waiting = await openAs({ subject: "thief", tokenId: "stolen" });
    await register();
    await executing(2);
    const revoked = await ask(
      { subject: "admin", scopes: ["admin"] },
      `mutation { revokeTokens(input: { tokens: { tokenId: "stolen" } }) { revocation { id } } }`,
    );
    expect(revoked.errors).toBeUndefined();
    await eventually(async () => {
      const response = await post(app.url, await mintTestToken({ subject: "thief", tokenId: "stolen" }), {
        query: "{ viewer { scopes } }",
      });
      expect(response.status).toBe(401);
    });
    releaseAll();
    expect((await waiting.next())?.errors).toMatchObject([{ extensions: { code: "UNAUTHENTICATED" } }]);
    expect(await waiting.next()).toBeNull();
    for (const stream of held) stream.leave();
  });
});
