import { InvalidInputError, NotFoundError } from "../../domain/errors.js";
import { requireAtMost } from "../../domain/values/list.js";
import { visibleVersion } from "../../store/access/visibility.js";
import {
  type Comparison,
  compareInputs,
  compareMetrics,
  compareParams,
  compareTags,
  type ComparedInput as InputRow,
  type ComparedMetric as MetricRow,
} from "../../store/across/version-comparison.js";
import { findVersions, seesVersion } from "../../store/versions/version-lookup.js";
import { builder } from "../kit/builder.js";
import { readRows } from "../kit/visible-rows.js";
import { LineageNodeKind, toNodeId } from "../lineage/lineage-kinds.js";
import type { GraphQLContext } from "../request/context.js";
import { Dataset } from "../tracking/dataset.js";
import { ModelVersion } from "../versions/model-version.js";
import { ModelVersionRef, toVersionRef } from "../versions/model-version-ref.js";

const VERSIONS_MAX = 10;

const ComparedText = builder
  .objectRef<{ key: string; values: readonly (string | null)[]; differs: boolean }>("ComparedText")
  .implement({
    description: "The values of one key, for each compared version.",
    fields: (t) => ({
      key: t.exposeString("key", { description: "The key." }),
      values: t.stringList({
        nullable: { list: false, items: true },
        description: "The values, in the order of the versions; null where a version has none.",
        resolve: ({ values }) => [...values],
      }),
      differs: t.exposeBoolean("differs", { description: "Whether the values differ." }),
    }),
  });

const ComparedMetric = builder.objectRef<MetricRow>("ComparedMetric").implement({
  description: "The values of a metric on one dataset (or none), for each compared version.",
  fields: (t) => ({
    key: t.exposeString("key", { description: "The metric's key." }),
    dataset: t.field({
      type: Dataset,
      nullable: true,
      description: "The dataset on which the metric was measured; null if none was named or it is deleted.",
      resolve: ({ dataset }) => dataset,
    }),
    steps: t.field({
      type: ["Long"],
      nullable: { list: false, items: true },
      description: "The steps of the values, in the order of the versions; null where a version has no value.",
      resolve: ({ steps }) => [...steps],
    }),
    values: t.field({
      type: ["MetricValue"],
      nullable: { list: false, items: true },
      description: "The values, in the order of the versions; null where a version has none on this dataset.",
      resolve: ({ values }) => [...values],
    }),
    deltas: t.field({
      type: ["MetricValue"],
      nullable: { list: false, items: true },
      description: "Each value minus the first version's value; null where one of the two is missing.",
      resolve: ({ deltas }) => [...deltas],
    }),
    differs: t.exposeBoolean("differs", { description: "Whether the values differ." }),
  }),
});

const ComparedInput = builder.objectRef<InputRow>("ComparedInput").implement({
  description: "A dataset or version from which at least one of the compared versions was derived.",
  fields: (t) => ({
    kind: t.field({
      type: LineageNodeKind,
      description: "Whether it is a dataset or a version.",
      resolve: ({ kind }) => kind,
    }),
    nodeId: t.id({
      description: "The global id of the dataset or version.",
      resolve: toNodeId,
    }),
    name: t.exposeString("name", { description: "A label: `name@digest` for a dataset, `model v3` for a version." }),
    context: t.string({
      nullable: true,
      description: "What the input was used for, such as `training`; null if not stated.",
      resolve: ({ context }) => context || null,
    }),
    present: t.field({
      type: ["Boolean"],
      description: "Whether each version was derived from it, in the order of the versions.",
      resolve: ({ present }) => [...present],
    }),
    differs: t.exposeBoolean("differs", {
      description: "Whether some versions were derived from it and others were not.",
    }),
  }),
});

const DIFFERING_FIRST = "the differing rows first, then by key. Requires `runs:read`.";

const VersionComparison = builder.objectRef<Comparison>("VersionComparison").implement({
  description: "A comparison of versions.",
  fields: (t) => ({
    versions: t.field({
      type: [ModelVersion],
      description: "The versions, in the order of the argument.",
      resolve: async ({ versions }, _args, context, info) => {
        const ids = versions.map(({ id }) => id);
        const rows = await readRows({ context, info }, "ModelVersion", ids);
        return ids.flatMap((id) => rows.get(id) ?? []);
      },
    }),
    params: t.field({
      type: [ComparedText],
      nullable: true,
      description: `The params of the runs that produced the versions, ${DIFFERING_FIRST}`,
      resolve: (comparison, _args, context) => compareParams(context, comparison),
    }),
    metrics: t.field({
      type: [ComparedMetric],
      nullable: true,
      description: `The metrics of the runs that produced the versions, one row for each key and dataset, ${DIFFERING_FIRST}`,
      args: {
        step: t.arg({
          type: "Long",
          description: "Compare the values at this step. Default: the latest value of each version, whatever its step.",
        }),
      },
      resolve: (comparison, { step }, context) => compareMetrics(context, comparison, step ?? null),
    }),
    inputs: t.field({
      type: [ComparedInput],
      nullable: true,
      description: `The inputs of the versions and of the runs that produced them, ${DIFFERING_FIRST}`,
      resolve: (comparison, _args, context) => compareInputs(context, comparison),
    }),
    tags: t.field({
      type: [ComparedText],
      description: "The versions' tags, the differing rows first, then by key.",
      resolve: (comparison, _args, context) => compareTags(context, comparison),
    }),
  }),
});

builder.queryField("compareVersions", (t) =>
  t.field({
    type: VersionComparison,
    nullable: true,
    description:
      "Compares versions of one model or of several. Data of runs that the viewer may not see is left out. A version that does not exist or that the viewer may not see is `NOT_FOUND`.",
    complexity: ({ versions }) => ({ field: 5, multiplier: versions.length }),
    args: {
      versions: t.arg({
        type: [ModelVersionRef],
        required: true,
        description: `The versions, 1 to ${VERSIONS_MAX}. Deltas are relative to the first.`,
      }),
    },
    resolve: async (_root, args, context) => {
      requireAtMost("versions", args.versions, VERSIONS_MAX);
      if (args.versions.length === 0)
        throw new InvalidInputError("versions", "versions is empty; it must have at least one entry.");
      return readVersions(context, args.versions);
    },
  }),
);

async function readVersions(
  { db, viewer }: GraphQLContext,
  refs: readonly (typeof ModelVersionRef)["$inferInput"][],
): Promise<Comparison> {
  const found = await findVersions(
    db,
    refs.map((ref, i) => toVersionRef(`versions[${i}]`, ref)),
  );
  // before the rows are read: the number of ids that are looked up would show that a hidden version exists
  const ids = found.map((version, i) => {
    if (version && seesVersion(viewer, version)) return version.id;
    throw new NotFoundError(`The version of versions[${i}] was not found.`, { field: `versions[${i}]` });
  });
  const rows = await db.modelVersion.findMany({
    where: { AND: [{ id: { in: ids } }, visibleVersion(viewer)] },
    select: { id: true, runId: true },
  });
  const byId = new Map(rows.map((row) => [row.id, row]));
  return { versions: ids.flatMap((id) => byId.get(id) ?? []) };
}
