import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { COMMAND_SCOPE } from "../../../src/domain/access/scopes.js";
import { recordStatements } from "../../support/database/statements.js";
import { type As, startTestServer, type TestServer } from "../../support/server.js";
import { ALL, revision, type Seed, seedModel, serveModel, without } from "../authorization/fixture.js";
import { seedTracking, TRACKING_COMMANDS, type TrackingSeed } from "../authorization/tracking-seed.js";

/** Names of hidden objects and names of nothing, of the same length, so that responses can be compared. */
const HIDDEN = "zz-hidden";
const MISSING = "zz-absent";
const MALLORY: As = { subject: "mallory", scopes: [...ALL], models: ["mine*"] };
/** Restricted by every claim, and restricted to models only: then runs are visible by their versions. */
const VIEWERS: readonly As[] = [{ ...MALLORY, experiments: ["mine*"], environments: ["mine*"] }, MALLORY];

let server: TestServer;
let seed: Seed;
let tracking: TrackingSeed;
let ids: Record<string, string>;
beforeAll(async () => {
  server = await startTestServer();
  seed = await seedModel(server, HIDDEN);
  await serveModel(server, seed);
  tracking = await seedTracking(server, `${HIDDEN}-run`);
  await seedModel(server, "mine");
  const { deployments, webhook, runs } = await server
    .data(`mutation { createWebhook(input: {url: "https://hooks.example/${HIDDEN}"}) { webhook { id } } }`)
    .then(async (made) => ({
      webhook: made.createWebhook.webhook.id,
      ...(await server.data("{ deployments { nodes { id } } runs { nodes { id } } }")),
    }));
  ids = {
    Model: seed.id,
    ModelVersion: seed.versions[0],
    StageTransition: seed.transition,
    AliasTransition: seed.aliasTransition,
    Experiment: tracking.experimentId,
    Dataset: tracking.datasetId,
    LoggedModel: Buffer.from(`LoggedModel:${tracking.loggedModelId}`).toString("base64url"),
    Run: runs.nodes[0].id,
    Deployment: deployments.nodes[0].id,
    Webhook: webhook,
  };
});
afterAll(() => server.stop());

/** The own id of nothing, by type. */
const OWN_IDS: Readonly<Record<string, () => string>> = {
  Run: () => `${MISSING}-run`,
  LoggedModel: () => `m-${randomUUID().replaceAll("-", "")}`,
};

const missingId = (type: string) => Buffer.from(`${type}:${(OWN_IDS[type] ?? randomUUID)()}`).toString("base64url");

/** The response and the executed statements, without the requested name. */
async function observe(as: As, document: string, ...secrets: string[]) {
  const { result, statements } = await recordStatements(() => server.request(document, {}, as));
  return { answer: without(result, ...secrets), statements: statements.map(({ text }) => text) };
}

/** A missing and a hidden object cause the same statements and the same response. */
async function expectAlike(document: (name: string, id: (type: string) => string) => string): Promise<void> {
  const absent = Object.fromEntries(Object.keys(ids).map((type) => [type, missingId(type)]));
  const notThere = document(MISSING, (type) => absent[type] ?? "");
  const notYours = document(HIDDEN, (type) => ids[type] ?? "");
  const before = await revision(server);
  for (const viewer of VIEWERS) {
    // once before, so that prepared statements and caches are the same for both
    for (const each of [notThere, notYours]) await server.request(each, {}, viewer);
    const first = await observe(viewer, notThere, MISSING, ...Object.values(absent));
    const second = await observe(viewer, notYours, HIDDEN, ...Object.values(ids));
    expect(second).toEqual(first);
  }
  expect(await revision(server)).toBe(before);
}

const nth = (name: string) => `{number: {model: "${name}", number: 1}}`;

type Walk = (name: string, id: (type: string) => string) => string;

