import { Badge, StatusBadge } from "../../kit/badge";
import type { RuleResultData } from "../version/version-query";

/** Rule by rule: what it asks, what it saw, and what would satisfy it. */
export function RuleList({ rules }: { rules: readonly RuleResultData[] }) {
  if (rules.length === 0) return null;
  return (
    <ul className="rules" aria-label="Rules of the policies">
      {rules.map((rule) => (
        <li key={`${rule.policy} ${rule.position}`}>
          <StatusBadge status={rule.status} />
          <div>
            <div>
              {rule.requirement}{" "}
              <span className="muted">
                {rule.policy} r{rule.revision}
              </span>{" "}
              {rule.mode !== "ENFORCE" && <Badge title="It records, and refuses nothing">{rule.mode}</Badge>}
            </div>
            <div className="muted">{rule.explanation}</div>
            {rule.evidence.length > 0 && (
              <ul className="evidence muted">
                {rule.evidence.map(({ summary }) => (
                  <li key={summary}>{summary}</li>
                ))}
              </ul>
            )}
            {rule.satisfy && <div className="satisfy">{rule.satisfy}</div>}
          </div>
        </li>
      ))}
    </ul>
  );
}
