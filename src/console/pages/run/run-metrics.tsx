import { Card } from "../../kit/card";
import { formatMetric } from "../../kit/number";
import { Time } from "../../kit/time";
import type { RunData } from "./run-query";

/** The latest value of each metric. */
export function RunMetrics({ run: { metrics } }: { run: RunData }) {
  if (metrics.length === 0) return null;
  return (
    <Card isBare title={`Metrics (${metrics.length.toLocaleString()})`}>
      <table>
        <thead>
          <tr>
            <th scope="col">Metric</th>
            <th scope="col" className="number">
              Latest value
            </th>
            <th scope="col" className="number">
              Step
            </th>
            <th scope="col">Measured</th>
          </tr>
        </thead>
        <tbody>
          {metrics.map(({ key, value, step, timestamp, dataset }) => (
            <tr key={`${key} ${dataset?.id}`}>
              <th scope="row" className="anywhere">
                {key} {dataset && <span className="muted">on {dataset.name}</span>}
              </th>
              <td className="number">{formatMetric(value)}</td>
              <td className="number">{step.toLocaleString()}</td>
              <td className="nowrap">
                <Time at={timestamp} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  );
}
