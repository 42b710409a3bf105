import { Actor } from "../../kit/actor";
import { StatusBadge } from "../../kit/badge";
import { Card } from "../../kit/card";
import { SafeLink } from "../../kit/safe-link";
import { Time } from "../../kit/time";
import type { VersionData } from "./version-query";

export function ChecksCard({ version: { checks } }: { version: VersionData }) {
  return (
    <Card title="Checks">
      {checks.nodes.length === 0 && (
        <p className="muted">No test or scan has reported yet: a pipeline reports with reportCheck.</p>
      )}
      <ul className="rules">
        {checks.nodes.map(({ id, name, status, summary, url, reportedAt, reportedBy }) => (
          <li key={id}>
            <StatusBadge status={status} />
            <div>
              {url ? <SafeLink href={url}>{name}</SafeLink> : name}
              <div className="muted">
                {summary && `${summary} `}
                <Actor actor={reportedBy} />, <Time at={reportedAt} />
              </div>
            </div>
          </li>
        ))}
      </ul>
    </Card>
  );
}
