import { uuidv7 } from "uuidv7";
import type { Facts } from "../../../src/domain/access/condition.js";
import type { LineageNode } from "../../../src/domain/lineage/lineage.js";
import type { Database } from "../../../src/store/connection/database.js";
import { writeEdges } from "../../../src/store/lineage/lineage-edges.js";
import { createRandom } from "../../support/random.js";

export const MODEL_NAMES = ["fraud", "fraud-eu", "churn", "ranking"];
export const EXPERIMENT_NAMES = ["tuning", "tuning-eu", "evaluation"];
export const ENVIRONMENTS = ["prod-eu", "prod-us", "dev"];
export const SUBJECTS = ["ada", "grace"];

const AT = new Date("2026-01-01T00:00:00Z");
const by = (subject: string) => ({
  createdByIssuer: "https://i.test",
  createdBySubject: subject,
  createdByKind: "USER" as const,
});

interface Named {
  readonly id: string;
  readonly name: string;
  readonly deletedAt: Date | null;
}

/** A deleted row gives its name free. */
const live = ({ name, deletedAt }: Named) => ({ liveName: deletedAt ? null : name });

/** Rows of every noun with random names, owners, relations and deletions, in the database and as facts in memory. */
export interface RandomWorld {
  /** By noun: each row's id, and all that rules may look at. */
  readonly facts: Readonly<Record<string, readonly (Facts & { readonly id: string })[]>>;
}

