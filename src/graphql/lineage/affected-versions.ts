import { TooComplexError } from "../../domain/errors.js";
import { fromNodeKey, LINEAGE_DEPTH_MAX, LINEAGE_WALK_MAX, toNodeKey } from "../../domain/lineage/lineage.js";
import { walkLineage } from "../../store/lineage/lineage-walk.js";
import { builder } from "../kit/builder.js";
import { readPage } from "../kit/lists.js";
import { Stage } from "../kit/stage.js";
import type { GraphQLContext } from "../request/context.js";
import { Dataset } from "../tracking/dataset.js";
import { ModelVersion, versionPages } from "../versions/model-version.js";
import { modelVersionOrder, modelVersionWhere } from "../versions/model-version-filter.js";

async function versionsBelow({ db, viewer }: GraphQLContext, datasetId: string): Promise<string[]> {
  const lineage = await walkLineage(
    db,
    viewer,
    { node: toNodeKey({ kind: "DATASET", id: datasetId }) },
    {
      upstream: false,
      downstream: true,
      depth: LINEAGE_DEPTH_MAX,
      letters: [toNodeKey({ kind: "MODEL_VERSION", id: "" })],
      first: LINEAGE_WALK_MAX,
    },
  );
  if (lineage?.truncated) {
    throw new TooComplexError(
      `More than ${LINEAGE_WALK_MAX} nodes or ${LINEAGE_DEPTH_MAX} edges lead from this dataset. Use lineage to walk the graph in parts.`,
    );
  }
  return lineage?.nodes.map(({ node }) => fromNodeKey(node).id) ?? [];
}

builder.prismaObjectField(Dataset, "affectedVersions", (t) =>
  t.connection(
    {
      type: ModelVersion,
      nullable: true,
      description: `The versions that were derived from this dataset, directly or through other runs, datasets and versions, the newest first. Select \`deployments\` to see where they run. Costs two statements for each dataset. The walk stops at objects that the viewer may not see. Requires \`models:read\`. \`TOO_COMPLEX\` if the walk reaches more than ${LINEAGE_WALK_MAX} nodes or ${LINEAGE_DEPTH_MAX} edges.`,
      complexity: ({ first }) => ({ field: 10, multiplier: typeof first === "number" && first > 0 ? first : 20 }),
      args: { stage: t.arg({ type: Stage, description: "Only versions that are in this stage." }) },
      resolve: async ({ id }, args, context, info) => {
        const ids = await versionsBelow(context, id);
        const filter = args.stage ? { stage: [args.stage] } : null;
        return readPage(
          context.db.modelVersion,
          { args, context, info },
          {
            typeName: "ModelVersion",
            list: { name: "Dataset.affectedVersions", where: { id, ...filter } },
            order: modelVersionOrder(null),
            where: { AND: [{ id: { in: ids } }, modelVersionWhere(context, filter)] },
          },
        );
      },
    },
    ...versionPages,
  ),
);
