import { InvalidInputError } from "../../domain/errors.js";
import {
  fromNodeKey,
  LINEAGE_DEPTH_MAX,
  LINEAGE_NODE_KINDS,
  LINEAGE_PAGE_MAX,
  LINEAGE_WALK_MAX,
  toNodeKey,
} from "../../domain/lineage/lineage.js";
import {
  type LineageStart,
  type Lineage as Walked,
  type WalkedEdge,
  walkLineage,
} from "../../store/lineage/lineage-walk.js";
import { requireWithin } from "../kit/bounds.js";
import { builder } from "../kit/builder.js";
import { decodeId, Node, parseLoggedModelReference, parseRunReference } from "../kit/ids.js";
import { loadRow } from "../kit/visible-rows.js";
import { DatasetRef, toDatasetRef } from "../tracking/tracking-refs.js";
import { ModelVersionRef, toVersionRef } from "../versions/model-version-ref.js";
import { LineageEdgeKind, LineageNodeKind, NODE_TYPE_OF, toNodeId } from "./lineage-kinds.js";
import { LINEAGE_TAGS, LineageTag, lineageTags } from "./lineage-tag.js";

const LINEAGE_DEPTH = 5;
const LINEAGE_FIRST = 100;

const LineageRef = builder.inputType("LineageNodeRef", {
  isOneOf: true,
  description: "A reference to a node of the lineage graph. Set exactly one field.",
  fields: (t) => ({
    id: t.id({ description: "The global id of a dataset, run, logged model, version or deployment." }),
    run: t.id({ description: "A run, by its own or its global id." }),
    dataset: t.field({ type: DatasetRef, description: "A dataset." }),
    loggedModel: t.id({ description: "A logged model, by its own or its global id." }),
    modelVersion: t.field({ type: ModelVersionRef, description: "A version of a model." }),
  }),
});

function toStart(ref: (typeof LineageRef)["$inferInput"]): LineageStart {
  if (typeof ref.run === "string")
    return { node: toNodeKey({ kind: "RUN", id: parseRunReference("of.run", ref.run) }) };
  if (typeof ref.loggedModel === "string") {
    return {
      node: toNodeKey({ kind: "LOGGED_MODEL", id: parseLoggedModelReference("of.loggedModel", ref.loggedModel) }),
    };
  }
  if (ref.dataset) {
    const dataset = toDatasetRef("of.dataset", ref.dataset);
    return "id" in dataset ? { node: toNodeKey({ kind: "DATASET", id: dataset.id }) } : { dataset };
  }
  if (ref.modelVersion) {
    const version = toVersionRef("of.modelVersion", ref.modelVersion);
    return "id" in version ? { node: toNodeKey({ kind: "MODEL_VERSION", id: version.id }) } : { modelVersion: version };
  }
  const decoded = decodeId(ref.id);
  const kind = LINEAGE_NODE_KINDS.find((name) => NODE_TYPE_OF[name] === decoded?.type);
  if (!decoded || !kind) {
    throw new InvalidInputError(
      "of.id",
      "of.id is not the global id of a dataset, run, logged model, version or deployment.",
    );
  }
  return { node: toNodeKey({ kind, id: decoded.id }) };
}

function toGlobalId(key: string): string {
  return toNodeId(fromNodeKey(key));
}

type WalkedNode = Walked["nodes"][number];

const LineageNodeType = builder.objectRef<WalkedNode>("LineageNode").implement({
  description: "A node that the walk reached.",
  fields: (t) => ({
    nodeId: t.id({ description: "The global id of the object.", resolve: ({ node }) => toGlobalId(node) }),
    kind: t.field({
      type: LineageNodeKind,
      description: "The kind of the node.",
      resolve: ({ node }) => fromNodeKey(node).kind,
    }),
    depth: t.exposeInt("depth", {
      description: "The smallest number of edges between the start and this node. The start itself has 0.",
    }),
    name: t.exposeString("name", {
      description:
        "A label: a run's name or id, `name@digest` for a dataset, the name of a logged model, `model v3` for a version, `environment/endpoint` for a deployment.",
    }),
    node: t.field({
      type: Node,
      nullable: true,
      description:
        "The object itself. Costs one more statement for each kind of node. Null only if it was deleted in the meantime.",
      resolve: ({ node }, _args, context, info) => {
        const { kind, id } = fromNodeKey(node);
        return loadRow({ context, info }, NODE_TYPE_OF[kind], id);
      },
    }),
  }),
});

