import fc from "fast-check";
import { uuidv7 } from "uuidv7";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SCOPES } from "../../../src/domain/access/scopes.js";
import { EVENT_TYPES } from "../../../src/domain/events/event.js";
import { settlePolicyChanges } from "../../../src/registry/policy-changes/settle-policy-changes.js";
import { settleRequests } from "../../../src/registry/promotions/settle-requests.js";
import { countStatements, recordStatements } from "../../support/database/statements.js";
import { type As, startTestServer, type TestServer } from "../../support/server.js";

let server: TestServer;
let genesis: string;
beforeAll(async () => {
  server = await startTestServer();
  genesis = (await server.data("{ head { cursor } }")).head.cursor;
  await server.data(EVERYTHING_OF_MODELS, {}, { scopes: SCOPES.filter((scope) => scope !== "admin") });
  await acknowledge();
  await endRequests();
  await endPolicyChanges();
  await server.data(EVERYTHING_OF_RUNS);
  await server.data(TAGS_AND_RESTORES, await idsOfDeleted());
  const create = `mutation { createWebhook(input: {url: "https://receiver.test/"}) { webhook { id } } }`;
  const { id } = (await server.data(create)).createWebhook.webhook;
  await server.data(
    `mutation ($id: ID!) { u: updateWebhook(input: {id: $id, description: "x"}) { webhook { id } } d: deleteWebhook(input: {id: $id}) { deletedId } }`,
    { id },
  );
  await server.data(
    `mutation { revokeTokens(input: {tokens: {tokenId: "lost"}, reason: "found on a train"}) { revocation { id } } }`,
    {},
    { scopes: ["admin"] },
  );
});
afterAll(() => server.stop());

const v = (number: number, model = "m") => `{number: {model: "${model}", number: ${number}}}`;
const DATA = `{identity: {name: "d", digest: "1"}}`;

const EVERYTHING_OF_MODELS = `mutation {
  a: registerModel(input: {name: "m", description: "first"}) { created }
  b: updateModel(input: {model: {name: "m"}, description: "second"}) { model { id } }
  c: createModelVersion(input: {model: {name: "m"}, source: "s3://secret/1", aliases: ["blue"]}) { modelVersion { id } }
  d: createModelVersion(input: {model: {name: "m"}, source: "s3://secret/2"}) { modelVersion { id } }
  e: updateModelVersion(input: {version: ${v(1)}, description: "good"}) { modelVersion { id } }
  f: transitionModelVersion(input: {version: ${v(1)}, to: PRODUCTION, reason: "go"}) { modelVersion { id } }
  g: transitionModelVersion(input: {version: ${v(2)}, to: PRODUCTION, archiveExisting: true}) { modelVersion { id } }
  h: setAlias(input: {model: {name: "m"}, alias: "blue", number: 2}) { alias { name } }
  i: deleteAlias(input: {model: {name: "m"}, alias: "blue"}) { previous { id } }
  j: deleteModelVersion(input: {version: ${v(1)}}) { deletedId }
  k: registerModel(input: {name: "old"}) { created }
  l: renameModel(input: {model: {name: "old"}, newName: "secret-new"}) { model { id } }
  n: registerModel(input: {name: "gone"}) { created }
  o: deleteModel(input: {model: {name: "gone"}}) { deletedId }
  p: reportCheck(input: {version: ${v(2)}, name: "bias-scan", status: FAILED}) { check { id } }
  q: applyPolicy(input: {name: "gate", target: {aliases: ["gated"]}, rules: [{reason: {}}]}) { changed }
  r: setAlias(input: {version: ${v(2)}, alias: "gated", override: {reason: "urgent"}}) { alias { name } }
  s: deleteAlias(input: {model: {name: "m"}, alias: "gated"}) { previous { id } }
  t: deletePolicy(input: {name: "gate"}) { deletedId }
}`;

const REVIEWS = `mutation ($id: ID!) {
  a: renewPromotion(input: {request: $id}) { request { id } }
  b: commentPromotion(input: {request: $id, body: "Why?"}) { request { id } }
  c: rejectPromotion(input: {request: $id}) { request { id } }
}`;

async function acknowledge(): Promise<void> {
  const { overrides } = await server.data("{ overrides { nodes { id } } }", {}, { scopes: ["admin"] });
  await server.data(
    `mutation ($id: ID!) { acknowledgeOverride(input: {decision: $id, comment: "Fine."}) { decision { id } } }`,
    { id: overrides.nodes[0].id },
    { subject: "other", scopes: ["policies:override", "models:read"] },
  );
}

