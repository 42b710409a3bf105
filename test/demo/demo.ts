import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { LOCAL_ISSUER } from "../../src/auth/local-keys.js";
import { APPROVER, APPROVER_SCOPES, promoteByApproval } from "./approval.js";
import { type Connection, connect } from "./connection.js";
import { applyGate, expectRefusal, previewMove, reportCheck, rollBack } from "./gate.js";
import { type TrainedModel, trainIrisModel } from "./iris.js";
import { StageWatch } from "./stage-watch.js";
import { makeWorld } from "./world/world.js";

const MODEL = "iris-forest";
const ARTIFACTS = resolve(".shelfmark/demo");

const REGISTER_MODEL = /* GraphQL */ `
  mutation ($name: String!) {
    registerModel(input: { name: $name, description: "Names an iris by its petals and sepals.", ifExists: RETURN }) {
      created
      model { latestVersion { number } stageHolder(stage: PRODUCTION) { number } }
    }
  }
`;

const START_RUN = /* GraphQL */ `
  mutation ($run: CreateRunInput!) { createRun(input: $run) { run { runId } } }
`;

const LOG = /* GraphQL */ `
  mutation ($inputs: LogInputsInput!, $batch: LogBatchInput!, $finish: FinishRunInput!) {
    logInputs(input: $inputs) { run { id } }
    logBatch(input: $batch) { run { metrics { value step } } }
    finishRun(input: $finish) { run { status } }
  }
`;

const SERIES = /* GraphQL */ `
  query ($run: ID!) { metricSeries(runs: [$run], keys: ["accuracy"], x: STEP) { points { x value } } }
`;

const REPORT = /* GraphQL */ `
  mutation ($report: ReportDeploymentInput!) { reportDeployment(input: $report) { deployment { drifted } } }
`;

const LINEAGE = /* GraphQL */ `
  query ($of: LineageNodeRef!) {
    lineage(of: $of, direction: BOTH) { nodes { nodeId name kind } edges { from to kind context } truncated }
  }
`;

const CREATE_VERSION = /* GraphQL */ `
  mutation ($input: CreateModelVersionInput!) {
    createModelVersion(input: $input) { modelVersion { number digest accuracy: tag(key: "accuracy") } }
  }
`;

const TRANSITION = /* GraphQL */ `
  mutation ($input: TransitionModelVersionInput!) {
    transitionModelVersion(input: $input) { modelVersion { stage } archived { number stage } }
  }
`;

const DASHBOARD = /* GraphQL */ `
  query ($name: String!) {
    model(name: $name) {
      name
      stages { stage count current { number accuracy: tag(key: "accuracy") } }
      transitions(first: 4) { nodes { revision versionNumber from to reason } }
    }
  }
`;

interface VersionRef {
  readonly number: { readonly model: string; readonly number: number };
}

/** What was tried, on which data, and what came out. */
async function track(server: Connection, trained: TrainedModel): Promise<string> {
  const dataset = { name: "iris", digest: trained.dataDigest };
  type Started = { createRun: { run: { runId: string } } };
  const { createRun } = await server.request<Started>(START_RUN, {
    run: {
      ...{
        experiment: { name: "iris" },
        createExperiment: true,
        name: `${trained.trees} trees`,
        source: "test/demo/iris.ts",
      },
      params: [{ key: "trees", value: String(trained.trees) }],
    },
  });
  const { runId } = createRun.run;
  type Logged = {
    logBatch: { run: { metrics: { value: number; step: number }[] } };
    finishRun: { run: { status: string } };
  };
  const { logBatch, finishRun } = await server.request<Logged>(LOG, {
    inputs: {
      run: runId,
      datasets: [{ dataset: { ...dataset, profile: { rows: trained.trainedOn } }, context: "training" }],
    },
    batch: {
      run: runId,
      metrics: trained.accuracyByTrees.map((value, before) => {
        return { key: "accuracy", value, step: before + 1, dataset: { identity: dataset } };
      }),
    },
    finish: { run: runId },
  });
  const [latest] = logBatch.run.metrics;
  if (latest?.value !== trained.accuracy || latest.step !== trained.trees || finishRun.run.status !== "FINISHED") {
    throw new Error("The run reads back otherwise.");
  }
  console.log(`▸ logged the run ${runId} with its params, its data and ${trained.trees} accuracies:`);
  await printAccuracy(server, runId);
  return runId;
}

