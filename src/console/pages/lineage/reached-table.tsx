import { Link } from "@tanstack/react-router";
import { Badge, StageBadge, StatusBadge } from "../../kit/badge";
import { Card } from "../../kit/card";
import { LINEAGE_KINDS, nameOfKind } from "../../lineage/lineage-kinds";
import type { LineageData, LineageNodeData } from "./lineage-query";

interface Props {
  readonly title: string;
  readonly lineage: LineageData;
  readonly kind: string | undefined;
  readonly choose: (kind: string | undefined) => void;
}

/** What somebody has to act on comes first. */
const KINDS = [...LINEAGE_KINDS].reverse();

export function ReachedTable({ title, lineage: { nodes }, kind, choose }: Props) {
  const reached = nodes.filter(({ depth }) => depth > 0);
  const kinds = KINDS.filter((each) => reached.some((node) => node.kind === each));
  const shown = kind !== undefined && kinds.includes(kind) ? kind : undefined;
  const rows = reached
    .filter((node) => shown === undefined || node.kind === shown)
    .sort((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) || a.depth - b.depth || a.name.localeCompare(b.name));
  return (
    <Card
      isBare
      title={title}
      side={
        <span className="row tight">
          {kinds.map((each) => (
            <button
              key={each}
              type="button"
              className="chip"
              aria-pressed={shown === each}
              onClick={() => choose(shown === each ? undefined : each)}
            >
              {nameOfKind(each, 2)}
            </button>
          ))}
        </span>
      }
    >
      <table className="reached">
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Kind</th>
            <th scope="col" className="number">
              Steps
            </th>
            <th scope="col">State</th>
            <th scope="col">
              <span className="visually-hidden">Lineage</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.nodeId}>
              <th scope="row" className="anywhere">
                <NodeName row={row} />
              </th>
              <td>{nameOfKind(row.kind)}</td>
              <td className="number">{row.depth}</td>
              <td>
                <NodeState row={row} />
              </td>
              <td className="nowrap">
                <Link
                  to="/lineage"
                  search={{ of: row.nodeId, direction: "BOTH" }}
                  aria-label={`From here: ${row.name}`}
                >
                  From here
                </Link>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  );
}

function NodeName({ row: { name, node } }: { row: LineageNodeData }) {
  if (node && "stage" in node)
    return (
      <Link
        to="/models/$name/versions/$number"
        params={{ name: node.model.name, number: String(node.number) }}
        search={{}}
      >
        {name}
      </Link>
    );
  if (node && "experiment" in node)
    return (
      <Link to="/runs/$run" params={{ run: node.runId }} search={{}}>
        {name}
      </Link>
    );
  if (node && "environment" in node)
    return (
      <Link to="/deployments" search={{ open: node.id }}>
        {name}
      </Link>
    );
  return name;
}

function NodeState({ row: { node } }: { row: LineageNodeData }) {
  if (node && "stage" in node) return node.stage === "NONE" ? null : <StageBadge stage={node.stage} />;
  if (node && "experiment" in node)
    return (
      <span className="row tight">
        <StatusBadge status={node.status} /> <span className="muted">{node.experiment.name}</span>
      </span>
    );
  if (node && "environment" in node)
    return (
      <span className="row tight">
        {node.running.map(({ number }) => `${node.servedModel.name} v${number}`).join(", ")}
        <StatusBadge status={node.health} />
        {node.drifted && <Badge tone="red">drifted</Badge>}
        {node.stale && <Badge tone="amber">stale</Badge>}
      </span>
    );
  return null;
}