/** A request for each way in which one ends. */
async function endRequests(): Promise<void> {
  const all = { scopes: SCOPES.filter((scope) => scope !== "admin") };
  const other = { ...all, subject: "other" };
  const ask = async (more = "") => {
    const input = `{version: ${v(1, "q")}, target: {alias: "asked"} ${more}}`;
    const { requestPromotion } = await server.data(
      `mutation { requestPromotion(input: ${input}) { request { id } } }`,
      {},
      all,
    );
    return { id: requestPromotion.request.id };
  };
  await server.data(`mutation {
    createModelVersion(input: {model: {name: "q"}, createModel: true, source: "s3://secret/q"}) { modelVersion { id } }
    applyPolicy(input: {name: "eyes", target: {aliases: ["asked"]}, rules: [{check: {name: "scan"}}, {approvals: {quorum: 1}}]}) { changed }
  }`);
  await server.data(REVIEWS, await ask(), all);
  await server.data(
    `mutation ($id: ID!) { cancelPromotion(input: {request: $id}) { request { id } } }`,
    await ask(),
    all,
  );
  const settle = (now: Date) =>
    settleRequests({ prisma: server.database.prisma, now: () => now, newId: uuidv7, sourceSchemes: [] });
  await ask(", lifetimeSeconds: 60");
  await settle(new Date(Date.now() + 61_000));
  await ask();
  await server.data(
    `mutation { applyPolicy(input: {name: "eyes", target: {aliases: ["asked"]}, rules: [{approvals: {quorum: 1}}]}) { changed } }`,
  );
  await settle(new Date());
  const { id } = await ask();
  await server.data(
    `mutation ($id: ID!) { approvePromotion(input: {request: $id}) { request { id } } }`,
    { id },
    other,
  );
  await server.data(
    `mutation { setAlias(input: {version: ${v(1, "q")}, alias: "asked"}) { alias { name } } }`,
    {},
    all,
  );
  await server.data(
    `mutation { deleteAlias(input: {model: {name: "q"}, alias: "asked"}) { previous { id } } deletePolicy(input: {name: "eyes"}) { deletedId } }`,
  );
}

/** A proposed change of a protected policy for each way in which one ends. */
async function endPolicyChanges(): Promise<void> {
  const { prisma, pool } = server.database;
  const propose = async (number: number) => {
    const { applyPolicy } = await server.data(
      `mutation { applyPolicy(input: {name: "guarded", target: {aliases: ["guarded"]}, rules: [{reason: {minimumLength: ${number}}}], protected: true}) { changeRequest { id } } }`,
    );
    return applyPolicy.changeRequest?.id;
  };
  const end = async (mutation: string, as: As = { subject: "other" }) =>
    server.data(
      `mutation ($id: ID!) { ${mutation}(input: {request: $id}) { request { id } } }`,
      { id: await propose(2) },
      as,
    );
  const settle = (now: Date) => settlePolicyChanges({ prisma, now: () => now, newId: uuidv7, sourceSchemes: [] });
  await propose(1);
  await end("rejectPolicyChange");
  await end("cancelPolicyChange", {});
  await propose(2);
  await settle(new Date(Date.now() + 15 * 86_400_000));
  await propose(2);
  await pool.query(`ALTER TABLE "Policy" DISABLE TRIGGER "policy_protected"`);
  await pool.query(`UPDATE "Policy" SET "revision" = "revision" + 1 WHERE "name" = 'guarded'`);
  await pool.query(`ALTER TABLE "Policy" ENABLE TRIGGER "policy_protected"`);
  await settle(new Date());
  await end("approvePolicyChange");
}

