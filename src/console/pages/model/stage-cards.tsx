import { Link } from "@tanstack/react-router";
import { StageBadge } from "../../kit/badge";
import { Time } from "../../kit/time";
import type { ModelData } from "./model-query";

/** Which version is on each stage, and since when. */
export function StageCards({ model: { name, stages } }: { model: ModelData }) {
  return (
    <ul className="stage-cards">
      {stages
        .filter(({ stage }) => stage !== "NONE")
        .map(({ stage, current, since, count }) => (
          <li key={stage} className="card body">
            <StageBadge stage={stage} />
            {current ? (
              <>
                <Link
                  to="/models/$name/versions/$number"
                  params={{ name, number: String(current.number) }}
                  className="stage-holder"
                >
                  v{current.number}
                </Link>
                <span className="muted">
                  {since && (
                    <>
                      since <Time at={since} />
                    </>
                  )}
                  {count > 1 && `, ${count} in all`}
                </span>
              </>
            ) : (
              <span className="muted">empty</span>
            )}
          </li>
        ))}
    </ul>
  );
}