const LOOK_UPS: Readonly<Record<string, Walk>> = {
  "model by name": (name) => `{ model(name: "${name}") { id versions { totalCount } } }`,
  "version by number": (name) => `{ modelVersion(ref: ${nth(name)}) { id source } }`,
  "version by alias": (name) => `{ modelVersion(ref: {alias: {model: "${name}", alias: "champion"}}) { id } }`,
  "version by id": (_name, id) => `{ modelVersion(ref: {id: "${id("ModelVersion")}"}) { id } }`,
  "experiment by name": (name) => `{ experiment(name: "${name}-run") { id runs { totalCount } } }`,
  "run by its own id": (name) => `{ run(id: "${name}-run") { id params { value } } }`,
  "run by its global id": (_name, id) => `{ run(id: "${id("Run")}") { id } }`,
  "logged model by its id": (_name, id) => `{ loggedModel(id: "${id("LoggedModel")}") { id params { value } } }`,
  "logged models of a run": (name) => `{ loggedModels(where: {sourceRun: "${name}-run"}) { totalCount } }`,
  "lineage of a logged model": (_name, id) =>
    `{ lineage(of: {loggedModel: "${id("LoggedModel")}"}, direction: BOTH) { truncated } }`,
  "dataset by name": (name) => `{ dataset(name: "${name}-run", digest: "1") { id source } }`,
  "plot of a run": (name) => `{ metricSeries(runs: ["${name}-run"], keys: ["auc"]) { count } }`,
  "comparison of versions": (name) =>
    `{ compareVersions(versions: [${nth("mine")}, ${nth(name)}]) { versions { id } } }`,
  "lineage of a version": (name) => `{ lineage(of: {modelVersion: ${nth(name)}}, direction: BOTH) { truncated } }`,
  "lineage of a run": (name) => `{ lineage(of: {run: "${name}-run"}, direction: BOTH) { truncated } }`,
  "lineage of an id": (_name, id) => `{ lineage(of: {id: "${id("Deployment")}"}, direction: BOTH) { truncated } }`,
  "list by name": (name) => `{ models(where: {name: {equals: "${name}"}}) { totalCount nodes { id } } }`,
  "list by a part of a name": (name) => `{ modelVersions(where: {model: {startsWith: "${name}"}}) { totalCount } }`,
  "list that leaves a name out": (name) =>
    `{ models(where: {NOT: {name: {equals: "${name}"}}}) { totalCount nodes { name } } }`,
  "list by a source": (name) => `{ modelVersions(where: {source: {contains: "${name}"}}) { totalCount } }`,
  "runs below a run": (name) => `{ runs(where: {parent: "${name}-run"}) { totalCount } }`,
  "runs that read a dataset": (_name, id) => `{ runs(where: {input: {id: "${id("Dataset")}"}}) { totalCount } }`,
  "deployments by endpoint": (name) => `{ deployments(where: {model: {equals: "${name}"}}) { totalCount } }`,
  "events of a model": (name) => `{ events(where: {models: ["${name}*"]}) { totalCount nodes { id } } }`,
  "audit of a model": (name) => `{ audit(where: {models: ["${name}*"]}) { totalCount nodes { eventId } } }`,
  "promotion report of a model": (name) =>
    `{ promotionReport(where: {models: ["${name}*"]}) { totalCount nodes { revision } } }`,
  holders: (name) => `{ holders(where: {models: ["${name}*"]}) { holders { versionNumber } } }`,
};