const EVERYTHING_OF_RUNS = `mutation {
  a: createExperiment(input: {name: "e"}) { created }
  b: updateExperiment(input: {experiment: {name: "e"}, description: "x"}) { experiment { id } }
  c: createRun(input: {experiment: {name: "e"}, runId: "r"}) { run { id } }
  d: updateRun(input: {run: "r", name: "n"}) { run { id } }
  e: logInputs(input: {run: "r", datasets: [{dataset: {name: "d", digest: "1"}}]}) { run { id } }
  f: logOutputs(input: {run: "r", modelVersions: [${v(2)}]}) { run { id } }
  g: finishRun(input: {run: "r"}) { run { id } }
  h: createRun(input: {experiment: {name: "e"}, runId: "q"}) { run { id } }
  i: addLineage(input: {from: {run: "q"}, to: {run: "r"}}) { created }
  j: removeLineage(input: {from: {run: "q"}, to: {run: "r"}}) { removed }
  k: deleteRun(input: {run: "q"}) { deletedId }
  l: restoreRun(input: {run: "q"}) { run { id } }
  m: registerDataset(input: {name: "gone", digest: "1"}) { created }
  n: deleteDataset(input: {dataset: {identity: {name: "gone", digest: "1"}}}) { deletedId }
  o: createExperiment(input: {name: "gone"}) { created }
  p: deleteExperiment(input: {experiment: {name: "gone"}}) { deletedId }
  q: reportDeployment(input: {environment: "prod", endpoint: "x", model: {name: "m"}, running: [{version: ${v(2)}}], state: RUNNING}) { applied }
  r: reportDeployment(input: {environment: "dev", endpoint: "x", model: {name: "m"}, running: [], state: STOPPED}) { applied }
  t: createLoggedModel(input: {experiment: {name: "e"}, name: "logged"}) { loggedModel { id } }
  s: removeDeployment(input: {environment: "dev", endpoint: "x", model: {name: "m"}}) { removedId }
}`;

const tag = (on: string, alias: string) =>
  `
  s${alias}: setTag(input: {on: ${on}, key: "k", value: "v"}) { key }
  t${alias}: setTag(input: {on: ${on}, key: "k", value: "w"}) { key }
  d${alias}: deleteTag(input: {on: ${on}, key: "k"}) { key }`.replaceAll("{ key }", "{ __typename }");

const TAGS_AND_RESTORES = `mutation ($version: ID!, $model: ID!, $experiment: ID!, $dataset: ID!, $logged: ID!) {
  a: restoreModelVersion(input: {id: $version}) { modelVersion { id } }
  b: restoreModel(input: {id: $model}) { model { id } }
  c: restoreExperiment(input: {id: $experiment}) { experiment { id } }
  d: restoreDataset(input: {id: $dataset}) { dataset { id } }
  ${tag(`{model: {name: "m"}}`, "1")} ${tag(`{modelVersion: ${v(2)}}`, "2")} ${tag(`{experiment: {name: "e"}}`, "3")}
  ${tag(`{run: "r"}`, "4")} ${tag(`{dataset: ${DATA}}`, "5")} ${tag("{loggedModel: $logged}", "6")}
  e: finalizeLoggedModel(input: {loggedModel: $logged, status: READY}) { loggedModel { id } }
  f: deleteLoggedModel(input: {loggedModel: $logged}) { deletedId }
  g: restoreLoggedModel(input: {loggedModel: $logged}) { loggedModel { id } }
}`;

async function idsOfDeleted() {
  const found = await server.data(`{
    modelVersions(where: {deleted: ONLY}) { nodes { id } } models(where: {deleted: ONLY}) { nodes { id } }
    experiments(where: {deleted: ONLY}) { nodes { id } } datasets(where: {deleted: ONLY}) { nodes { id } }
    loggedModels { nodes { id } } }`);
  const [version, model] = [found.modelVersions.nodes[0].id, found.models.nodes[0].id];
  const [logged, dataset] = [found.loggedModels.nodes[0].id, found.datasets.nodes[0].id];
  return { version, model, experiment: found.experiments.nodes[0].id, dataset, logged };
}

interface Told {
  readonly revision: number;
  readonly type: string;
  readonly __typename: string;
}

async function list(where: object | null = null, as: As = {}, more = ""): Promise<(Told & Record<string, unknown>)[]> {
  const nodes: (Told & Record<string, unknown>)[] = [];
  for (let after: string | null = null, goesOn = true; goesOn; ) {
    const { events } = await server.data(
      `query ($where: RegistryEventFilter, $after: String) { events(where: $where, first: 25, after: $after) {
        totalCount pageInfo { hasNextPage endCursor } nodes { __typename revision type ${more} } } }`,
      { where, after },
      as,
    );
    nodes.push(...events.nodes);
    goesOn = events.pageInfo.hasNextPage;
    after = events.pageInfo.endCursor;
    if (!goesOn) expect(events.totalCount).toBe(nodes.length);
  }
  return nodes;
}

