import { Link } from "@tanstack/react-router";
import { formatTime } from "../../kit/time";
import type { ModelData } from "./model-query";
import { type Period, periodsOf } from "./stage-periods";

const STAGES = ["PRODUCTION", "STAGING"] as const;
/** A bar that is narrower cannot show its version. */
const LABELLED_PERCENT = 4;

/** A picture of the past: one bar for each time that a version held a stage. */
export function StageTimeline({ model: { name, transitions } }: { model: ModelData }) {
  const { nodes, totalCount } = transitions;
  const oldest = nodes.at(-1);
  if (!oldest) return <p className="muted">No version has moved yet. Open one, and promote it.</p>;
  const start = new Date(oldest.at).getTime();
  const end = Date.now();
  return (
    <figure className="timeline">
      {STAGES.map((stage) => (
        <div key={stage} className="timeline-row">
          <span className="muted">{stage}</span>
          <ol className={`timeline-bars ${stage.toLowerCase()}`}>
            {periodsOf(stage, nodes).map((period) => (
              <Bar key={period.start} {...{ name, period, start, end }} />
            ))}
          </ol>
        </div>
      ))}
      <figcaption className="row between muted">
        <span>{formatTime(oldest.at)}</span>
        {totalCount > nodes.length && <span>the last {nodes.length} moves</span>}
        <span>now</span>
      </figcaption>
    </figure>
  );
}

function Bar({ name, period, start, end }: { name: string; period: Period; start: number; end: number }) {
  const share = (time: number) => (100 * (time - start)) / Math.max(1, end - start);
  const width = share(period.end ?? end) - share(period.start);
  const until = period.end === null ? "now" : formatTime(new Date(period.end).toISOString());
  const label = `v${period.versionNumber}: ${formatTime(new Date(period.start).toISOString())} to ${until}`;
  return (
    <li style={{ left: `${share(period.start)}%`, width: `${width}%` }}>
      <Link
        to="/models/$name/versions/$number"
        params={{ name, number: String(period.versionNumber) }}
        title={label}
        aria-label={label}
      >
        {width > LABELLED_PERCENT && `v${period.versionNumber}`}
      </Link>
    </li>
  );
}