const LineageEdgeType = builder.objectRef<WalkedEdge>("LineageEdge").implement({
  description: "An edge of the lineage graph, in the direction in which data flows.",
  fields: (t) => ({
    from: t.id({
      description: "The global id of the node that the edge starts from.",
      resolve: ({ from }) => toGlobalId(from),
    }),
    to: t.id({ description: "The global id of the node that the edge leads to.", resolve: ({ to }) => toGlobalId(to) }),
    kind: t.expose("kind", { type: LineageEdgeKind, description: "How the two nodes are related." }),
    context: t.string({
      nullable: true,
      description: "What the input was used for, such as `training`; null if not stated.",
      resolve: ({ context }) => context || null,
    }),
    step: t.field({
      type: "Long",
      nullable: true,
      description: "The training step at which a run made a logged model; null if not stated.",
      resolve: ({ step }) => (step === null ? null : BigInt(step)),
    }),
    tags: t.field({
      type: [LineageTag],
      description: LINEAGE_TAGS,
      resolve: ({ tags }) => [...lineageTags(tags)],
    }),
    at: t.field({ type: "DateTime", description: "When the edge was recorded.", resolve: ({ at }) => new Date(at) }),
  }),
});

const LineageCount = builder.objectRef<Walked["counts"][number]>("LineageCount").implement({
  description: "The number of nodes of one kind that a walk reached.",
  fields: (t) => ({
    kind: t.field({
      type: LineageNodeKind,
      description: "The kind of the nodes.",
      resolve: ({ letter }) => fromNodeKey(letter).kind,
    }),
    count: t.exposeInt("count", { description: "The number of nodes." }),
  }),
});

const LineageType = builder.objectRef<Walked>("Lineage").implement({
  description: "The result of a walk through the lineage graph.",
  fields: (t) => ({
    nodes: t.field({
      type: [LineageNodeType],
      description: "The nodes, the nearest first, including the start.",
      resolve: ({ nodes }) => nodes,
    }),
    edges: t.field({
      type: [LineageEdgeType],
      description: "The edges between the returned nodes.",
      resolve: ({ edges }) => [...edges],
    }),
    counts: t.field({
      type: [LineageCount],
      description: "The number of nodes of each kind that the walk reached, including those beyond `first`.",
      resolve: ({ counts }) => [...counts],
    }),
    truncated: t.exposeBoolean("truncated", {
      description: `Whether there are more nodes that the viewer may see: beyond \`first\`, beyond \`depth\`, or beyond the ${LINEAGE_WALK_MAX} nodes that a walk visits in one direction.`,
    }),
  }),
});

const LineageDirection = builder.enumType("LineageDirection", {
  description: "The direction of a walk through the lineage graph.",
  values: {
    UPSTREAM: { description: "To what the start was derived from." },
    DOWNSTREAM: { description: "To what was derived from the start." },
    BOTH: { description: "Both upstream and downstream of the start. Siblings are not included." },
  } as const,
});

builder.queryField("lineage", (t) =>
  t.field({
    type: LineageType,
    nullable: true,
    description:
      "Walks the lineage graph breadth-first from one node, in one statement, and visits each node once. The walk stops at objects that the viewer may not see, and no field shows what is behind them. Runs, logged models and datasets require `runs:read`, versions and deployments `models:read`; the token's claims narrow each. Null if the viewer may not see the start.",
    complexity: ({ first }) => ({
      field: 10,
      multiplier: typeof first === "number" && first > 0 ? first : LINEAGE_FIRST,
    }),
    args: {
      of: t.arg({ type: LineageRef, required: true, description: "The node to start from." }),
      direction: t.arg({
        type: LineageDirection,
        required: true,
        description: "The direction of a walk through the lineage graph.",
      }),
      depth: t.arg.int({
        defaultValue: LINEAGE_DEPTH,
        description: `The maximum number of edges from the start, 1 to ${LINEAGE_DEPTH_MAX}.`,
      }),
      kinds: t.arg({
        type: [LineageNodeKind],
        description:
          "Return and count only nodes of these kinds. The walk still passes through the others. Default: all.",
      }),
      first: t.arg.int({
        defaultValue: LINEAGE_FIRST,
        description: `The number of nodes to return, the nearest first: 1 to ${LINEAGE_PAGE_MAX}.`,
      }),
    },
    resolve: (_root, { of, direction, depth, kinds, first }, { db, viewer }) =>
      walkLineage(db, viewer, toStart(of), {
        upstream: direction !== "DOWNSTREAM",
        downstream: direction !== "UPSTREAM",
        depth: requireWithin("depth", depth ?? LINEAGE_DEPTH, [1, LINEAGE_DEPTH_MAX]),
        letters: kinds ? kinds.map((kind) => toNodeKey({ kind, id: "" })) : null,
        first: requireWithin("first", first ?? LINEAGE_FIRST, [1, LINEAGE_PAGE_MAX]),
      }),
  }),
);
