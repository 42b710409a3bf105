import type { GraphQLResolveInfo } from "graphql";
import { STAGES, type Stage as StageName } from "../../domain/versions/stage.js";
import { builder } from "../kit/builder.js";
import { type Row, selectNestedNode, selectRow } from "../kit/row-selection.js";
import { Stage } from "../kit/stage.js";
import { Model } from "../models/model.js";
import type { GraphQLContext } from "../request/context.js";
import { ModelVersion } from "./model-version.js";
import { timeTravel } from "./time-travel.js";
import { AT } from "./versions-of-model.js";

interface Summary {
  readonly stage: StageName;
  readonly count: number;
  readonly since: Date | null;
  /** The version's row, read with the model's. For a past time, what reads it. */
  readonly current: Row | null | ReadCurrent;
}

type ReadCurrent = (args: object, context: GraphQLContext, info: GraphQLResolveInfo) => Promise<Row | null>;

const StageSummary = builder.objectRef<Summary>("StageSummary").implement({
  description: "The versions in one stage of a model, now or at a past time.",
  fields: (t) => ({
    stage: t.expose("stage", { type: Stage, description: "The stage." }),
    count: t.exposeInt("count", { description: "The number of versions in the stage that are not deleted." }),
    current: t.field({
      type: ModelVersion,
      nullable: true,
      description:
        "The current holder: of the versions in the stage, the one that entered last; null if the stage is empty. For a past time it may be a version that was deleted since.",
      resolve: ({ current }, args, context, info) =>
        typeof current === "function" ? current(args, context, info) : current,
    }),
    since: t.expose("since", {
      type: "DateTime",
      nullable: true,
      description: "When the current holder entered the stage; null if the stage is empty.",
    }),
  }),
});

builder.prismaObjectField(Model, "stages", (t) =>
  t.field({
    type: [StageSummary],
    description: "The four stages in their order, each with the number of versions in it and its current holder.",
    args: { at: t.arg({ type: "DateTime", description: AT }) },
    select: ({ at }, _context, nested) => {
      if (at) return {};
      const current = selectNestedNode(nested, "ModelVersion", [[{ name: "current" }]]);
      return { shelves: { orderBy: { stage: "asc" }, select: { stage: true, count: true, since: true, current } } };
    },
    resolve: (model, { at }, context) => {
      if (at) return summariesAt(model.id, at, context);
      // Pothos types the parent for one selection, and this field has two: with and without `at`
      const { shelves = [] } = model as { shelves?: Summary[] };
      return shelves;
    },
  }),
);

function summariesAt(modelId: string, at: Date, context: GraphQLContext): Promise<Summary>[] {
  const travel = timeTravel(context, at);
  return STAGES.map(async (stage) => {
    const [holder, count] = await Promise.all([
      travel.holder.load({ modelId, stage }),
      travel.count.load({ modelId, stage }),
    ]);
    return { stage, count, since: holder?.since ?? null, current: holder && currentOf(holder.versionId) };
  });
}

function currentOf(id: string): ReadCurrent {
  return (_args, context, info) => {
    const selection = selectRow({ context, info }, "ModelVersion");
    return context.db.modelVersion.findUnique({ ...selection, where: { id } });
  };
}