async function replay(count: number, where: object | null = null, as: As = {}, after = genesis): Promise<Told[]> {
  const stream = server.watch(
    `subscription ($where: RegistryEventFilter, $after: String) { registryEvents(where: $where, after: $after) {
      cursor event { __typename revision type } } }`,
    { where, after },
    as,
  );
  const first = (await stream.next()).value;
  expect(first.errors ?? []).toEqual([]);
  expect(first.data.registryEvents.event).toBeNull();
  const received: Told[] = [];
  while (received.length < count) {
    const { event } = (await stream.next()).value.data.registryEvents;
    if (event) received.push(event);
  }
  await stream.return?.();
  return received;
}

describe("the events of the log", () => {
  test("each event type is emitted by a command and has an object type", async () => {
    const received = await list(null, { scopes: ["admin"] });
    expect(received.map(({ revision }) => revision)).toEqual(received.map((_, i) => i + 1));
    const kinds = new Map(received.map(({ type, __typename }) => [type, __typename]));
    expect([...kinds.keys()].sort()).toEqual(EVENT_TYPES.map((type) => type.replace(".", "_").toUpperCase()).sort());
    expect(new Set(kinds.values()).size).toBe(EVENT_TYPES.length);
    expect(kinds.get("MODEL_VERSION_STAGE_CHANGED")).toBe("StageChangedEvent");
    expect(kinds.get("RUN_INPUTS_LOGGED")).toBe("RunInputsLoggedEvent");
  });

  test("have typed fields for what changed", async () => {
    const of = async (type: string, fields: string, as: As = {}) => {
      const [kind] = (await list({ types: [type] }, as)).map(({ __typename }) => __typename);
      const received = await list({ types: [type] }, as, `... on ${kind} { ${fields} }`);
      return received.map(({ revision: _revision, type: _type, __typename, ...rest }) => rest);
    };
    expect(await of("MODEL_UPDATED", "description previousDescription model { name }")).toEqual([
      { description: "second", previousDescription: "first", model: { name: "m" } },
    ]);
    expect(await of("MODEL_RENAMED", "modelName previousName")).toEqual([
      { modelName: "secret-new", previousName: "old" },
    ]);
    expect(await of("MODEL_RENAMED", "modelName previousName model { name }", { models: ["secret*"] })).toEqual([
      { modelName: "secret-new", previousName: null, model: { name: "secret-new" } },
    ]);
    expect(await of("MODEL_VERSION_UPDATED", "versionNumber changed")).toEqual([
      { versionNumber: 1, changed: ["description"] },
    ]);
    expect(await of("MODEL_TAG_SET", "key value previousValue")).toEqual([
      { key: "k", value: "v", previousValue: null },
      { key: "k", value: "w", previousValue: "v" },
    ]);
    expect(await of("RUN_TAG_DELETED", "key previousValue runId")).toEqual([
      { key: "k", previousValue: "w", runId: "r" },
    ]);
    expect(await of("RUN_FINISHED", "status experimentName run { runId }")).toEqual([
      { status: "FINISHED", experimentName: "e", run: { runId: "r" } },
    ]);
    expect(await of("DATASET_DELETED", "name digest dataset { name }")).toEqual([
      { name: "gone", digest: "1", dataset: { name: "gone" } },
    ]);
    const runId = (id: string) => Buffer.from(`Run:${id}`).toString("base64url");
    expect(await of("LINEAGE_REMOVED", "from to kind")).toEqual([
      { from: runId("q"), to: runId("r"), kind: "DERIVED" },
    ]);
    expect(await of("DEPLOYMENT_REPORTED", "environment endpoint state health runningNumbers")).toEqual([
      { environment: "prod", endpoint: "x", state: "RUNNING", health: "UNKNOWN", runningNumbers: [2] },
      { environment: "dev", endpoint: "x", state: "STOPPED", health: "UNKNOWN", runningNumbers: [] },
    ]);
    expect(await of("TOKEN_REVOKED", "revokedTokenId subject reason", { scopes: ["admin"] })).toEqual([
      { revokedTokenId: "lost", subject: null, reason: "found on a train" },
    ]);
    expect(await of("DEPLOYMENT_REMOVED", "endpoint state deployment { id }")).toEqual([
      { endpoint: "x", state: null, deployment: null },
    ]);
  });

  test("aliases have a stream of their own", async () => {
    const stream = server.watch(
      `subscription ($after: String) { aliasChanged(where: {models: ["m*"], aliases: ["blue"]}, after: $after) { event { __typename alias modelName number previousNumber } } }`,
      { after: genesis },
    );
    const received = [];
    for (let i = 0; i < 4; i++) received.push((await stream.next()).value.data.aliasChanged.event);
    await stream.return?.();
    const about = { alias: "blue", modelName: "m" };
    expect(received).toEqual([
      null,
      { __typename: "AliasSetEvent", ...about, number: 1, previousNumber: null },
      { __typename: "AliasSetEvent", ...about, number: 2, previousNumber: 1 },
      { __typename: "AliasDeletedEvent", ...about, number: null, previousNumber: 2 },
    ]);
  });

  test("last returns the newest, and a page's cursor is a stream cursor", async () => {
    const { events } = await server.data(
      "{ events(last: 3) { edges { cursor node { revision } } pageInfo { hasPreviousPage } } }",
    );
    const revisions = events.edges.map(({ node }: { node: Told }) => node.revision);
    expect(revisions).toEqual([2, 1, 0].map((back) => Number(revisions[2]) - back + 0).sort((a, b) => a - b));
    expect(events.pageInfo.hasPreviousPage).toBe(true);
    const [received] = await replay(1, null, {}, events.edges[1].cursor);
    expect(received?.revision).toBe(revisions[2]);
  });
});