/** How the accuracy grew with the trees, read back from the registry. */
async function printAccuracy(server: Connection, run: string): Promise<void> {
  type Plotted = { metricSeries: { points: { x: number; value: number }[] }[] };
  const { metricSeries } = await server.request<Plotted>(SERIES, { run });
  const points = metricSeries.flatMap((series) => series.points);
  const shown = points.filter(({ x }) => [1, 2, 5, 10].includes(x) || x === points.length);
  console.log(
    `    ${shown.map(({ x, value }) => `${x} ${x === 1 ? "tree" : "trees"} ${value.toFixed(4)}`).join(", ")}`,
  );
}

async function printLineage(server: Connection, version: VersionRef): Promise<void> {
  type Walked = {
    lineage: {
      nodes: { nodeId: string; name: string; kind: string }[];
      edges: { from: string; to: string; kind: string; context: string | null }[];
    };
  };
  const { lineage } = await server.request<Walked>(LINEAGE, { of: { modelVersion: version } });
  const kinds = lineage.nodes.map(({ kind }) => kind);
  for (const kind of ["DATASET", "RUN", "MODEL_VERSION", "DEPLOYMENT"]) {
    if (!kinds.includes(kind)) throw new Error(`The lineage has no ${kind}.`);
  }
  const names = new Map(lineage.nodes.map(({ nodeId, name }) => [nodeId, name]));
  console.log("▸ the lineage of the version, from data to endpoint:");
  for (const { from, to, kind, context } of lineage.edges) {
    console.log(`    ${names.get(from)} ─${kind}${context ? ` (${context})` : ""}→ ${names.get(to)}`);
  }
}

async function createVersion(server: Connection, trained: TrainedModel, run: string): Promise<number> {
  const { viewer } = await server.request<{ viewer: { actor: { issuer: string } } }>("{ viewer { actor { issuer } } }");
  const isLocal = viewer.actor.issuer === LOCAL_ISSUER;
  const input = {
    model: { name: MODEL },
    source: isLocal ? pathToFileURL(trained.file).href : `mlflow-artifacts:/${MODEL}/${trained.digest.slice(7)}.json`,
    digest: trained.digest,
    run,
    signature: { inputs: ["sepal length", "sepal width", "petal length", "petal width"], outputs: ["species"] },
    flavors: { "ml-random-forest": { trees: trained.trees } },
    tags: [{ key: "accuracy", value: trained.accuracy.toFixed(4) }],
    idempotencyKey: `demo-${trained.digest}-${Date.now()}`,
  };
  type Answer = { createModelVersion: { modelVersion: { number: number; digest: string; accuracy: string } } };
  const { createModelVersion } = await server.request<Answer>(CREATE_VERSION, { input });
  const { number, digest, accuracy } = createModelVersion.modelVersion;
  if (digest !== trained.digest || accuracy !== trained.accuracy.toFixed(4))
    throw new Error("The version reads back otherwise.");
  return number;
}

async function move(
  server: Connection,
  version: VersionRef,
  to: string,
  more: Record<string, unknown>,
): Promise<number[]> {
  type Answer = {
    transitionModelVersion: { modelVersion: { stage: string }; archived: { number: number; stage: string }[] };
  };
  const input = { version, to, ...more };
  const { transitionModelVersion: done } = await server.request<Answer>(TRANSITION, { input });
  if (done.modelVersion.stage !== to)
    throw new Error(`The version stands on ${done.modelVersion.stage}, not on ${to}.`);
  return done.archived.map(({ number }) => number);
}

/** A second run of the demo has a version to go back to. The rollback of a rollback undoes it. */
async function rollBackAndForth(
  server: Connection,
  watch: StageWatch,
  { held, number }: { readonly held: number; readonly number: number },
): Promise<void> {
  console.log(`▸ rolling back to version ${held}, and forth to version ${number}`);
  for (const [from, to, reason] of [
    [number, held, "the demo rolls back"],
    [held, number, "and forth"],
  ] as const) {
    await rollBack(server, MODEL, { from, to, reason });
    await watch.expect({ versionNumber: to, from: "ARCHIVED", to: "PRODUCTION" });
    await watch.expect({ versionNumber: from, from: "PRODUCTION", to: "ARCHIVED" });
  }
}

