import { graphlib, layout } from "@dagrejs/dagre";
import { Link } from "@tanstack/react-router";
import { Background, Controls, Handle, type Node, type NodeProps, Position, ReactFlow } from "@xyflow/react";
import { useMemo } from "react";
import { Badge } from "../../kit/badge";
import { Card } from "../../kit/card";
import type { VersionResult } from "./version-query";
import "@xyflow/react/dist/style.css";
import "./lineage-card.css";

type Lineage = NonNullable<VersionResult["lineage"]>;
type LineageFlowNode = Node<{ name: string; kind: string; isStart: boolean }>;

const WIDTH = 190;
const HEIGHT = 52;
const KIND_NAMES: Readonly<Record<string, string>> = {
  ...{ DATASET: "dataset", RUN: "run", MODEL_VERSION: "version", DEPLOYMENT: "deployment" },
};
const NODE_TYPES = { lineage: LineageBox };

/** From the data to the endpoints: what made the version, and what uses it. */
export default function LineageCard({ lineage }: { lineage: Lineage }) {
  const { nodes, edges } = useMemo(() => place(lineage), [lineage]);
  return (
    <Card
      title="Lineage"
      side={
        <span className="row">
          {lineage.counts.map(({ kind, count }) => (
            <Badge key={kind}>
              {count} {KIND_NAMES[kind] ?? kind}
              {count === 1 ? "" : "s"}
            </Badge>
          ))}
          {lineage.truncated && <Badge tone="amber">more beyond this picture</Badge>}
        </span>
      }
    >
      <div className="lineage">
        <ReactFlow
          nodes={nodes}
          edges={edges}
          nodeTypes={NODE_TYPES}
          fitView
          minZoom={0.2}
          nodesDraggable={false}
          nodesConnectable={false}
          edgesFocusable={false}
          preventScrolling={false}
          zoomOnScroll={false}
          colorMode="system"
        >
          <Background />
          <Controls showInteractive={false} />
        </ReactFlow>
      </div>
    </Card>
  );
}

function LineageBox({ data: { name, kind, isStart } }: NodeProps<LineageFlowNode>) {
  const [, model, number] = kind === "MODEL_VERSION" ? (/^(.*) v(\d+)$/.exec(name) ?? []) : [];
  return (
    <div className={`lineage-box ${kind.toLowerCase()} ${isStart ? "start" : ""}`} title={name}>
      <Handle type="target" position={Position.Left} isConnectable={false} />
      <span className="muted">{KIND_NAMES[kind] ?? kind}</span>
      {model && number && !isStart ? (
        <Link to="/models/$name/versions/$number" params={{ name: model, number }} className="cut nodrag">
          {name}
        </Link>
      ) : (
        <span className="cut">{name}</span>
      )}
      <Handle type="source" position={Position.Right} isConnectable={false} />
    </div>
  );
}

function place({ nodes, edges }: Lineage): {
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
      id: `${from} ${to} ${kind}`,
      source: from,
      target: to,
      label: context ?? "",
    })),
  };
}