const globs = (name: string) => fc.constantFrom<string[] | undefined>(undefined, [], [`${name}*`], ["*"]);
const claims = fc.record({ models: globs("m"), experiments: globs("e"), environments: globs("p") });
const scopes = fc.constantFrom<As["scopes"]>(["models:read"], ["models:read", "runs:read"], ["admin"]);
const filter = fc.record(
  {
    types: fc.subarray(EVENT_TYPES.map((type) => type.replace(".", "_").toUpperCase())),
    models: fc.constantFrom(["m"], ["*"], ["s*", "old"]),
    stages: fc.constantFrom(["PRODUCTION"], ["NONE", "ARCHIVED"]),
    aliases: fc.constantFrom(["blue"], ["green"]),
    actor: fc.constantFrom({ subject: "tester" }, { subject: "nobody" }, {}),
  },
  { requiredKeys: [] },
);

test("a page and a stream return the same events for every token and filter", async () => {
  await fc.assert(
    fc.asyncProperty(claims, scopes, filter, async ({ models, experiments, environments }, held, where) => {
      const as: As = {
        scopes: held ?? [],
        ...(models ? { models } : {}),
        ...(experiments ? { experiments } : {}),
        ...(environments ? { environments } : {}),
      };
      const listed = await list(where, as);
      expect(await replay(listed.length, where, as)).toEqual(listed);
      const everything = await list(null, as);
      expect(everything.map(({ revision }) => revision)).toEqual(
        expect.arrayContaining(listed.map(({ revision }) => revision)),
      );
    }),
    { numRuns: 8 },
  );
});

