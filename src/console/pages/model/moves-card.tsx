import { Link } from "@tanstack/react-router";
import { Actor } from "../../kit/actor";
import { StageBadge } from "../../kit/badge";
import { Card } from "../../kit/card";
import { Time } from "../../kit/time";
import type { ModelData } from "./model-query";

const SHOWN = 15;

export function MovesCard({ model: { name, transitions } }: { model: ModelData }) {
  if (transitions.nodes.length === 0) return null;
  return (
    <Card title="Moves">
      <ol className="moves">
        {transitions.nodes.slice(0, SHOWN).map(({ id, versionNumber, from, to, actor, at, reason }) => (
          <li key={id}>
            <div className="row">
              <Link to="/models/$name/versions/$number" params={{ name, number: String(versionNumber) }}>
                v{versionNumber}
              </Link>
              <span className="muted">{from} →</span>
              <StageBadge stage={to} />
            </div>
            <div className="muted">
              <Actor actor={actor} />, <Time at={at} />
              {reason && `: ${reason}`}
            </div>
          </li>
        ))}
      </ol>
    </Card>
  );
}
