import { Link } from "@tanstack/react-router";
import { Badge } from "../../kit/badge";
import { Card } from "../../kit/card";
import { nameOfKind } from "../../lineage/lineage-kinds";
import LineagePicture from "../../lineage/lineage-picture";
import type { VersionResult } from "./version-query";

type Lineage = NonNullable<VersionResult["lineage"]>;

/** From the data to the endpoints: what made the version, and what uses it. */
export default function LineageCard({ lineage }: { lineage: Lineage }) {
  const start = lineage.nodes.find(({ depth }) => depth === 0);
  return (
    <Card
      title="Lineage"
      side={
        <span className="row">
          {lineage.counts.map(({ kind, count }) => (
            <Badge key={kind}>
              {count} {nameOfKind(kind, count)}
            </Badge>
          ))}
          {lineage.truncated && <Badge tone="amber">more beyond this picture</Badge>}
          {start && (
            <Link to="/lineage" search={{ of: start.nodeId, direction: "BOTH" }} className="button">
              All of it
            </Link>
          )}
        </span>
      }
    >
      <LineagePicture lineage={lineage} />
    </Card>
  );
}