describe("rights", () => {
  test("a token sees the events of the objects that it may see, and no others", async () => {
    const kinds = async (as: As) => new Set((await list(null, as)).map(({ type }) => type.split("_")[0]));
    expect(await kinds({ scopes: ["models:read"] })).toEqual(
      new Set(["MODEL", "ALIAS", "CHECK", "PROMOTION", "POLICY", "DEPLOYMENT"]),
    );
    expect(await kinds({ models: ["old"] })).toEqual(new Set(["MODEL"]));
    expect(await kinds({ models: [], experiments: ["e"] })).toEqual(
      new Set(["EXPERIMENT", "RUN", "LOGGED", "DATASET"]),
    );
    expect(await kinds({ models: ["m"], environments: [] })).toEqual(
      new Set(["MODEL", "ALIAS", "CHECK", "PROMOTION", "RUN", "DATASET"]),
    );
    expect(await list(null, { models: [], experiments: [] })).toEqual([]);
    const { errors } = await server.request("{ events { totalCount } }", {}, { scopes: ["runs:read", "audit:read"] });
    expect(errors?.[0]?.extensions).toMatchObject({ code: "FORBIDDEN", requiredScopes: ["models:read"] });
  });

  test("an object that an event links to requires the same scopes as elsewhere", async () => {
    const ask = (scopes: As["scopes"]) =>
      server.request(
        `{ events(where: {types: [MODEL_VERSION_CREATED]}) { nodes { ... on ModelVersionCreatedEvent { modelVersion { number source } } } }
           model(name: "m") { activity { nodes { ... on StageChangedEvent { modelVersion { source } transition { id } } } } } }`,
        {},
        { scopes: scopes ?? [], subject: "mallory" },
      );
    const refused = await ask(["models:read"]);
    expect(refused.errors?.map(({ extensions }) => extensions.requiredScopes)).toContainEqual(["artifacts:read"]);
    expect(JSON.stringify(refused)).not.toContain("s3://secret");
    expect(JSON.stringify(await ask(["models:read", "artifacts:read"]))).toContain("s3://secret/2");
  });

  test("a page of the audit trail is short if entries are large, and paging reaches all of them in both directions", async () => {
    const tags = Array.from({ length: 30 }, (_, i) => ({ key: `t${i}`, value: "x".repeat(90_000) }));
    const names = ["large-a", "large-b", "large-c", "large-d"];
    for (const name of names) {
      await server.data("mutation ($input: RegisterModelInput!) { registerModel(input: $input) { model { id } } }", {
        input: { name, tags },
      });
    }
    const walk = async (size: "first" | "last", from: "after" | "before", isMore: string, cursor: string) => {
      const received: string[][] = [];
      for (let at: string | null = null, more = true; more; ) {
        const { audit } = await server.data(
          `query ($at: String) { audit(where: {models: ["large-*"]}, ${size}: 200, ${from}: $at) {
            nodes { modelName before after } pageInfo { ${isMore} ${cursor} } } }`,
          { at },
        );
        received.push(audit.nodes.map(({ modelName }: { modelName: string }) => modelName));
        [at, more] = [audit.pageInfo[cursor], audit.pageInfo[isMore]];
      }
      return received;
    };
    const forward = await walk("first", "after", "hasNextPage", "endCursor");
    expect(forward.length).toBeGreaterThan(1);
    expect(forward.flat()).toEqual(names);
    expect((await walk("last", "before", "hasPreviousPage", "startCursor")).reverse().flat()).toEqual(names);
  });

  test("the audit trail requires only audit:read, shows everything, and obeys the claims", async () => {
    const AUDIT = `query ($where: RegistryEventFilter) { audit(where: $where, first: 200) { totalCount nodes {
      eventId revision type actor { subject } tokenId requestId subjectType modelName experimentName before after hash } } }`;
    const as: As = { scopes: ["audit:read"] };
    const { audit } = await server.data(AUDIT, { where: { types: ["MODEL_UPDATED", "RUN_UPDATED"] } }, as);
    expect(audit.nodes).toEqual([
      expect.objectContaining({
        eventId: expect.any(String),
        type: "MODEL_UPDATED",
        actor: { subject: "tester" },
        requestId: expect.any(String),
        modelName: "m",
        before: { description: "first" },
        after: { description: "second" },
        hash: expect.stringMatching(/^[0-9a-f]{64}$/),
      }),
      expect.objectContaining({ before: { name: null }, after: { name: "n" }, experimentName: "e" }),
    ]);
    const all = (await server.data(AUDIT, {}, as)).audit;
    expect(all.totalCount).toBe((await list(null, { scopes: ["admin"] })).length);
    const narrow = (await server.data(AUDIT, {}, { ...as, models: ["old"] })).audit.nodes;
    expect(new Set(narrow.map(({ modelName }: { modelName: string }) => modelName))).toEqual(new Set(["old"]));
    const renames = (as: As) => server.data(AUDIT, { where: { types: ["MODEL_RENAMED"] } }, as);
    const renamed = (await renames({ ...as, models: ["secret*"] })).audit.nodes[0];
    expect(JSON.stringify(renamed), "the other name is none of the token's").not.toContain('"old"');
    expect((await renames(as)).audit.nodes[0].before).toEqual({ name: "old" });
    const { errors } = await server.request(AUDIT, {}, { scopes: ["models:read", "runs:read"] });
    expect(errors?.[0]?.extensions).toMatchObject({ code: "FORBIDDEN", requiredScopes: ["audit:read"] });
  });
});

