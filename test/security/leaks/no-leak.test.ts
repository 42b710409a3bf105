import { type GraphQLObjectType, getNamedType, isLeafType, isObjectType } from "graphql";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { App } from "../../../src/app.js";
import { schema } from "../../../src/graphql/schema.js";
import type { Database } from "../../../src/store/connection/database.js";
import { openTestDatabase } from "../../support/database/database.js";
import { createRandom, type Random } from "../../support/random.js";
import { type As, type GraphQLAnswer, mintTestToken } from "../../support/server.js";
import { openSse } from "../../support/transports.js";
import { startServerOn } from "../../support/wiring.js";
import { seedMarkedWorld, sendTo, type World } from "./marked-world.js";
import { type Selected, writeMutation, writeQuery, writeSubscription, writeWhole } from "./random-query.js";
import { randomViewer } from "./random-viewer.js";
import { holds } from "./visibility-oracle.js";

/** FUZZ_RUNS=20000 FUZZ_SEED=7 npx vitest run --project attack test/security/leaks/no-leak.test.ts */
const RUNS = Number(process.env.FUZZ_RUNS ?? 300);
/** With this many documents every field of the schema is selected. */
const ENOUGH_FOR_ALL = 300;
const SEED = Number(process.env.FUZZ_SEED ?? 20_261_123);
const LONG_MS = 600_000 + RUNS * 3_000;

let database: Database;
let app: App;
let world: World;
beforeAll(async () => {
  database = await openTestDatabase();
  app = await startServerOn(database, {
    SHELFMARK_LIMIT_COMPLEXITY: "100000000",
    SHELFMARK_LIMIT_ALIASES: "10000",
    SHELFMARK_LIMIT_DEPTH: "100",
    SHELFMARK_LIMIT_TOKENS: "100000",
    SHELFMARK_WEBHOOK_ALLOW: "127.0.0.0/8",
  });
  world = await seedMarkedWorld((document, variables, as) => sendTo(app.url, document, variables, as));
});
afterAll(async () => {
  await app.stop();
  await database.close();
});

const ADMIN: As = { subject: "root", scopes: ["admin"] };

/** The marks in a response that the viewer may not see. Errors may repeat values of the document. */
function leaksOf(viewer: As, { data, errors = [] }: GraphQLAnswer, document: string) {
  const given = world.marks.in(document);
  const inErrors = world.marks.leaks(viewer, errors).filter(({ value }) => !given.has(value));
  return [...world.marks.leaks(viewer, data), ...inErrors];
}

/** Codes of errors that neither the viewer nor the document can cause. */
const FAULTS: ReadonlySet<string> = new Set(["INTERNAL", "INVALID_DOCUMENT"]);
const faultsOf = ({ errors = [] }: GraphQLAnswer) => errors.filter(({ extensions: { code } }) => FAULTS.has(code));

/** Runs a case for each seed, several at the same time, and collects the failures. */
async function forEachSeed(count: number, run: (random: Random) => Promise<object | null>, atOnce = 8) {
  const found: object[] = [];
  for (let from = 0; from < count && found.length < 5; from += atOnce) {
    const seeds = Array.from({ length: Math.min(atOnce, count - from) }, (_, i) => SEED + from + i);
    const faults = await Promise.all(
      seeds.map(async (seed) => {
        const fault = await run(createRandom(seed));
        return fault && { seed, ...fault };
      }),
    );
    found.push(...faults.filter((fault) => fault !== null));
  }
  if (found.length > 0) console.error(JSON.stringify(found, null, 1));
  return found;
}

/** The fields of all types that a query can reach. */
function reachableFields(type: GraphQLObjectType, found = new Set<string>()): Set<string> {
  for (const field of Object.values(type.getFields())) {
    const name = `${type.name}.${field.name}`;
    if (found.has(name)) continue;
    found.add(name);
    const leadsTo = getNamedType(field.type);
    if (isLeafType(leadsTo)) continue;
    for (const each of isObjectType(leadsTo) ? [leadsTo] : schema.getPossibleTypes(leadsTo as never)) {
      reachableFields(each, found);
    }
  }
  return found;
}

