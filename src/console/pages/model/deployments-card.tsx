import { Badge, StatusBadge } from "../../kit/badge";
import { Card } from "../../kit/card";
import { Time } from "../../kit/time";
import type { ModelData } from "./model-query";

/** What serving environments say that they run, against what they should. */
export function DeploymentsCard({ model: { deployments } }: { model: Pick<ModelData, "deployments"> }) {
  const { nodes, totalCount } = deployments;
  if (totalCount === 0)
    return (
      <Card title="Deployments">
        <p className="muted">
          No environment has reported yet. <code>shelfmark watch --reconcile --report prod-eu</code> reports for you.
        </p>
      </Card>
    );
  return (
    <Card isBare title={`Deployments (${totalCount.toLocaleString()})`}>
      <table>
        <thead>
          <tr>
            <th scope="col">Environment</th>
            <th scope="col">Desired</th>
            <th scope="col">Running</th>
            <th scope="col">Health</th>
            <th scope="col">Reported</th>
          </tr>
        </thead>
        <tbody>
          {nodes.map(({ id, environment, endpoint, desired, running, health, drifted, stale, lastReportedAt }) => (
            <tr key={id}>
              <th scope="row">
                {environment}/{endpoint}
              </th>
              <td>{desired ? `v${desired.number}` : <span className="muted">–</span>}</td>
              <td>
                <div className="row">
                  {running
                    .map(({ number, weight }) => `v${number}${running.length > 1 ? ` (${weight}%)` : ""}`)
                    .join(", ")}
                  {drifted && <Badge tone="red">drifted</Badge>}
                </div>
              </td>
              <td>
                <StatusBadge status={health} />
              </td>
              <td className="nowrap">
                <Time at={lastReportedAt} /> {stale && <Badge tone="amber">stale</Badge>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  );
}