describe("activity", () => {
  test("lists the events of a model, the newest first", async () => {
    const { model } = await server.data(
      `{ model(name: "m") { activity(first: 200) { totalCount nodes { revision } } version(number: 2) { activity { nodes { type } } } } }`,
    );
    const own = (await list({ models: ["m"] })).map(({ revision }) => revision);
    expect(model.activity.nodes.map(({ revision }: Told) => revision)).toEqual(own.reverse());
    expect(model.activity.totalCount).toBe(own.length);
    expect(model.version.activity.nodes.map(({ type }: Told) => type)).toEqual([
      ...["MODEL_VERSION_TAG_DELETED", "MODEL_VERSION_TAG_SET", "MODEL_VERSION_TAG_SET"],
      "PROMOTION_OVERRIDE_ACKNOWLEDGED",
      ...["ALIAS_DELETED", "PROMOTION_OVERRIDDEN", "ALIAS_SET", "CHECK_REPORTED"],
      ...["ALIAS_DELETED", "ALIAS_SET", "MODEL_VERSION_STAGE_CHANGED", "MODEL_VERSION_CREATED"],
    ]);
  });

  test("of a page of models takes as many statements as that of one model", async () => {
    const cost = (first: number) => {
      const page = `{ models(first: ${first}) { nodes { activity(first: 2) { totalCount nodes { type } } } } }`;
      return countStatements(() => server.data(page));
    };
    expect(await cost(3)).toBe(await cost(1));
  });

  test("with the versions as they are now takes as many statements for three events as for one", async () => {
    const page = (first: number) =>
      `{ events(where: {types: [ALIAS_SET]}, last: ${first}) { nodes { ... on AliasSetEvent { modelVersion { number } } } } }`;
    const one = await countStatements(() => server.data(page(1)));
    expect(await countStatements(() => server.data(page(3)))).toBe(one);
  });

  test("continues after a cursor, and back", async () => {
    const page = async (args: string) =>
      (
        await server.data(
          `{ model(name: "m") { activity(${args}) { edges { cursor node { revision } } pageInfo { hasNextPage hasPreviousPage } } } }`,
        )
      ).model.activity;
    const first = await page("first: 3");
    const next = await page(`first: 3, after: "${first.edges[2].cursor}"`);
    const back = await page(`last: 3, before: "${next.edges[0].cursor}"`);
    expect(next.edges[0].node.revision).toBeLessThan(first.edges[2].node.revision);
    expect(back.edges).toEqual(first.edges);
    expect(back.pageInfo).toEqual({ hasNextPage: true, hasPreviousPage: false });
  });
});

describe("holders", () => {
  const HOLDERS = `query ($where: HolderFilter) { holders(where: $where) { cursor holders { modelName stage alias versionNumber modelVersion { number source } } } }`;

  test("are returned with the cursor to watch from, in one statement", async () => {
    const before = await server.data(
      `mutation { setAlias(input: {model: {name: "m"}, alias: "live", number: 2}) { alias { name } } }`,
    );
    expect(before.setAlias.alias.name).toBe("live");
    const { result, statements } = await recordStatements(() =>
      server.data(
        `{ holders(where: {models: ["m*"], stages: [PRODUCTION], aliases: ["live"]}) { cursor holders { modelName stage alias versionNumber } } }`,
      ),
    );
    expect(result.holders.holders).toEqual([
      { modelName: "m", stage: "PRODUCTION", alias: null, versionNumber: 2 },
      { modelName: "m", stage: null, alias: "live", versionNumber: 2 },
    ]);
    expect(statements.filter(({ text }) => text.includes('"Shelf"'))).toHaveLength(1);
    expect(statements).toHaveLength(1);
    expect((await server.data("{ head { cursor } }")).head.cursor).toBe(result.holders.cursor);
    const all = (await server.data(HOLDERS)).holders.holders;
    expect(all.length).toBeGreaterThan(2);
    expect(all[0].modelVersion).toEqual({ number: all[0].versionNumber, source: expect.stringContaining("s3://") });
  });

  test("are read with what each place selects, also where places share a fragment", async () => {
    const { a, b } = await server.data(`
      fragment Number on Holder { modelVersion { number } }
      {
        a: holders(where: {stages: [PRODUCTION], models: ["m"]}) { holders { ...Number modelVersion { status } } }
        b: holders(where: {stages: [PRODUCTION], models: ["m"]}) { holders { ...Number } }
      }
    `);
    expect(a.holders).toEqual([{ modelVersion: { number: 2, status: "READY" } }]);
    expect(b.holders).toEqual([{ modelVersion: { number: 2 } }]);
  });

  test("obey the claims and the scopes of fields", async () => {
    expect((await server.data(HOLDERS, {}, { models: ["other"] })).holders.holders).toEqual([]);
    const blind = await server.request(HOLDERS, {}, { scopes: ["models:read"], subject: "mallory" });
    expect(blind.errors?.[0]?.extensions.requiredScopes).toEqual(["artifacts:read"]);
    const none = await server.request(HOLDERS, {}, { scopes: ["runs:read"] });
    expect(none.errors?.[0]?.extensions).toMatchObject({ code: "FORBIDDEN", requiredScopes: ["models:read"] });
  });
});

