import type { Noun, RelationOf } from "../../domain/access/condition.js";

/** How a relation of a noun is reached: in a Prisma filter by its fields, in SQL by its columns. */
export type Relation =
  /** The own column holds the id of one related row. */
  | { readonly kind: "one"; readonly table: string; readonly column: string; readonly cast?: "uuid" }
  /** The related rows hold this row's id in a column of theirs. */
  | { readonly kind: "many"; readonly table: string; readonly column: string; readonly field: string }
  /** Rows of a table between them hold both ids. */
  | {
      readonly kind: "through";
      readonly table: string;
      readonly link: string;
      readonly ownColumn: string;
      readonly otherColumn: string;
      readonly field: string;
      readonly otherField: string;
    };

type Relations = { readonly [N in Noun]: { readonly [R in RelationOf<N>]: Relation } };

const toModel = { kind: "one", table: "Model", column: "modelId" } as const;
const toExperiment = { kind: "one", table: "Experiment", column: "experimentId" } as const;
const edge = { kind: "through", link: "LineageEdge" } as const;
const edgeFromRun = { ...edge, ownColumn: "fromRunId", field: "downstream" } as const;
const edgeToRun = { ...edge, ownColumn: "toRunId", field: "upstream" } as const;

export const RELATIONS: Relations = {
  Model: {},
  ModelVersion: { model: toModel },
  StageTransition: { model: toModel },
  AliasTransition: { model: toModel },
  PromotionDecision: { model: toModel },
  PromotionRequest: { modelVersion: { kind: "one", table: "ModelVersion", column: "versionId" } },
  Check: { modelVersion: { kind: "one", table: "ModelVersion", column: "versionId" } },
  Policy: {},
  PolicyChangeRequest: {},
  Experiment: {
    runs: { kind: "many", table: "Run", column: "experimentId", field: "runs" },
    loggedModels: { kind: "many", table: "LoggedModel", column: "experimentId", field: "loggedModels" },
  },
  Run: {
    experiment: toExperiment,
    producedVersions: { ...edgeFromRun, table: "ModelVersion", otherColumn: "toVersionId", otherField: "toVersion" },
    readVersions: { ...edgeToRun, table: "ModelVersion", otherColumn: "fromVersionId", otherField: "fromVersion" },
  },
  LoggedModel: {
    experiment: toExperiment,
    versions: { kind: "many", table: "ModelVersion", column: "loggedModelId", field: "versions" },
  },
  Dataset: {
    readingRuns: {
      ...edge,
      table: "Run",
      ownColumn: "fromDatasetId",
      field: "downstream",
      otherColumn: "toRunId",
      otherField: "toRun",
    },
    writingRuns: {
      ...edge,
      table: "Run",
      ownColumn: "toDatasetId",
      field: "upstream",
      otherColumn: "fromRunId",
      otherField: "fromRun",
    },
    measuringRuns: {
      kind: "through",
      table: "Run",
      link: "MetricSeries",
      ownColumn: "datasetId",
      field: "series",
      otherColumn: "runId",
      otherField: "run",
    },
  },
  Deployment: { model: toModel },
  Webhook: {},
  WebhookDelivery: { webhook: { kind: "one", table: "Webhook", column: "webhookId" } },
  Revocation: {},
  Event: {
    run: { kind: "one", table: "Run", column: "subjectId" },
    loggedModel: { kind: "one", table: "LoggedModel", column: "subjectId" },
    dataset: { kind: "one", table: "Dataset", column: "subjectId", cast: "uuid" },
  },
};

/** A relation by its name, for code that walks conditions. */
export function relationOf(noun: string, name: string): Relation {
  const relation = (RELATIONS as Readonly<Record<string, Readonly<Record<string, Relation>>>>)[noun]?.[name];
  if (relation) return relation;
  throw new Error(`${noun} has no relation ${name}.`);
}