test("no response holds a value that its viewer may not read", { timeout: LONG_MS }, async () => {
  const selected: Selected = new Map();
  const seen = { documents: 0, returned: 0, withheld: 0 };
  const faults = await forEachSeed(RUNS, async (random) => {
    const viewer = randomViewer(random, world);
    const document = writeQuery({ schema, random, pools: world.pools, selected, depth: 2 + random.below(4) });
    const answer = await sendTo(app.url, document, {}, viewer);
    const [leaks, faulty] = [leaksOf(viewer, answer, document), faultsOf(answer)];
    seen.returned += world.marks.in(answer.data).size;
    if (seen.documents++ % 4 === 0) {
      const { data } = await sendTo(app.url, document, {}, ADMIN);
      seen.withheld += [...world.marks.in(data)].filter((value) => !world.marks.allows(viewer, value)).length;
    }
    return leaks.length + faulty.length === 0 ? null : { leaks, faulty, viewer, document, answer };
  });
  expect(faults).toEqual([]);
  const query = schema.getQueryType();
  const left = [...reachableFields(query as GraphQLObjectType)].filter((name) => !selected.has(name));
  if (process.env.FUZZ_RUNS) console.info(seen, `${selected.size} selected, left: ${left.join(" ")}`);
  // values were there to leak, and were not returned
  expect(seen.withheld).toBeGreaterThan(seen.documents / 2);
  expect(seen.returned).toBeGreaterThan(seen.documents / 2);
  if (RUNS < ENOUGH_FOR_ALL) expect(left.length).toBeLessThan(selected.size / 3);
  else expect(left).toEqual([]);
});

test("no stream holds such a value, from the first event on", { timeout: LONG_MS }, async () => {
  const since = new Date(Date.now() - 3_600_000).toISOString();
  const head = async () => (await sendTo(app.url, "{ head { revision } }", {}, ADMIN)).data.head.revision as number;
  const selected: Selected = new Map();
  let returned = 0;
  const faults = await forEachSeed(
    Math.ceil(RUNS / 12),
    async (random) => {
      const viewer = { ...randomViewer(random, world), ttlSeconds: 3_600 };
      const field = random.pick([
        "registryEvents",
        "stageChanged",
        "aliasChanged",
        "promotionRequested",
        "promotionRequestUpdated",
      ]);
      const document = writeSubscription({ schema, random, pools: world.pools, selected, depth: 3 }, field, since);
      const last = await head();
      const stream = await openSse(app.url, await mintTestToken(viewer), document);
      const messages: GraphQLAnswer[] = [];
      for (;;) {
        const message = await stream.next();
        if (message === null) break;
        messages.push(message);
        const cursor = message.data?.[field]?.cursor as string | undefined;
        if (cursor === undefined || Number(Buffer.from(cursor, "base64url").toString().split(".")[1]) >= last) break;
      }
      stream.leave();
      const leaks = messages.flatMap((message) => leaksOf(viewer, message, document));
      const faulty = messages.flatMap(faultsOf);
      returned += messages.reduce((sum, { data }) => sum + world.marks.in(data).size, 0);
      return leaks.length + faulty.length === 0 ? null : { leaks, faulty, viewer, document, messages };
      // each waits for the bookmark that ends it
    },
    32,
  );
  expect(faults).toEqual([]);
  expect(returned).toBeGreaterThan(RUNS / 10);
});

/** The list of each noun, and the scope that it requires to hold deleted objects. */
const LISTS = {
  Model: ["models", "models:delete"],
  ModelVersion: ["modelVersions", "models:delete"],
  StageTransition: ["stageTransitions", null],
  AliasTransition: ["aliasTransitions", null],
  Experiment: ["experiments", "runs:write"],
  Run: ["runs", "runs:write"],
  LoggedModel: ["loggedModels", "runs:write"],
  Dataset: ["datasets", "runs:write"],
  Deployment: ["deployments", null],
  Webhook: ["webhooks", null],
  Revocation: ["revocations", null],
} as const;

test("everything that the viewer may see is there: in lists, in counts and by id", { timeout: LONG_MS }, async () => {
  const ids = world.things.map(({ id }) => id);
  let shown = 0;
  const faults = await forEachSeed(Math.ceil(RUNS / 16), async (random) => {
    const viewer = randomViewer(random, world);
    const mine = world.things.filter(({ rule }) => rule(viewer));
    const living = mine.filter(({ state }) => state === "LIVING");
    const wrong: object[] = [];
    const nodes = await sendTo(app.url, "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", { ids }, viewer);
    const byId = (nodes.data.nodes as ({ id: string } | null)[]).flatMap((node) => (node ? [node.id] : []));
    compare(wrong, "nodes", byId, living);
    const compareList = async (type: string, args: string, expected: typeof mine, isOn = (_id: string) => true) => {
      const list = `${LISTS[type as keyof typeof LISTS][0]}(first: 200${args})`;
      const { data } = await sendTo(app.url, `{ list: ${list} { totalCount nodes { id } } }`, {}, viewer);
      const found = (data?.list.nodes ?? []) as { id: string }[];
      const wanted = expected.filter((thing) => thing.type === type);
      compare(
        wrong,
        list,
        found.map(({ id }) => id),
        wanted.filter(({ id }) => isOn(id)),
      );
      if ((data?.list.totalCount ?? 0) !== wanted.length) wrong.push({ list, totalCount: data?.list.totalCount });
      shown += wanted.length;
    };
    for (const [type, [list, forDeleted]] of Object.entries(LISTS)) {
      await compareList(type, "", living);
      // a cursor of a viewer who sees more is a position in this list too, whether its row is visible here or not
      const { edges } = (
        await sendTo(app.url, `{ list: ${list}(first: 200) { edges { cursor node { id } } } }`, {}, ADMIN)
      ).data.list;
      const at = random.below(edges.length);
      const after = edges.slice(at + 1).map(({ node }: { node: { id: string } }) => node.id);
      await compareList(type, `, after: "${edges[at].cursor}"`, living, (id) => after.includes(id));
      if (!forDeleted) continue;
      const deleted = holds(forDeleted)(viewer) ? mine.filter(({ state }) => state === "DELETED") : [];
      await compareList(type, ", where: {deleted: ONLY}", deleted);
    }
    return wrong.length === 0 ? null : { viewer, wrong };
  });
  expect(faults).toEqual([]);
  expect(shown).toBeGreaterThan(RUNS / 8);
});