describe("a missing and a hidden object: the same statements, the same response", () => {
  test.each(Object.keys(LOOK_UPS))("%s", async (name) => {
    await expectAlike(LOOK_UPS[name] as Walk);
  });

  test.each([
    ...["Model", "ModelVersion", "StageTransition", "AliasTransition"],
    ...["Experiment", "Run", "LoggedModel", "Dataset", "Deployment", "Webhook"],
  ])("node and nodes of %s", async (type) => {
    await expectAlike(
      (_name, id) => `{ node(id: "${id(type)}") { __typename id } nodes(ids: ["${id(type)}"]) { id } }`,
    );
  });

  const onModel = (name: string) => `{model: {name: "${name}"}}`;
  const COMMANDS: Readonly<Record<string, Walk>> = {
    updateModel: (name) => `updateModel(input: {model: {name: "${name}"}, description: "x"}) { model { id } }`,
    "updateModel by id": (_name, id) => `updateModel(input: {model: {id: "${id("Model")}"}}) { model { id } }`,
    renameModel: (name) => `renameModel(input: {model: {name: "${name}"}, newName: "mine-too"}) { model { id } }`,
    "renameModel into it": (name) => `renameModel(input: {model: {name: "mine"}, newName: "${name}"}) { model { id } }`,
    registerModel: (name) => `registerModel(input: {name: "${name}"}) { created }`,
    "registerModel, or what is there": (name) =>
      `registerModel(input: {name: "${name}", ifExists: RETURN}) { created }`,
    deleteModel: (name) => `deleteModel(input: {model: {name: "${name}"}}) { deletedId }`,
    restoreModel: (_name, id) => `restoreModel(input: {id: "${id("Model")}"}) { model { id } }`,
    createModelVersion: (name) =>
      `createModelVersion(input: {model: {name: "${name}"}, createModel: true, source: "s3://b/x"}) { modelVersion { id } }`,
    "createModelVersion of a run": (name) =>
      `createModelVersion(input: {model: {name: "mine"}, source: "s3://b/x", run: "${name}-run"}) { modelVersion { id } }`,
    updateModelVersion: (name) =>
      `updateModelVersion(input: {version: ${nth(name)}, description: "x"}) { modelVersion { id } }`,
    deleteModelVersion: (name) => `deleteModelVersion(input: {version: ${nth(name)}}) { deletedId }`,
    restoreModelVersion: (_name, id) =>
      `restoreModelVersion(input: {id: "${id("ModelVersion")}"}) { modelVersion { id } }`,
    transitionModelVersion: (name) =>
      `transitionModelVersion(input: {version: ${nth(name)}, to: ARCHIVED, expectedStage: NONE}) { transition { id } }`,
    setAlias: (name) =>
      `setAlias(input: {model: {name: "${name}"}, alias: "champion", number: 2, expectedNumber: 9}) { alias { name } }`,
    "setAlias to a version by its id": (_name, id) =>
      `setAlias(input: {version: {id: "${id("ModelVersion")}"}, alias: "champion", expectedNumber: 9}) { alias { name } }`,
    "setAlias to a version by an alias": (name) =>
      `setAlias(input: {version: {alias: {model: "${name}", alias: "champion"}}, alias: "next"}) { alias { name } }`,
    "setAlias to a version of another model": (name) =>
      `setAlias(input: {version: {number: {model: "mine", number: 1}}, model: {name: "${name}"}, alias: "champion"}) { alias { name } }`,
    "setAlias to a version of another model by its id": (_name, id) =>
      `setAlias(input: {version: {number: {model: "mine", number: 1}}, model: {id: "${id("Model")}"}, alias: "champion"}) { alias { name } }`,
    deleteAlias: (name) => `deleteAlias(input: {model: {name: "${name}"}, alias: "champion"}) { previous { id } }`,
    setTag: (name) => `setTag(input: {on: ${onModel(name)}, key: "k", value: "v"}) { model { id } }`,
    "setTag on a run": (name) => `setTag(input: {on: {run: "${name}-run"}, key: "k", value: "v"}) { run { id } }`,
    deleteTag: (name) => `deleteTag(input: {on: ${onModel(name)}, key: "team"}) { model { id } }`,
    reportCheck: (name) => `reportCheck(input: {version: ${nth(name)}, name: "scan", status: PASSED}) { check { id } }`,
    requestPromotion: (name) =>
      `requestPromotion(input: {version: ${nth(name)}, target: {stage: PRODUCTION}}) { request { id } }`,
    rollback: (name) =>
      `rollback(input: {model: {name: "${name}"}, target: {stage: PRODUCTION}, expectedHolder: 9}) { modelVersion { id } }`,
    createExperiment: (name) => `createExperiment(input: {name: "${name}-run"}) { created }`,
    createRun: (name) => `createRun(input: {experiment: {name: "${name}-run"}}) { run { id } }`,
    finishRun: (name) => `finishRun(input: {run: "${name}-run"}) { run { id } }`,
    deleteRun: (name) => `deleteRun(input: {run: "${name}-run"}) { deletedId }`,
    restoreRun: (name) => `restoreRun(input: {run: "${name}-run-gone"}) { run { id } }`,
    logBatch: (name) => `logBatch(input: {run: "${name}-run", params: [{key: "lr", value: "1"}]}) { run { id } }`,
    createLoggedModel: (name) => `createLoggedModel(input: {experiment: {name: "${name}-run"}}) { loggedModel { id } }`,
    "createLoggedModel of a run": (name) =>
      `createLoggedModel(input: {experiment: {name: "mine"}, sourceRun: "${name}-run"}) { loggedModel { id } }`,
    finalizeLoggedModel: (_name, id) =>
      `finalizeLoggedModel(input: {loggedModel: "${id("LoggedModel")}", status: READY}) { loggedModel { id } }`,
    logLoggedModelParams: (_name, id) =>
      `logLoggedModelParams(input: {loggedModel: "${id("LoggedModel")}", params: [{key: "lr", value: "1"}]}) { loggedModel { id } }`,
    deleteLoggedModel: (_name, id) => `deleteLoggedModel(input: {loggedModel: "${id("LoggedModel")}"}) { deletedId }`,
    restoreLoggedModel: (_name, id) =>
      `restoreLoggedModel(input: {loggedModel: "${id("LoggedModel")}"}) { loggedModel { id } }`,
    "setTag on a logged model": (_name, id) =>
      `setTag(input: {on: {loggedModel: "${id("LoggedModel")}"}, key: "k", value: "v"}) { loggedModel { id } }`,
    "addLineage from a logged model": (_name, id) =>
      `addLineage(input: {from: {loggedModel: "${id("LoggedModel")}"}, to: {modelVersion: ${nth("mine")}}}) { created }`,
    deleteDataset: (_name, id) => `deleteDataset(input: {dataset: {id: "${id("Dataset")}"}}) { deletedId }`,
    "updateModelVersion by id": (_name, id) =>
      `updateModelVersion(input: {version: {id: "${id("ModelVersion")}"}}) { modelVersion { id } }`,
    "setTag on a dataset": (_name, id) =>
      `setTag(input: {on: {dataset: {id: "${id("Dataset")}"}}, key: "k", value: "v"}) { dataset { id } }`,
    restoreDataset: (_name, id) => `restoreDataset(input: {id: "${id("Dataset")}"}) { dataset { id } }`,
    "addLineage from a dataset": (_name, id) =>
      `addLineage(input: {from: {dataset: {id: "${id("Dataset")}"}}, to: {modelVersion: ${nth("mine")}}}) { created }`,
    addLineage: (name) =>
      `addLineage(input: {from: {modelVersion: ${nth("mine")}}, to: {modelVersion: ${nth(name)}}}) { created }`,
    removeLineage: (name) =>
      `removeLineage(input: {from: {modelVersion: ${nth("mine")}}, to: {modelVersion: ${nth(name)}}}) { removed }`,
    reportDeployment: (name) =>
      `reportDeployment(input: {environment: "mine", endpoint: "e", model: {name: "${name}"}, state: RUNNING, running: []}) { applied }`,
    removeDeployment: (name) =>
      `removeDeployment(input: {environment: "mine", endpoint: "e", model: {name: "${name}"}}) { removedId }`,
    updateWebhook: (_name, id) => `updateWebhook(input: {id: "${id("Webhook")}", enabled: false}) { webhook { id } }`,
    deleteWebhook: (_name, id) => `deleteWebhook(input: {id: "${id("Webhook")}"}) { deletedId }`,
    testWebhook: (_name, id) => `testWebhook(input: {id: "${id("Webhook")}"}) { delivered }`,
  };

  test.each(Object.keys(COMMANDS))("%s", async (name) => {
    await expectAlike((...args) => `mutation { ${(COMMANDS[name] as Walk)(...args)} }`);
  });

  test("for every command except those that other tests cover", () => {
    const here = new Set(Object.keys(COMMANDS).map((name) => name.split(/\W/)[0]));
    const elsewhere = [
      "setTrackingTag",
      "revokeTokens",
      // a token with a models claim may neither apply nor delete a policy, and changes none that is protected
      "applyPolicy",
      "deletePolicy",
      "approvePolicyChange",
      "rejectPolicyChange",
      "cancelPolicyChange",
      // in test/security/overrides
      "acknowledgeOverride",
      // in test/security/promotions
      "approvePromotion",
      "rejectPromotion",
      "commentPromotion",
      "redeliver",
      "createWebhook",
      ...Object.keys(TRACKING_COMMANDS),
    ];
    expect(Object.keys(COMMAND_SCOPE).filter((name) => !here.has(name) && !elsewhere.includes(name))).toEqual([]);
  });
});

test("another viewer's idempotency key returns nothing of theirs", async () => {
  const create = (source: string) =>
    `mutation { createModelVersion(input: {model: {name: "mine"}, source: "${source}", idempotencyKey: "build-1"}) { modelVersion { number createdBy { subject } } } }`;
  const first = await server.data(create("s3://b/first"));
  for (const source of ["s3://b/first", "s3://b/other"]) {
    const issuer = source === "s3://b/first" ? "tester2" : "mallory";
    const answer = await server.data(create(source), {}, { ...MALLORY, subject: issuer });
    expect(answer.createModelVersion.modelVersion.number).not.toBe(first.createModelVersion.modelVersion.number);
    expect(answer.createModelVersion.modelVersion.createdBy).toEqual({ subject: issuer });
  }
});