export async function createRandomWorld({ prisma }: Database, seed: number): Promise<RandomWorld> {
  const { pick, chance } = createRandom(seed);
  const deletedAt = () => (chance(0.25) ? AT : null);
  const many = <T>(count: number, make: (index: number) => T) =>
    Array.from({ length: count }, (_, index) => make(index));

  const named =
    (names: readonly string[]) =>
    (index: number): Named => ({
      id: uuidv7(),
      name: `${pick(names)}-${index}`,
      deletedAt: deletedAt(),
    });
  const models = many(8, named(MODEL_NAMES));
  const experiments = many(6, named(EXPERIMENT_NAMES));
  const versions = many(16, (index) => ({
    id: uuidv7(),
    model: pick(models),
    number: index + 1,
    deletedAt: deletedAt(),
  }));
  const runs = many(20, () => ({
    id: uuidv7().replaceAll("-", ""),
    experiment: pick(experiments),
    deletedAt: deletedAt(),
  }));
  const loggedModels = many(14, () => ({
    id: `m-${uuidv7().replaceAll("-", "")}`,
    experiment: pick(experiments),
    deletedAt: deletedAt(),
  }));
  const registered = new Map(versions.map(({ id }) => [id, chance(0.6) ? pick(loggedModels).id : null]));
  const datasets = many(14, (index) => ({ id: uuidv7(), name: `data-${index}`, deletedAt: deletedAt() }));
  const deployments = many(10, () => ({
    id: uuidv7(),
    environment: pick(ENVIRONMENTS),
    model: pick(models),
    removedAt: deletedAt(),
  }));
  const webhooks = many(16, () => ({ id: uuidv7(), subject: pick(SUBJECTS), deletedAt: deletedAt() }));
  const series = many(8, (index) => ({ run: pick(runs), dataset: pick(datasets), key: `metric-${index}` }));
  const produced = many(14, () => ({ run: pick(runs), version: pick(versions) }));
  const read = many(8, () => ({ run: pick(runs), version: pick(versions) }));
  const inputs = many(14, () => ({ run: pick(runs), dataset: pick(datasets) }));
  const outputs = many(6, () => ({ run: pick(runs), dataset: pick(datasets) }));

  const stamps = { createdAt: AT, updatedAt: AT, ...by("ada") };
  await prisma.model.createMany({ data: models.map((model) => ({ ...model, ...live(model), ...stamps })) });
  await prisma.modelVersion.createMany({
    data: versions.map(({ model, ...version }) => ({
      ...version,
      modelId: model.id,
      source: "s3://bucket/model",
      stage: "NONE" as const,
      stageSince: AT,
      status: "PENDING_REGISTRATION" as const,
      ...stamps,
    })),
  });
  await prisma.experiment.createMany({
    data: experiments.map((experiment) => ({ ...experiment, ...live(experiment), ...stamps })),
  });
  await prisma.run.createMany({
    data: runs.map(({ experiment, ...run }) => ({
      ...run,
      experimentId: experiment.id,
      status: "RUNNING" as const,
      startedAt: AT,
      ...stamps,
    })),
  });
  await prisma.loggedModel.createMany({
    data: loggedModels.map(({ experiment, ...loggedModel }) => ({
      ...loggedModel,
      experimentId: experiment.id,
      name: "logged",
      status: "PENDING" as const,
      artifactUri: "s3://bucket/model",
      ...stamps,
    })),
  });
  for (const [id, loggedModelId] of registered) {
    await prisma.modelVersion.updateMany({ where: { id }, data: { loggedModelId, status: "READY" } });
  }
  await prisma.dataset.createMany({ data: datasets.map((dataset) => ({ ...dataset, digest: dataset.id, ...stamps })) });
  await prisma.deployment.createMany({
    data: deployments.map(({ model, ...deployment }) => ({
      ...deployment,
      modelId: model.id,
      endpoint: deployment.id,
      state: "RUNNING" as const,
      health: "HEALTHY" as const,
      observedAt: AT,
      lastReportedAt: AT,
      ...stamps,
    })),
  });
  await prisma.webhook.createMany({
    data: webhooks.map(({ subject, ...webhook }) => ({
      ...webhook,
      url: "https://receiver.test/",
      filter: {},
      rights: {},
      keyId: "key",
      position: 0n,
      createdAt: AT,
      updatedAt: AT,
      secret: webhook.deletedAt ? null : new Uint8Array([1]),
      ...by(subject),
    })),
  });
  await prisma.metricSeries.createMany({
    data: series.map(({ run, dataset, key }) => ({
      runId: run.id,
      datasetId: dataset.id,
      key,
      step: 0n,
      timestamp: AT,
      rank: 0n,
    })),
  });
  const node = (kind: LineageNode["kind"], { id }: { id: string }): LineageNode => ({ kind, id });
  const edges = [
    ...produced.map(({ run, version }) => ({ from: node("RUN", run), to: node("MODEL_VERSION", version) })),
    ...read.map(({ run, version }) => ({ from: node("MODEL_VERSION", version), to: node("RUN", run) })),
    ...inputs.map(({ run, dataset }) => ({ from: node("DATASET", dataset), to: node("RUN", run) })),
    ...outputs.map(({ run, dataset }) => ({ from: node("RUN", run), to: node("DATASET", dataset) })),
  ];
  await prisma.$transaction((tx) => writeEdges(tx, edges, AT));

  const versionFacts = ({ id, deletedAt: at, model }: (typeof versions)[number]) => ({
    id,
    deletedAt: at,
    model: { ...model },
  });
  const ends = <K extends string>(links: readonly Record<K | "run", { id: string }>[], end: K, id: string) =>
    links.filter((link) => link[end].id === id).map((link) => link.run.id);
  const runFacts = ({ id, deletedAt: at, experiment }: (typeof runs)[number]) => {
    const versionsOf = (links: typeof produced) =>
      links.filter(({ run }) => run.id === id).map(({ version }) => versionFacts(version));
    return {
      id,
      deletedAt: at,
      experiment: { ...experiment },
      producedVersions: versionsOf(produced),
      readVersions: versionsOf(read),
    };
  };
  const allRuns = runs.map(runFacts);
  const allLoggedModels = loggedModels.map(({ id, deletedAt: at, experiment }) => ({
    id,
    deletedAt: at,
    experiment: { ...experiment },
    versions: versions.filter((version) => registered.get(version.id) === id).map(versionFacts),
  }));
  const runsById = (ids: readonly string[]) => allRuns.filter(({ id }) => ids.includes(id));
  return {
    facts: {
      Model: models.map((model) => ({ ...model })),
      ModelVersion: versions.map(versionFacts),
      Experiment: experiments.map((experiment) => ({
        ...experiment,
        runs: allRuns.filter((run) => run.experiment.id === experiment.id),
        loggedModels: allLoggedModels.filter((loggedModel) => loggedModel.experiment.id === experiment.id),
      })),
      Run: allRuns,
      LoggedModel: allLoggedModels,
      Dataset: datasets.map(({ id, deletedAt: at }) => ({
        id,
        deletedAt: at,
        readingRuns: runsById(ends(inputs, "dataset", id)),
        writingRuns: runsById(ends(outputs, "dataset", id)),
        measuringRuns: runsById(ends(series, "dataset", id)),
      })),
      Deployment: deployments.map(({ model, ...deployment }) => ({ ...deployment, model: { ...model } })),
      Webhook: webhooks.map(({ id, subject, deletedAt: at }) => ({ id, deletedAt: at, ...by(subject) })),
    },
  };
}
