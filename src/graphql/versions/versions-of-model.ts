import type { PastHolder } from "../../store/versions/time-travel.js";
import { builder } from "../kit/builder.js";
import { type Row, type RowSelection, selectRow } from "../kit/row-selection.js";
import { Stage } from "../kit/stage.js";
import { Model } from "../models/model.js";
import type { ReadDatabase } from "../request/context.js";
import { ModelVersion } from "./model-version.js";
import { timeTravel } from "./time-travel.js";

export const AT =
  "Return the state at this time, from the history. Renames, deletes and restores are taken into account. Default: now.";

/** Uses `findUnique`, because Prisma batches it into one statement for all rows of a page. */
async function readVersionAt(
  { modelVersion }: ReadDatabase,
  selection: RowSelection,
  stood: PastHolder | null,
): Promise<Row | null> {
  return stood && modelVersion.findUnique({ ...selection, where: { id: stood.versionId } });
}

builder.prismaObjectFields(Model, (t) => ({
  latestVersion: t.relation("latestVersion", {
    nullable: true,
    description: "The version with the highest number that is not deleted, whatever its status; null if there is none.",
  }),
  version: t.field({
    type: ModelVersion,
    nullable: true,
    description: "The version with this number; null if there is none or it is deleted.",
    args: { number: t.arg.int({ required: true, description: "The version's number, from 1." }) },
    resolve: ({ id: modelId }, { number }, context, info) =>
      context.db.modelVersion.findUnique({
        ...selectRow({ context, info }, "ModelVersion"),
        where: { modelId_number: { modelId, number }, deletedAt: null },
      }),
  }),
  versionByAlias: t.field({
    type: ModelVersion,
    nullable: true,
    description:
      "The version that this alias points to; null if the alias is not set. For a past time it may be a version that was deleted since.",
    args: {
      alias: t.arg.string({ required: true, description: "The alias." }),
      at: t.arg({ type: "DateTime", description: AT }),
    },
    resolve: async ({ id: modelId }, { alias: name, at }, context, info) => {
      const { db } = context;
      const selection = selectRow({ context, info }, "ModelVersion");
      if (at) return readVersionAt(db, selection, await timeTravel(context, at).alias.load({ modelId, alias: name }));
      const where = { modelId_name: { modelId, name } };
      const alias = await db.alias.findUnique({ where, select: { modelVersion: selection } });
      return alias?.modelVersion;
    },
  }),
  stageHolder: t.field({
    type: ModelVersion,
    nullable: true,
    description:
      "The current holder of this stage: of the versions in it, the one that entered last; null if the stage is empty. For a past time it may be a version that was deleted since.",
    args: {
      stage: t.arg({ type: Stage, required: true, description: "The stage." }),
      at: t.arg({ type: "DateTime", description: AT }),
    },
    resolve: async ({ id: modelId }, { stage, at }, context, info) => {
      const { db } = context;
      const selection = selectRow({ context, info }, "ModelVersion");
      if (at) return readVersionAt(db, selection, await timeTravel(context, at).holder.load({ modelId, stage }));
      const where = { modelId_stage: { modelId, stage } };
      const shelf = await db.shelf.findUnique({ where, select: { current: selection } });
      return shelf?.current;
    },
  }),
}));
