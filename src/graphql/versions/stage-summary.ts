import { queryFromInfo } from "@pothos/plugin-prisma";
import { STAGES, type Stage as StageName } from "../../domain/versions/stage.js";
import { builder } from "../kit/builder.js";
import { nestedNodeQuery } from "../kit/connection.js";
import { Stage } from "../kit/stage.js";
import { Model } from "../models/model.js";
import type { GraphQLContext } from "../request/context.js";
import { ModelVersion } from "./model-version.js";

interface Summary {
  readonly stage: StageName;
  readonly count: number;
  readonly since: Date | null;
  /** The version's row, read with the model's; of the past no more than its id. */
  readonly current: { readonly id: string } | null;
  readonly isPast: boolean;
}

const StageSummary = builder.objectRef<Summary>("StageSummary").implement({
  description: "What stands, or stood, on one stage of a model.",
  fields: (t) => ({
    stage: t.expose("stage", { type: Stage, description: "The stage." }),
    count: t.exposeInt("count", { description: "How many living versions stand on it." }),
    current: t.field({
      type: ModelVersion,
      nullable: true,
      description:
        "The version that came to stand there last, of those that stand there; null if nobody does. Of the past also one that was deleted since.",
      resolve: ({ current, isPast }, _args, context, info) => {
        if (!isPast || current === null) return current as never;
        const query = queryFromInfo({ context, info, typeName: "ModelVersion" });
        return context.db.modelVersion.findUnique({ ...(query as object), where: { id: current.id } }) as never;
      },
    }),
    since: t.expose("since", {
      type: "DateTime",
      nullable: true,
      description: "When the current holder came to stand there; null when nobody does.",
    }),
  }),
});

builder.prismaObjectField(Model, "stages", (t) =>
  t.field({
    type: [StageSummary],
    description: "The four stages in order, with how many versions stand on each and which came last.",
    args: {
      at: t.arg({
        type: "DateTime",
        description:
          "As it was at this time, from the history: right across renames, deletes and restores. Absent: now.",
      }),
    },
    select: ({ at }, _context, nested) => {
      if (at) return {};
      const current = nestedNodeQuery(nested, "ModelVersion", [[{ name: "current" }]]);
      return { shelves: { orderBy: { stage: "asc" }, select: { stage: true, count: true, since: true, current } } };
    },
    resolve: (model, { at }, context) => {
      if (at) return summariesAt(model.id, at, context);
      const { shelves = [] } = model as unknown as { shelves?: Omit<Summary, "isPast">[] };
      return shelves.map((shelf) => ({ ...shelf, isPast: false }));
    },
  }),
);

function summariesAt(modelId: string, at: Date, { loaders }: GraphQLContext): Promise<Summary>[] {
  const past = loaders.past(at);
  return STAGES.map(async (stage) => {
    const [holder, count] = await Promise.all([
      past.holder.load({ modelId, stage }),
      past.count.load({ modelId, stage }),
    ]);
    const current = holder && { id: holder.versionId };
    return { stage, count, since: holder?.since ?? null, current, isPast: true };
  });
}
