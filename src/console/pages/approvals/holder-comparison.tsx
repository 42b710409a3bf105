import { formatDelta, formatMetric } from "../../kit/number";
import { ScrollX } from "../../kit/scroll-x";
import type { OpenRequestData } from "./approvals-query";

type Version = NonNullable<OpenRequestData["modelVersion"]>;

/** What would change: its metrics against those of the version that is in PRODUCTION now. */
export function HolderComparison({ version: { number, run, model } }: { version: Version }) {
  const holder = model.stageHolder;
  if (!run || run.metrics.length === 0) return <p className="muted">It names no run with metrics.</p>;
  return (
    <ScrollX label="Metrics against the holder">
      <table className="comparison">
        <thead>
          <tr>
            <th scope="col">Metric</th>
            <th scope="col" className="number">
              {holder ? `v${holder.number}, in PRODUCTION` : "PRODUCTION is empty"}
            </th>
            <th scope="col" className="number">
              v{number}
            </th>
            <th scope="col" className="number">
              Difference
            </th>
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
                <td className="number">{base ? formatMetric(base.value) : "–"}</td>
                <td className="number">{formatMetric(value)}</td>
                <td className="number">{(base && formatDelta(value, base.value)) ?? "–"}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </ScrollX>
  );
}
