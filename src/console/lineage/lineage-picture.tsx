import { graphlib, layout } from "@dagrejs/dagre";
import { Link } from "@tanstack/react-router";
import {
  Background,
  Controls,
  Handle,
  MiniMap,
  type Node,
  type NodeProps,
  Position,
  ReactFlow,
  type ReactFlowInstance,
} from "@xyflow/react";
import { useMemo } from "react";
import { nameOfKind } from "./lineage-kinds";
import "@xyflow/react/dist/style.css";
import "./lineage-picture.css";

interface Walked {
  readonly nodes: readonly {
    readonly nodeId: string;
    readonly kind: string;
    readonly name: string;
    readonly depth: number;
  }[];
  readonly edges: readonly {
    readonly from: string;
    readonly to: string;
    readonly kind: string;
    readonly context: string | null;
  }[];
}
type LineageFlowNode = Node<{ name: string; kind: string; isStart: boolean }>;

const WIDTH = 190;
const HEIGHT = 52;
/** Below this zoom nobody can read the names. */
const LEGIBLE = 0.85;
const MAPPED_FROM = 16;
const NODE_TYPES = { lineage: LineageBox };

/** From the data to the endpoints. Each box leads to its page, or to the lineage from there. */
export default function LineagePicture({ lineage }: { lineage: Walked }) {
  const { nodes, edges } = useMemo(() => place(lineage), [lineage]);
  const start = nodes.find(({ data }) => data.isStart)?.id;
  return (
    <div className={nodes.length > MAPPED_FROM ? "lineage large" : "lineage"}>
      <ReactFlow
        key={start}
        nodes={nodes}
        edges={edges}
        nodeTypes={NODE_TYPES}
        onInit={(flow) => void showLegibly(flow)}
        minZoom={0.1}
        nodesDraggable={false}
        nodesConnectable={false}
        edgesFocusable={false}
        preventScrolling={false}
        zoomOnScroll={false}
        colorMode="system"
      >
        <Background />
        <Controls showInteractive={false} />
        {nodes.length > MAPPED_FROM && <MiniMap pannable ariaLabel="The whole picture" />}
      </ReactFlow>
    </div>
  );
}

/** All of it, if that can be read; otherwise the start, from where the picture can be dragged. */
async function showLegibly(
  flow: Pick<ReactFlowInstance<LineageFlowNode>, "fitView" | "getNodes" | "getZoom" | "setCenter">,
): Promise<void> {
  await flow.fitView({ minZoom: LEGIBLE, maxZoom: 1 });
  const start = flow.getNodes().find(({ data }) => data.isStart);
  if (start && flow.getZoom() <= LEGIBLE)
    await flow.setCenter(start.position.x + WIDTH, start.position.y + HEIGHT / 2, { zoom: LEGIBLE });
}

function LineageBox({ id, data: { name, kind, isStart } }: NodeProps<LineageFlowNode>) {
  const [, model, number] = kind === "MODEL_VERSION" ? (/^(.*) v(\d+)$/s.exec(name) ?? []) : [];
  return (
    <div className={`lineage-box ${kind.toLowerCase()} ${isStart ? "start" : ""}`} title={name}>
      <Handle type="target" position={Position.Left} isConnectable={false} />
      <span className="muted">{nameOfKind(kind)}</span>
      {isStart ? (
        <span className="cut">{name}</span>
      ) : model && number ? (
        <Link to="/models/$name/versions/$number" params={{ name: model, number }} search={{}} className="cut nodrag">
          {name}
        </Link>
      ) : (
        <Link to="/lineage" search={{ of: id, direction: "BOTH" }} className="cut nodrag">
          {name}
        </Link>
      )}
      <Handle type="source" position={Position.Right} isConnectable={false} />
    </div>
  );
}

function place({ nodes, edges }: Walked): {
  nodes: LineageFlowNode[];
  edges: { id: string; source: string; target: string; label: string }[];
} {
  const graph = new graphlib.Graph();
  graph.setGraph({ rankdir: "LR", nodesep: 14, ranksep: 60 });
  graph.setDefaultEdgeLabel(() => ({}));
  const known = new Set(nodes.map(({ nodeId }) => nodeId));
  const shown = edges.filter(({ from, to }) => known.has(from) && known.has(to));
  for (const { nodeId } of nodes) graph.setNode(nodeId, { width: WIDTH, height: HEIGHT });
  for (const { from, to } of shown) graph.setEdge(from, to);
  layout(graph);
  return {
    nodes: nodes.map(({ nodeId, name, kind, depth }) => {
      const { x, y } = graph.node(nodeId);
      return {
        id: nodeId,
        type: "lineage",
        position: { x: x - WIDTH / 2, y: y - HEIGHT / 2 },
        data: { name, kind, isStart: depth === 0 },
      };
    }),
    edges: shown.map(({ from, to, kind, context }) => ({
      id: `${from} ${to} ${kind} ${context}`,
      source: from,
      target: to,
      label: context ?? "",
    })),
  };
}
