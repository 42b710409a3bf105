import { builder } from "../kit/builder.js";

export const LineageNodeKind = builder.enumType("LineageNodeKind", {
  description: "The nouns between which lineage runs.",
  values: {
    DATASET: { description: "A dataset." },
    RUN: { description: "A run." },
    MODEL_VERSION: { description: "A version of a model." },
    DEPLOYMENT: { description: "A deployment." },
  } as const,
});

export const LineageEdgeKind = builder.enumType("LineageEdgeKind", {
  description: "What the beginning of an edge is to its end.",
  values: {
    INPUT: { description: "The run at the end read it." },
    OUTPUT: { description: "The run at the beginning made it." },
    DEPLOYMENT: { description: "The deployment at the end runs the version." },
    DERIVED: { description: "It came of it in some other way: `addLineage` says so." },
  } as const,
});