describe("a compacted log", () => {
  test("refuses a position that it no longer holds, and returns the oldest cursor", async () => {
    const received = await server.data("{ events(first: 200) { edges { cursor node { revision at } } } }");
    const edges: { cursor: string; node: { revision: number; at: string } }[] = received.events.edges;
    const until = 20;
    const { rows } = await server.database.pool.query(`SELECT compact_events($1) AS gone`, [until]);
    const gone = Number(rows[0].gone);
    expect(gone).toBeGreaterThan(15);
    expect(gone).toBeLessThanOrEqual(until);
    const refusal = async (args: string) => {
      const stream = server.watch(`subscription { registryEvents(${args}) { cursor } }`);
      const { value } = await stream.next();
      await stream.return?.();
      return value.errors?.[0]?.extensions;
    };
    for (const args of [
      `after: "${genesis}"`,
      `after: "${edges[gone - 2]?.cursor}"`,
      `since: "${edges[gone - 1]?.node.at}"`,
    ]) {
      expect(await refusal(args)).toMatchObject({ code: "HISTORY_COMPACTED", oldestCursor: edges[gone - 1]?.cursor });
    }
    const page = await server.request(`{ events(after: "${genesis}") { totalCount } }`);
    expect(page.errors?.[0]?.extensions.code).toBe("HISTORY_COMPACTED");
    const rest = edges.slice(gone).map(({ node }) => node.revision);
    const resumed = await replay(rest.length, null, {}, edges[gone - 1]?.cursor);
    expect(resumed.map(({ revision }) => revision)).toEqual(rest);
    expect((await list()).map(({ revision }) => revision)).toEqual(rest);
  });

  test("keeps the transitions and the past of stages and aliases", async () => {
    const { model } = await server.data(
      `{ model(name: "m") { transitions { totalCount } aliasTransitions(where: {alias: {equals: "blue"}}) { totalCount nodes { versionNumber previousNumber } } stageHolder(stage: PRODUCTION) { number } } }`,
    );
    const ofBlue = [
      { versionNumber: null, previousNumber: 2 },
      { versionNumber: 2, previousNumber: 1 },
      { versionNumber: 1, previousNumber: null },
    ];
    expect(model).toEqual({
      transitions: { totalCount: 3 },
      aliasTransitions: { totalCount: 3, nodes: ofBlue },
      stageHolder: { number: 2 },
    });
  });

  test("keeps what policies decided, with the rules and their evidence", async () => {
    const { model } = await server.data(
      `{ model(name: "m") { decisions { nodes { revision alias overrideReason policies { name } rules { kind status explanation } } } } }`,
    );
    const [decision] = model.decisions.nodes;
    expect(decision).toMatchObject({
      alias: "gated",
      overrideReason: "urgent",
      policies: [{ name: "gate" }],
      rules: [{ kind: "REASON", status: "FAILED", explanation: "The move has no reason." }],
    });
    const { rows } = await server.database.pool.query(`SELECT FROM "Event" WHERE "revision" = $1`, [decision.revision]);
    expect(rows, "its event is compacted").toEqual([]);
    for (const change of [`UPDATE "PromotionDecision" SET "rules" = '[]'`, `DELETE FROM "PromotionDecision"`]) {
      await expect(server.database.pool.query(change)).rejects.toThrow(/append-only/);
    }
  });

  test("is shortened only from its start: no other event can be deleted", async () => {
    const { pool } = server.database;
    const newest = `DELETE FROM "Event" WHERE "revision" = (SELECT max("revision") FROM "Event")`;
    await expect(pool.query(newest)).rejects.toThrow(/append-only/);
    await expect(pool.query(`UPDATE "Event" SET "body" = '{}'`)).rejects.toThrow(/append-only/);
  });
});
