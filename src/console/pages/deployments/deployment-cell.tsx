import { Link } from "@tanstack/react-router";
import { Badge, StatusBadge } from "../../kit/badge";
import { Time } from "../../kit/time";
import type { DeploymentCellData } from "./deployments-query";
import { shareOf } from "./share";

/** One endpoint: what runs, since when, and what is wrong with it. */
export function DeploymentCell({ deployment, open }: { deployment: DeploymentCellData; open: () => void }) {
  const { endpoint, running, state, health, drifted, stale, lastReportedAt, updatedAt } = deployment;
  return (
    <li className="deployment">
      <button type="button" className="link" onClick={open} title="What it ran before">
        {endpoint}
      </button>
      <RunningVersions deployment={deployment} />
      <div className="row tight">
        {drifted && <Drift deployment={deployment} />}
        {state !== "RUNNING" && <StatusBadge status={state} />}
        {health !== "HEALTHY" && <StatusBadge status={health} />}
        {stale && (
          <Badge tone="amber">
            stale: reported <Time at={lastReportedAt} />
          </Badge>
        )}
        <span className="muted small">
          {running.length > 0 ? "since " : "changed "}
          <Time
            at={
              running
                .map(({ since }) => since)
                .sort()
                .at(-1) ?? updatedAt
            }
          />
        </span>
      </div>
    </li>
  );
}

function Drift({ deployment: { desired, follows } }: { deployment: DeploymentCellData }) {
  const target = follows?.stage ?? follows?.alias ?? "nothing";
  return (
    <Badge tone="red" title={`It follows ${target}`}>
      drifted: {desired ? `should run v${desired.number}` : `${target} is empty`}
    </Badge>
  );
}

/** The versions, a canary with the share of each. */
export function RunningVersions({ deployment: { model, running } }: { deployment: DeploymentCellData }) {
  if (running.length === 0) return <span className="muted">runs nothing</span>;
  const isCanary = running.length > 1;
  return (
    <div>
      <div className="row tight">
        {running.map((version) => (
          <span key={version.number}>
            <Link
              to="/models/$name/versions/$number"
              params={{ name: model.name, number: String(version.number) }}
              search={{}}
              className="strong-link"
            >
              v{version.number}
            </Link>
            {isCanary && <span className="muted"> {shareOf(version, running)}</span>}
          </span>
        ))}
      </div>
      {isCanary && (
        <div className="weights" aria-hidden>
          {running.map(({ number, weight }) => (
            <span key={number} style={{ flexGrow: weight }} />
          ))}
        </div>
      )}
    </div>
  );
}