/** Each step says what it did, and throws if that is not what it was to do. */
async function run(server: Connection): Promise<void> {
  console.log(`Shelfmark at ${server.url.href}`);
  type Registered = {
    registerModel: {
      created: boolean;
      model: { latestVersion: { number: number } | null; stageHolder: { number: number } | null };
    };
  };
  const { registerModel } = await server.request<Registered>(REGISTER_MODEL, { name: MODEL });
  const { latestVersion, stageHolder } = registerModel.model;
  console.log(`▸ ${registerModel.created ? "registered" : "found"} the model ${MODEL}`);

  const trained = await trainIrisModel((latestVersion?.number ?? 0) + 1, ARTIFACTS);
  console.log(
    `▸ trained ${trained.trees} trees on ${trained.trainedOn} flowers: accuracy ${trained.accuracy.toFixed(4)} on ${trained.heldOut} held out`,
  );

  const watch = await StageWatch.open(server, MODEL);
  console.log("▸ watching the stage changes of the model (graphql-ws)");

  const run = await track(server, trained);

  const number = await createVersion(server, trained, run);
  if (number !== (latestVersion?.number ?? 0) + 1) throw new Error(`The version got the number ${number}.`);
  console.log(`▸ registered version ${number}, ${trained.digest.slice(0, 19)}…`);

  const version = { number: { model: MODEL, number } };
  await move(server, version, "STAGING", { expectedStage: "NONE", reason: "trained by the demo" });
  await watch.expect({ versionNumber: number, from: "NONE", to: "STAGING" });

  const held = stageHolder?.number ?? null;
  const reason = `accuracy ${trained.accuracy.toFixed(4)} on held-out data`;
  const promote = () => move(server, version, "PRODUCTION", { expectedHolder: held, archiveExisting: true, reason });
  const approver = await server.as(APPROVER, APPROVER_SCOPES);
  const gate = { model: MODEL, approvals: approver ? 1 : 0 };
  await applyGate(server, { ...gate, mode: "EVALUATE" });
  await previewMove(server, version, gate);
  await applyGate(server, { ...gate, mode: "ENFORCE" });
  await expectRefusal(promote());
  await reportCheck(server, version);
  const archived = approver ? await promoteByApproval(server, approver, { version, reason }) : await promote();
  await approver?.close();
  if (JSON.stringify(archived) !== JSON.stringify(held === null ? [] : [held])) {
    throw new Error(`Archived ${archived.join(", ") || "nobody"}.`);
  }
  await watch.expect({ versionNumber: number, from: "STAGING", to: "PRODUCTION" });
  for (const old of archived) await watch.expect({ versionNumber: old, from: "PRODUCTION", to: "ARCHIVED" });
  if (held !== null) await rollBackAndForth(server, watch, { held, number });

  const report = {
    ...{ environment: "demo", endpoint: "iris", model: { name: MODEL }, follows: { stage: "PRODUCTION" } },
    ...{ running: [{ version }], state: "RUNNING", health: "HEALTHY" },
  };
  type Reported = { reportDeployment: { deployment: { drifted: boolean } } };
  const { reportDeployment } = await server.request<Reported>(REPORT, { report });
  if (reportDeployment.deployment.drifted) throw new Error("The deployment runs something else than it should.");
  console.log("▸ the endpoint demo/iris reports that it runs what PRODUCTION says");
  await printLineage(server, version);

  const dashboard = await server.request<{
    model: { stages: { stage: string; current: { number: number } | null }[] };
  }>(DASHBOARD, { name: MODEL });
  const holder = dashboard.model.stages.find(({ stage }) => stage === "PRODUCTION")?.current?.number;
  if (holder !== number) throw new Error(`The dashboard shows version ${holder} on PRODUCTION.`);
  console.log(`▸ the dashboard's one query:\n${JSON.stringify(dashboard, null, 2)}`);
}

let server: Connection | undefined;
try {
  server = await connect();
  await (process.argv.includes("--world") ? makeWorld(server) : run(server));
  console.log("Demo done.");
} catch (error) {
  console.error(`The demo failed: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
} finally {
  await server?.close();
}
