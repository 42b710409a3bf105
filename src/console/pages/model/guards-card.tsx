import { Badge, TargetBadge } from "../../kit/badge";
import { Card } from "../../kit/card";
import type { ModelData } from "./model-query";

/** Which policies guard the model now, and what each requires. */
export function GuardsCard({ model: { guards } }: { model: ModelData }) {
  return (
    <Card title="Policies">
      {guards.length === 0 && (
        <p className="muted">
          No policy guards this model. <code>shelfmark policy apply -f policies.yaml</code> adds one.
        </p>
      )}
      <ul className="stack">
        {guards.map(({ name, revision, mode, stages, aliases, rules }) => (
          <li key={name} className="guard">
            <div className="row">
              <span>
                {name} <span className="muted">r{revision}</span>
              </span>
              {[...stages, ...aliases.map((alias) => `alias ${alias}`)].map((target) => (
                <TargetBadge key={target} target={target} />
              ))}
              {mode !== "ENFORCE" && <Badge title="It records, and refuses nothing">{mode}</Badge>}
            </div>
            <ul className="guard-rules muted">
              {rules.map(({ position, requirement }) => (
                <li key={position}>{requirement}</li>
              ))}
            </ul>
          </li>
        ))}
      </ul>
    </Card>
  );
}
