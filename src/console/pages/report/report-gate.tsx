import { formatTime } from "../../kit/time";
import { RuleList } from "../promote/rule-list";
import type { ReportData } from "./report-query";
import { Who } from "./who";

type Props = Pick<ReportData, "decision" | "request">;

/** What the policies said, what the rules looked at, and who approved. */
export function ReportGate({ decision, request }: Props) {
  return (
    <>
      <section className="card report-part" aria-label="Policies and rules">
        <header>
          <h2>Policies and rules</h2>
        </header>
        <div className="body stack">
          {decision === null && <p className="muted">No policy guarded the target.</p>}
          {decision && (
            <>
              <p>
                {decision.policies
                  .map(({ name, revision, mode }) => `${name} revision ${revision}, ${mode}`)
                  .join("; ")}
              </p>
              <RuleList rules={decision.rules} />
            </>
          )}
          {decision?.overrideReason && (
            <div className="refusal">
              <div>
                <strong>Overridden</strong>: {decision.overrideReason}
              </div>
              {decision.overrideReview ? (
                <div>
                  Acknowledged by <Who actor={decision.overrideReview.reviewer} />,{" "}
                  {formatTime(decision.overrideReview.at)}
                  {decision.overrideReview.comment && `: ${decision.overrideReview.comment}`}
                </div>
              ) : (
                <div>Nobody has acknowledged it.</div>
              )}
            </div>
          )}
        </div>
      </section>
      {request && (
        <section className="card report-part" aria-label="Request and approvals">
          <header>
            <h2>Request and approvals</h2>
          </header>
          <div className="body stack">
            <p>
              Requested by <Who actor={request.requestedBy} />, {formatTime(request.createdAt)}
              {request.reason && `: ${request.reason}`}
            </p>
            <ul className="report-reviews">
              {request.reviews.map(({ at, verdict, reviewer, comment, round }) => (
                <li key={`${at} ${reviewer.subject}`}>
                  {verdict} by <Who actor={reviewer} />, {formatTime(at)}
                  {comment && `: ${comment}`}
                  {round !== request.round && <span className="muted"> (round {round}, it did not count)</span>}
                </li>
              ))}
            </ul>
            <p className="muted mono">{request.requestId}</p>
          </div>
        </section>
      )}
    </>
  );
}