test("no whole list, with every field of every row, and no whole log holds such a value", {
  timeout: LONG_MS,
}, async () => {
  const wholes = [
    ...Object.entries(LISTS).map(([type, [list]]) => [type, list]),
    ["RegistryEvent", "events"],
    ["AuditEntry", "audit"],
    ["ReportedPromotion", "promotionReport"],
  ];
  const documents = wholes.map(([type = "", list]) => {
    const body = writeWhole(schema, schema.getType(type) as GraphQLObjectType, 2);
    return `{ list: ${list}(first: 200) { totalCount nodes ${body} } }`;
  });
  for (const document of documents) expect((await sendTo(app.url, document, {}, ADMIN)).errors).toBeUndefined();
  const faults = await forEachSeed(Math.ceil(RUNS / 16), async (random) => {
    const viewer = randomViewer(random, world);
    const wrong: object[] = [];
    for (const document of documents) {
      const answer = await sendTo(app.url, document, {}, viewer);
      const [leaks, faulty] = [leaksOf(viewer, answer, ""), faultsOf(answer)];
      const { totalCount, nodes } = answer.data?.list ?? { totalCount: 0, nodes: [] };
      if (leaks.length + faulty.length > 0 || totalCount !== nodes.length) {
        wrong.push({ leaks, faulty, totalCount, rows: nodes.length, document: document.slice(0, 40) });
      }
    }
    return wrong.length === 0 ? null : { viewer, wrong };
  });
  expect(faults).toEqual([]);
});

function compare(wrong: object[], list: string, found: readonly string[], expected: readonly { id: string }[]) {
  const missing = expected.filter(({ id }) => !found.includes(id)).map(({ id }) => nameOf(id));
  const extra = found.filter((id) => !expected.some((each) => each.id === id)).map(nameOf);
  if (missing.length + extra.length > 0) wrong.push({ list, missing, extra });
}
const nameOf = (id: string) => Buffer.from(id, "base64url").toString();

/** Commands that make nothing visible that was hidden before. Others would need more rules than this oracle has. */
const COMMANDS = [
  ...["updateModel", "deleteModel", "updateModelVersion", "deleteModelVersion", "transitionModelVersion", "setAlias"],
  ...["deleteAlias", "setTag", "deleteTag", "deleteExperiment", "updateRun", "finishRun", "deleteRun", "deleteDataset"],
  ...["finalizeLoggedModel", "logLoggedModelParams", "deleteLoggedModel"],
  ...["removeLineage", "removeDeployment", "updateWebhook", "deleteWebhook", "testWebhook"],
  // refused in this world for every viewer: nothing has this name, or nothing of it is deleted
  ...["restoreModelVersion", "restoreRun"],
];

// the last test, because it deletes data
test("no response to a command, refused or done, holds such a value", { timeout: LONG_MS }, async () => {
  const selected: Selected = new Map();
  const codes = new Map<string, number>();
  let returned = 0;
  const faults = await forEachSeed(RUNS, async (random) => {
    const viewer = { ...randomViewer(random, world), subject: "stranger" };
    const document = writeMutation({ schema, random, pools: world.pools, selected, depth: 3 }, COMMANDS);
    const answer = await sendTo(app.url, document, {}, viewer);
    // a command may return an id of its input
    const given = world.marks.in(document);
    const leaks = leaksOf(viewer, answer, document).filter(({ value }) => !given.has(value));
    const faulty = faultsOf(answer);
    returned += world.marks.in(answer.data).size;
    const code = answer.errors?.[0]?.extensions.code ?? "done";
    codes.set(code, (codes.get(code) ?? 0) + 1);
    return leaks.length + faulty.length === 0 ? null : { leaks, faulty, viewer, document, answer };
  });
  if (process.env.FUZZ_RUNS) console.info(returned, Object.fromEntries(codes));
  expect(faults).toEqual([]);
  expect([...codes.keys()]).toEqual(expect.arrayContaining(["done", "FORBIDDEN", "NOT_FOUND", "IN_USE"]));
});
