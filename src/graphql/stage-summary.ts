import { builder } from "./builder.js";
import { Model } from "./model.js";
import { Stage } from "./stage.js";

const StageSummary = builder.prismaObject("Shelf", {
  name: "StageSummary",
  description: "What stands on one stage of a model.",
  select: { modelId: true, stage: true },
  fields: (t) => ({
    stage: t.expose("stage", { type: Stage }),
    count: t.exposeInt("count"),
    current: t.relation("current", {
      nullable: true,
      description: "The version that came to stand there last, of those that stand there; null if nobody does.",
    }),
    since: t.expose("since", { type: "DateTime", nullable: true }),
  }),
});

builder.prismaObjectField(Model, "stages", (t) =>
  t.relation("shelves", {
    type: StageSummary,
    description: "The four stages in order, with how many versions stand on each and which came last.",
    query: { orderBy: { stage: "asc" } },
  }),
);
