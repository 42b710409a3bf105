import type { GraphQLResolveInfo } from "graphql";
import { InvalidInputError } from "../../domain/errors.js";
import {
  fromNodeKey,
  LINEAGE_DEPTH_MAX,
  LINEAGE_PAGE_MAX,
  LINEAGE_WALK_MAX,
  type LineageNode,
  type LineageNodeKind as NodeKind,
  toNodeKey,
} from "../../domain/lineage/lineage.js";
import {
  type LineageStart,
  type Lineage as Walked,
  type WalkedEdge,
  walkLineage,
} from "../../store/lineage/lineage-walk.js";
import { builder } from "../kit/builder.js";
import { decodeId, encodeId, type NodeType, parseRunReference } from "../kit/ids.js";
import { Node } from "../kit/node-interface.js";
import type { Row } from "../kit/row-selection.js";
import { readRows } from "../kit/visible-rows.js";
import type { GraphQLContext } from "../request/context.js";
import { DatasetRef, toDatasetRef } from "../tracking/tracking-refs.js";
import { ModelVersionRef, toVersionRef } from "../versions/model-version-ref.js";
import { LineageEdgeKind, LineageNodeKind } from "./lineage-kinds.js";

const LineageRef = builder.inputType("LineageNodeRef", {
  isOneOf: true,
  description: "A node of the lineage graph, by exactly one of these.",
  fields: (t) => ({
    id: t.id({ description: "The global id of a dataset, run, version or deployment." }),
    run: t.id({ description: "A run, by its own or its global id." }),
    dataset: t.field({ type: DatasetRef, description: "A dataset." }),
    modelVersion: t.field({ type: ModelVersionRef, description: "A version of a model." }),
  }),
});

const TYPES = {
  DATASET: "Dataset",
  RUN: "Run",
  MODEL_VERSION: "ModelVersion",
  DEPLOYMENT: "Deployment",
} as const satisfies Record<NodeKind, NodeType>;

function toStart(ref: (typeof LineageRef)["$inferInput"]): LineageStart {
  if (typeof ref.run === "string")
    return { node: toNodeKey({ kind: "RUN", id: parseRunReference("of.run", ref.run) }) };
  if (ref.dataset) {
    const dataset = toDatasetRef("of.dataset", ref.dataset);
    return "id" in dataset ? { node: toNodeKey({ kind: "DATASET", id: dataset.id }) } : { dataset };
  }
  if (ref.modelVersion) {
    const version = toVersionRef("of.modelVersion", ref.modelVersion);
    return "id" in version ? { node: toNodeKey({ kind: "MODEL_VERSION", id: version.id }) } : { modelVersion: version };
  }
  const decoded = decodeId(ref.id as string);
  const kind = (Object.keys(TYPES) as NodeKind[]).find((name) => TYPES[name] === decoded?.type);
  if (!decoded || !kind) {
    throw new InvalidInputError("of.id", "of.id is not the id of a dataset, run, version or deployment.");
  }
  return { node: toNodeKey({ kind, id: decoded.id }) };
}

export function toNodeId({ kind, id }: LineageNode): string {
  return encodeId(TYPES[kind], id);
}

function toGlobalId(key: string): string {
  return toNodeId(fromNodeKey(key));
}

/** A node of a walk, and the rows of all of them: those of one kind are read together, for each place that asks for them. */
interface ShownNode {
  readonly node: string;
  readonly depth: number;
  readonly name: string;
  readonly walked: Walked;
  readonly rows: Map<string, Promise<Map<string, Row>>>;
}

function readNode(context: GraphQLContext, info: GraphQLResolveInfo, { node, walked, rows }: ShownNode) {
  const { kind, id } = fromNodeKey(node);
  const place = `${kind} ${info.fieldNodes[0]?.loc?.start}`;
  const reading = rows.get(place) ?? readRows(context, info, TYPES[kind], idsOf(walked, kind));
  rows.set(place, reading);
  return reading.then((found) => found.get(id) ?? null);
}

function idsOf({ nodes }: Walked, kind: NodeKind): string[] {
  return nodes.map(({ node }) => fromNodeKey(node)).flatMap((each) => (each.kind === kind ? [each.id] : []));
}

const LineageNodeType = builder.objectRef<ShownNode>("LineageNode").implement({
  description: "A noun that the walk came to.",
  fields: (t) => ({
    id: t.id({ description: "The noun's global id.", resolve: ({ node }) => toGlobalId(node) }),
    kind: t.field({ type: LineageNodeKind, description: "Which noun.", resolve: ({ node }) => fromNodeKey(node).kind }),
    depth: t.exposeInt("depth", { description: "How many edges away from the start: the fewest. The start is at 0." }),
    name: t.exposeString("name", {
      description:
        "What it is called, for a label: a run's name or id, `name@digest` of a dataset, `model v3` of a version, `environment/endpoint` of a deployment.",
    }),
    node: t.field({
      type: Node,
      nullable: true,
      description:
        "The noun itself, for its fields: one more statement for each kind that is asked for. Null only if it was deleted meanwhile.",
      resolve: (shown, _args, context, info) => readNode(context, info, shown),
    }),
  }),
});

