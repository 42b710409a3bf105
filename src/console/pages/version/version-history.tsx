import { Link } from "@tanstack/react-router";
import { Actor } from "../../kit/actor";
import { Badge, StageBadge, StatusBadge } from "../../kit/badge";
import { Card } from "../../kit/card";
import { Time } from "../../kit/time";
import type { VersionData } from "./version-query";

/** Where it runs, and how it came to the stage that it is in. */
export function VersionHistory({ version: { deployments, transitions } }: { version: VersionData }) {
  return (
    <>
      <Card title="Where it runs">
        {deployments.nodes.length === 0 && <p className="muted">Nowhere, as far as environments report.</p>}
        <ul className="moves">
          {deployments.nodes.map(({ id, environment, endpoint, health, drifted }) => (
            <li key={id} className="row">
              {environment}/{endpoint} <StatusBadge status={health} /> {drifted && <Badge tone="red">drifted</Badge>}
            </li>
          ))}
        </ul>
      </Card>
      {transitions.nodes.length > 0 && (
        <Card title="Moves">
          <ol className="moves inline-links">
            {transitions.nodes.map(({ id, from, to, reason, actor, at, revision }) => (
              <li key={id}>
                <div className="row">
                  <span className="muted">{from} →</span> <StageBadge stage={to} />
                </div>
                <div className="muted">
                  <Actor actor={actor} />, <Time at={at} />
                  {reason && `: ${reason}`}
                  {(to === "STAGING" || to === "PRODUCTION") && (
                    <>
                      {" "}
                      ·{" "}
                      <Link to="/promotions/$revision" params={{ revision: String(revision) }}>
                        Report
                      </Link>
                    </>
                  )}
                </div>
              </li>
            ))}
          </ol>
        </Card>
      )}
    </>
  );
}
