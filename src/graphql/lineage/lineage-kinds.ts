import type { LineageNode, LineageNodeKind as NodeKind } from "../../domain/lineage/lineage.js";
import { builder } from "../kit/builder.js";
import { encodeId, type NodeType } from "../kit/ids.js";

export const LineageNodeKind = builder.enumType("LineageNodeKind", {
  description: "The kinds of nodes in the lineage graph.",
  values: {
    DATASET: { description: "A dataset." },
    RUN: { description: "A run." },
    LOGGED_MODEL: { description: "A logged model." },
    MODEL_VERSION: { description: "A version of a model." },
    DEPLOYMENT: { description: "A deployment." },
  } as const,
});

export const LineageEdgeKind = builder.enumType("LineageEdgeKind", {
  description: "How the two nodes of an edge are related.",
  values: {
    INPUT: { description: "The run that the edge leads to read the node that it starts from." },
    OUTPUT: { description: "The run that the edge starts from produced the node that it leads to." },
    REGISTRATION: { description: "The version that the edge leads to was registered from the logged model." },
    DEPLOYMENT: { description: "The deployment that the edge leads to runs the version that it starts from." },
    DERIVED: { description: "Derived in another way, as `addLineage` recorded." },
  } as const,
});

/** The GraphQL type of each kind of node. */
export const NODE_TYPE_OF: Record<NodeKind, NodeType> = {
  DATASET: "Dataset",
  RUN: "Run",
  LOGGED_MODEL: "LoggedModel",
  MODEL_VERSION: "ModelVersion",
  DEPLOYMENT: "Deployment",
};

/** The global id of a node. */
export function toNodeId({ kind, id }: LineageNode): string {
  return encodeId(NODE_TYPE_OF[kind], id);
}