const LineageEdgeType = builder.objectRef<WalkedEdge>("LineageEdge").implement({
  description: "One went into the other, in the direction in which data flow.",
  fields: (t) => ({
    from: t.id({
      description: "The global id of the node that it begins at.",
      resolve: ({ from }) => toGlobalId(from),
    }),
    to: t.id({ description: "The global id of the node that it leads to.", resolve: ({ to }) => toGlobalId(to) }),
    kind: t.expose("kind", { type: LineageEdgeKind, description: "What the one is to the other." }),
    context: t.string({
      nullable: true,
      description: "What an input was for, such as `training`; null where nothing was said.",
      resolve: ({ context }) => context || null,
    }),
    at: t.field({ type: "DateTime", description: "When it was told.", resolve: ({ at }) => new Date(at) }),
  }),
});

const LineageCount = builder.objectRef<Walked["counts"][number]>("LineageCount").implement({
  description: "How many nouns of a kind a walk came to.",
  fields: (t) => ({
    kind: t.field({
      type: LineageNodeKind,
      description: "Which nouns.",
      resolve: ({ letter }) => fromNodeKey(letter).kind,
    }),
    count: t.exposeInt("count", { description: "How many." }),
  }),
});

const LineageType = builder.objectRef<Walked>("Lineage").implement({
  description: "What a walk through the lineage graph came to.",
  fields: (t) => ({
    nodes: t.field({
      type: [LineageNodeType],
      description: "The nouns, the nearest first, the start among them.",
      resolve: (walked) => {
        const rows = new Map();
        return walked.nodes.map((node) => ({ ...node, walked, rows }));
      },
    }),
    edges: t.field({
      type: [LineageEdgeType],
      description: "The edges between the nouns that are shown.",
      resolve: ({ edges }) => [...edges],
    }),
    counts: t.field({
      type: [LineageCount],
      description: "How many nouns of each kind the walk came to, also those beyond `first`.",
      resolve: ({ counts }) => [...counts],
    }),
    truncated: t.exposeBoolean("truncated", {
      description: `Whether there is more that the viewer may see: beyond \`first\`, beyond \`depth\`, or beyond the ${LINEAGE_WALK_MAX} nouns that a walk visits in one direction.`,
    }),
  }),
});

const LineageDirection = builder.enumType("LineageDirection", {
  description: "Which way to walk.",
  values: {
    UPSTREAM: { description: "To what it came of." },
    DOWNSTREAM: { description: "To what came of it." },
    BOTH: { description: "Both: what it came of, and what came of it; not what else came of the same." },
  } as const,
});

builder.queryField("lineage", (t) =>
  t.field({
    type: LineageType,
    nullable: true,
    description:
      "Walks the lineage graph from one noun, breadth first, each noun once, in one statement. The walk does not enter what the viewer may not see (runs and datasets ask for `runs:read`, versions and deployments for `models:read`, and the token's claims narrow each), and neither `edges`, `counts` nor `truncated` tell of what lies behind it. Null if the viewer may not see the start.",
    complexity: ({ first }) => ({
      field: 10,
      multiplier: typeof first === "number" && first > 0 ? first : LINEAGE_FIRST,
    }),
    args: {
      of: t.arg({ type: LineageRef, required: true, description: "Where to begin." }),
      direction: t.arg({ type: LineageDirection, required: true, description: "Which way to walk." }),
      depth: t.arg.int({ defaultValue: 5, description: `How many edges far, 1 to ${LINEAGE_DEPTH_MAX}.` }),
      kinds: t.arg({
        type: [LineageNodeKind],
        description: "Show and count only these nouns; the walk goes through the others all the same.",
      }),
      first: t.arg.int({
        defaultValue: 100,
        description: `How many nouns to show, the nearest first, 1 to ${LINEAGE_PAGE_MAX}.`,
      }),
    },
    resolve: (_root, { of, direction, depth, kinds, first }, { db, viewer }) =>
      walkLineage(db, viewer, toStart(of), {
        upstream: direction !== "DOWNSTREAM",
        downstream: direction !== "UPSTREAM",
        depth: bounded("depth", depth ?? 5, LINEAGE_DEPTH_MAX),
        letters: kinds ? kinds.map((kind) => toNodeKey({ kind, id: "" })) : null,
        first: bounded("first", first ?? LINEAGE_FIRST, LINEAGE_PAGE_MAX),
      }),
  }),
);

const LINEAGE_FIRST = 100;

function bounded(field: string, value: number, max: number): number {
  if (value >= 1 && value <= max) return value;
  throw new InvalidInputError(field, `${field} is ${value}; it must be 1 to ${max}.`);
}
