import { Card } from "../../kit/card";
import { formatDelta, formatMetric } from "../../kit/number";
import type { VersionData } from "./version-query";

/** The metrics of its run, beside those of the version that is in PRODUCTION now. */
export function MetricsCard({ version }: { version: VersionData }) {
  const { run, model, number } = version;
  const holder = model.stageHolder?.number === number ? null : model.stageHolder;
  if (!run || run.metrics.length === 0)
    return (
      <Card title="Metrics">
        <p className="muted">
          {run ? "Its run has logged none." : "No run is named, or your token does not show it (runs:read)."}
        </p>
      </Card>
    );
  return (
    <Card
      isBare
      title="Metrics"
      side={<span className="muted">{holder ? `compared with v${holder.number} in PRODUCTION` : ""}</span>}
    >
      <table>
        <thead>
          <tr>
            <th scope="col">Metric</th>
            <th scope="col" className="number">
              v{number}
            </th>
            {holder && (
              <>
                <th scope="col" className="number">
                  v{holder.number}
                </th>
                <th scope="col" className="number">
                  Difference
                </th>
              </>
            )}
          </tr>
        </thead>
        <tbody>
          {run.metrics.map(({ key, value, dataset }) => {
            const base = holder?.run?.metrics.find((each) => each.key === key && each.dataset?.id === dataset?.id);
            return (
              <tr key={`${key} ${dataset?.id}`}>
                <th scope="row">
                  {key} {dataset && <span className="muted">on {dataset.name}</span>}
                </th>
                <td className="number">{formatMetric(value)}</td>
                {holder && (
                  <>
                    <td className="number">{base ? formatMetric(base.value) : "–"}</td>
                    <td className="number">{(base && formatDelta(value, base.value)) ?? "–"}</td>
                  </>
                )}
              </tr>
            );
          })}
        </tbody>
      </table>
    </Card>
  );
}

export function ParamsCard({ params }: { params: readonly { readonly key: string; readonly value: string }[] }) {
  if (params.length === 0) return null;
  return (
    <Card isBare title="Params">
      <table>
        <thead className="visually-hidden">
          <tr>
            <th scope="col">Param</th>
            <th scope="col">Value</th>
          </tr>
        </thead>
        <tbody>
          {params.map(({ key, value }) => (
            <tr key={key}>
              <th scope="row">{key}</th>
              <td className="mono anywhere">{value}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  );
}
