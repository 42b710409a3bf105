import { Badge } from "../../kit/badge";
import { Card } from "../../kit/card";
import { RuleList } from "../promote/rule-list";
import type { VersionResult } from "./version-query";

type Preview = NonNullable<VersionResult["production"]>;

/** What stands between the version and PRODUCTION. */
export function RulesCard({ preview: { allowed, obstacles, rules, policies } }: { preview: Preview }) {
  return (
    <Card
      title="Gate to PRODUCTION"
      side={<Badge tone={allowed ? "green" : "red"}>{allowed ? "open" : "closed"}</Badge>}
    >
      {policies.length === 0 && obstacles.length === 0 && (
        <p className="muted">
          No policy guards PRODUCTION of this model. <code>shelfmark policy apply -f policies.yaml</code> adds one.
        </p>
      )}
      {obstacles.length > 0 && (
        <ul className="obstacles">
          {obstacles.map((obstacle) => (
            <li key={obstacle}>{obstacle}</li>
          ))}
        </ul>
      )}
      <RuleList rules={rules} />
    </Card>
  );
}
